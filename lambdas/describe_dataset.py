"""Return the status of a dataset."""

from personalize_sfn.handlers.status import status_handler
from personalize_sfn.resources import DATASET

lambda_handler = status_handler(DATASET)
