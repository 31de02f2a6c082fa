"""Return the status of a batch inference job."""

from personalize_sfn.handlers.status import status_handler
from personalize_sfn.resources import BATCH_INFERENCE_JOB

lambda_handler = status_handler(BATCH_INFERENCE_JOB)
