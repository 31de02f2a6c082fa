"""Return the status of a filter."""

from personalize_sfn.handlers.status import status_handler
from personalize_sfn.resources import FILTER

lambda_handler = status_handler(FILTER)
