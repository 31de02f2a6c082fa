"""Return the status of a batch segment job."""

from personalize_sfn.handlers.status import status_handler
from personalize_sfn.resources import BATCH_SEGMENT_JOB

lambda_handler = status_handler(BATCH_SEGMENT_JOB)
