"""Say how the campaign, or its latest update, fares."""

from personalize_sfn.handlers.status import status_handler
from personalize_sfn.resources import CAMPAIGN

lambda_handler = status_handler(CAMPAIGN)
