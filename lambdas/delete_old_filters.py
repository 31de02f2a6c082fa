"""Delete the filters that newer ones have replaced."""

from personalize_sfn.handlers.filters import delete_old_filters

lambda_handler = delete_old_filters
