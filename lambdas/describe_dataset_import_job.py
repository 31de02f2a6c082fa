"""Return the status of an import."""

from personalize_sfn.handlers.status import status_handler
from personalize_sfn.resources import DATASET_IMPORT_JOB

lambda_handler = status_handler(DATASET_IMPORT_JOB)
