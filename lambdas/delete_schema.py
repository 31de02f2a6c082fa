"""Delete a schema of ours that no dataset uses."""

from personalize_sfn.handlers.delete import delete_handler
from personalize_sfn.resources import SCHEMA

lambda_handler = delete_handler(SCHEMA)
