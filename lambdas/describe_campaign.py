"""Return the status of the campaign or of its latest update."""

from personalize_sfn.handlers.status import status_handler
from personalize_sfn.resources import CAMPAIGN

lambda_handler = status_handler(CAMPAIGN)
