"""Delete a dataset group of ours once it is empty."""

from personalize_sfn.handlers.delete import delete_handler
from personalize_sfn.resources import DATASET_GROUP

lambda_handler = delete_handler(DATASET_GROUP)
