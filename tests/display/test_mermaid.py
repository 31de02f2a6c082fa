"""Definitions as Mermaid flowcharts."""

from __future__ import annotations

import re
from typing import Any

from personalize_sfn.display import mermaid

LOOP: dict[str, Any] = {
    "StartAt": "Create",
    "States": {
        "Create": {"Type": "Task", "Next": "Check", "Catch": [{"ErrorEquals": ["Broken"], "Next": "Failed"}]},
        "Check": {"Type": "Task", "Next": "Ready?"},
        "Ready?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.status", "StringEquals": "ACTIVE", "Next": "Both"}],
            "Default": "Wait",
        },
        "Wait": {"Type": "Wait", "Seconds": 1, "Next": "Check"},
        "Both": {
            "Type": "Parallel",
            "Branches": [{"StartAt": side, "States": {side: {"Type": "Pass", "End": True}}} for side in ("L", "R")],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}],
            "End": True,
        },
        "Failed": {"Type": "Fail"},
    },
}


def test_a_poll_loop_is_one_node_branches_are_a_subgraph_and_errors_are_dotted() -> None:
    text = mermaid(LOOP)
    assert text.startswith("flowchart TD\n")
    assert '(["Create"])' in text
    assert "Check" not in text
    assert "subgraph s" in text
    assert text.count("end\n") == 1
    assert " -.-> " in text


def test_every_arrow_joins_nodes_that_are_there() -> None:
    lines = [line.strip().removeprefix("subgraph ") for line in mermaid(LOOP).splitlines()[1:]]
    nodes = {re.split(r"[\[({]", line)[0] for line in lines if "->" not in line}
    arrows = [line.split() for line in lines if "->" in line]
    assert arrows
    assert {end for arrow in arrows for end in (arrow[0], arrow[-1])} <= nodes
