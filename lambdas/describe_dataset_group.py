"""Return the status of the dataset group."""

from personalize_sfn.handlers.status import status_handler
from personalize_sfn.resources import DATASET_GROUP

lambda_handler = status_handler(DATASET_GROUP)
