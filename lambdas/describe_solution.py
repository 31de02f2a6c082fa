"""Return the status of the solution."""

from personalize_sfn.handlers.status import status_handler
from personalize_sfn.resources import SOLUTION

lambda_handler = status_handler(SOLUTION)
