"""Claim the turn to delete users' data, and say what runs that has to end first."""

from personalize_sfn.handlers.deletion_turns import claim_deletion_turn

lambda_handler = claim_deletion_turn
