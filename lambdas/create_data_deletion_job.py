"""Create a data deletion job."""

from personalize_sfn.handlers.jobs import job_handler
from personalize_sfn.resources import DATA_DELETION_JOB

lambda_handler = job_handler(DATA_DELETION_JOB)
