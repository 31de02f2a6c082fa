"""Tests of ``display.layers``."""

from __future__ import annotations

from itertools import pairwise

from personalize_sfn.display.graph import graph_of
from personalize_sfn.display.layout import lay_out


def test_nodes_come_in_the_order_of_their_flow_and_failures_last() -> None:
    states = {
        "Failed": {"Type": "Fail"},
        "Last": {"Type": "Succeed"},
        "Sorry": {"Type": "Pass", "Next": "Failed"},
        "Middle": {"Type": "Task", "Next": "Last", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Sorry"}]},
        "First": {"Type": "Pass", "Next": "Middle"},
    }

    nodes = graph_of({"StartAt": "First", "States": states}).nodes

    assert [node.label for node in nodes] == ["First", "Middle", "Last", "On Failure"]


def test_a_chain_of_many_states_is_drawn_in_time() -> None:
    names = [f"State {number}" for number in range(1500)]
    states = {name: {"Type": "Pass", "Next": following} for name, following in pairwise(names)}
    states[names[-1]] = {"Type": "Pass", "End": True}

    assert len(lay_out(graph_of({"StartAt": names[0], "States": states})).boxes) == 1500
