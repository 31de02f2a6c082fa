"""Tests of ``clean_up``: deletion of what the project made, in the order that Personalize demands."""

from __future__ import annotations

from personalize_sfn import workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.resources import (
    DELETION_ORDER,
)


def test_the_clean_up_workflow_deletes_in_the_order_of_the_rows():
    made = workflows.definitions(Config(project="movies"), Arns("us-east-1", "123456789012"), ["clean-up"])
    state, deletions = "Set Defaults", []
    states = workflows.to_dict(made["clean-up"])["States"]
    while "Next" in states[state]:
        state = states[state]["Next"]
        deletions += [state] if states[state]["Type"] == "Map" else []
    assert deletions == [f"Delete {row.title}s" for row in DELETION_ORDER]
