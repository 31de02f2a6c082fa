"""Return the status of a data deletion job."""

from personalize_sfn.handlers.status import status_handler
from personalize_sfn.resources import DATA_DELETION_JOB

lambda_handler = status_handler(DATA_DELETION_JOB)
