"""Create the event tracker, or find that of the dataset group."""

from personalize_sfn.handlers.create import create_handler
from personalize_sfn.resources import EVENT_TRACKER

lambda_handler = create_handler(EVENT_TRACKER, same=("datasetGroupArn",))
