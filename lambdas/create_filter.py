"""Create a filter, or find it."""

from personalize_sfn.handlers.filters import create_filter

lambda_handler = create_filter
