"""Return the status of an event tracker."""

from personalize_sfn.handlers.status import status_handler
from personalize_sfn.resources import EVENT_TRACKER

lambda_handler = status_handler(EVENT_TRACKER)
