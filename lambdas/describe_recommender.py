"""Return the status of a recommender."""

from personalize_sfn.handlers.status import status_handler
from personalize_sfn.resources import RECOMMENDER

lambda_handler = status_handler(RECOMMENDER)
