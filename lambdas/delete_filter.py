"""Delete a filter of ours."""

from personalize_sfn.handlers.delete import delete_handler
from personalize_sfn.resources import FILTER

lambda_handler = delete_handler(FILTER)
