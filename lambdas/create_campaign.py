"""Get the solution version's metrics and create the campaign, or update it."""

from personalize_sfn.handlers.campaigns import create_campaign

lambda_handler = create_campaign
