"""Delete a solution of ours with all its versions."""

from personalize_sfn.handlers.delete import delete_handler
from personalize_sfn.resources import SOLUTION

lambda_handler = delete_handler(SOLUTION)
