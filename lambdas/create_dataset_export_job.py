"""Create a dataset export job."""

from personalize_sfn.handlers.output_jobs import output_job_handler
from personalize_sfn.resources import DATASET_EXPORT_JOB

lambda_handler = output_job_handler(DATASET_EXPORT_JOB)
