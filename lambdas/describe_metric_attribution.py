"""Return the status of a metric attribution."""

from personalize_sfn.handlers.status import status_handler
from personalize_sfn.resources import METRIC_ATTRIBUTION

lambda_handler = status_handler(METRIC_ATTRIBUTION)
