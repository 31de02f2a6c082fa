"""Say what ran beside a data deletion job, and end the turn if nothing did."""

from personalize_sfn.handlers.deletion_turns import end_deletion

lambda_handler = end_deletion
