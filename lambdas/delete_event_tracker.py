"""Delete an event tracker of ours: its dataset group cannot go before it."""

from personalize_sfn.handlers.delete import delete_handler
from personalize_sfn.resources import EVENT_TRACKER

lambda_handler = delete_handler(EVENT_TRACKER)
