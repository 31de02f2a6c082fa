"""Return the status of a dataset export job."""

from personalize_sfn.handlers.status import status_handler
from personalize_sfn.resources import DATASET_EXPORT_JOB

lambda_handler = status_handler(DATASET_EXPORT_JOB)
