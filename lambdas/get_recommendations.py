"""Get recommendations from the campaign."""

from personalize_sfn.handlers.recommendations import get_recommendations

lambda_handler = get_recommendations
