"""Import data from S3 into a dataset of ours, unless it is there already."""

from personalize_sfn.handlers.import_jobs import create_dataset_import_job

lambda_handler = create_dataset_import_job
