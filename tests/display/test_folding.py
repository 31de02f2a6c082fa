"""Tests of ``folding``: which states are drawn as one: a poll loop, and the handling of failures."""

from __future__ import annotations

from typing import Any

from fakes.drawn_machines import BEGAN, LOOP, seconds
from personalize_sfn.display import Run, Span, render_progress
from personalize_sfn.display.graph import graph_of


def test_a_poll_loop_is_one_node() -> None:
    graph = graph_of(LOOP)

    assert [(node.label, node.kind) for node in graph.nodes] == [("Campaign", "Loop"), ("Answer", "Pass")]
    assert [(edge.source, edge.target) for edge in graph.edges] == [("Create Campaign", "Answer")]


def polling(name: str, following: str) -> dict[str, Any]:
    """The states of one stage of a workflow."""
    rule = {"Variable": "$.status", "StringEquals": "ACTIVE", "Next": following}
    return {
        f"Create {name}": {"Type": "Task", "Next": f"Check {name}"},
        f"Check {name}": {"Type": "Task", "Next": f"{name} Ready?"},
        f"{name} Ready?": {"Type": "Choice", "Choices": [rule], "Default": f"Wait for {name}"},
        f"Wait for {name}": {"Type": "Wait", "Seconds": 60, "Next": f"Check {name}"},
    }


def test_a_poll_loop_takes_the_failures_that_only_it_leads_to_and_a_catch_does_not_hold_it_open() -> None:
    states = polling("Campaign", "Done") | {"Done": {"Type": "Succeed"}, "Failed": {"Type": "Fail"}}
    states["Create Campaign"]["Catch"] = [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}]

    graph = graph_of({"StartAt": "Create Campaign", "States": states})

    assert [(node.label, node.kind) for node in graph.nodes] == [("Campaign", "Loop"), ("Done", "Succeed")]
    assert set(graph.nodes[0].states) == states.keys() - {"Done"}


def test_a_wait_that_begins_the_whole_again_every_day_swallows_nothing() -> None:
    states = polling("Import", "Create Version") | polling("Version", "Until Tomorrow")
    states["Until Tomorrow"] = {"Type": "Wait", "Seconds": 86400, "Next": "Create Import"}

    graph = graph_of({"StartAt": "Create Import", "States": states})

    assert [(node.label, node.kind) for node in graph.nodes] == [
        ("Import", "Loop"),
        ("Version", "Loop"),
        ("Until Tomorrow", "Wait"),
    ]
    assert [(edge.source, edge.target) for edge in graph.edges] == [
        ("Create Import", "Create Version"),
        ("Create Version", "Until Tomorrow"),
        ("Until Tomorrow", "Create Import"),
    ]


def test_a_loop_whose_task_is_asked_again_until_it_is_done_is_called_by_that_task() -> None:
    states = {
        "Delete Schema": {"Type": "Task", "Next": "Gone?"},
        "Gone?": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "Wait"}], "Default": "End"},
        "Wait": {"Type": "Wait", "Seconds": 5, "Next": "Delete Schema"},
        "End": {"Type": "Succeed"},
    }

    assert [node.label for node in graph_of({"StartAt": "Delete Schema", "States": states}).nodes] == [
        "Delete Schema",
        "End",
    ]


def test_a_fold_that_ended_in_its_fail_state_is_failed() -> None:
    spans = (
        Span("Create Campaign", "Task", seconds(0), seconds(1), "SUCCEEDED"),
        Span("Campaign Failed", "Fail", seconds(1), seconds(1), "FAILED"),
    )
    run = Run(
        "arn:aws:states:us-east-1:123456789012:execution:movies-campaign:r",
        "FAILED",
        BEGAN,
        seconds(1),
        spans,
        "CampaignFailed",
        "out of luck",
    )

    assert str(render_progress(LOOP, run, detail=True)) == (
        "✕ movies-campaign: failed · 1.0 s · CampaignFailed: out of luck\n"
        "  ✕ Campaign · 1.0 s · CampaignFailed\n"
        "  ○ Answer"
    )
