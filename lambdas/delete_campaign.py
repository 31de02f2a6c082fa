"""Delete a campaign of ours, which ends its cost."""

from personalize_sfn.handlers.delete import delete_handler
from personalize_sfn.resources import CAMPAIGN

lambda_handler = delete_handler(CAMPAIGN)
