"""Return the status of a training."""

from personalize_sfn.handlers.status import status_handler
from personalize_sfn.resources import SOLUTION_VERSION

lambda_handler = status_handler(SOLUTION_VERSION)
