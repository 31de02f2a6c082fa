"""Delete a recommender of ours, which ends its cost."""

from personalize_sfn.handlers.delete import delete_handler
from personalize_sfn.resources import RECOMMENDER

lambda_handler = delete_handler(RECOMMENDER)
