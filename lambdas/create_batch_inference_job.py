"""Create a batch inference job, or find the one that did the same."""

from personalize_sfn.handlers.output_jobs import output_job_handler
from personalize_sfn.resources import BATCH_INFERENCE_JOB

lambda_handler = output_job_handler(BATCH_INFERENCE_JOB)
