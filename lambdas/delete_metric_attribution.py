"""Delete a metric attribution of our dataset group."""

from personalize_sfn.handlers.delete import delete_handler
from personalize_sfn.resources import METRIC_ATTRIBUTION

lambda_handler = delete_handler(METRIC_ATTRIBUTION)
