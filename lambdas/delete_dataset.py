"""Delete a dataset of ours with what was imported."""

from personalize_sfn.handlers.delete import delete_handler
from personalize_sfn.resources import DATASET

lambda_handler = delete_handler(DATASET)
