"""Definitions as graphs and pictures."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from personalize_sfn.display import Run, Span, render_definition, render_progress, render_timeline
from personalize_sfn.display.graph import graph_of
from personalize_sfn.display.layout import Layout, lay_out

LOOP: dict[str, Any] = {
    "StartAt": "Create Campaign",
    "States": {
        "Create Campaign": {"Type": "Task", "Next": "Check Campaign"},
        "Check Campaign": {"Type": "Task", "Next": "Is Campaign Active?"},
        "Is Campaign Active?": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.status", "StringEquals": "ACTIVE", "Next": "Campaign Is Ready"},
                {"Variable": "$.status", "StringEquals": "CREATE PENDING", "Next": "Wait for Campaign"},
            ],
            "Default": "Campaign Failed",
        },
        "Wait for Campaign": {"Type": "Wait", "Seconds": 1, "Next": "Check Campaign"},
        "Campaign Failed": {"Type": "Fail"},
        "Campaign Is Ready": {"Type": "Pass", "Next": "Answer"},
        "Answer": {"Type": "Pass", "End": True},
    },
}
CATCHING: dict[str, Any] = {
    "StartAt": "Run",
    "States": {
        "Run": {"Type": "Task", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Explain"}], "Next": "Done"},
        "Done": {"Type": "Pass", "End": True},
        "Explain": {"Type": "Pass", "Next": "Failed"},
        "Failed": {"Type": "Fail"},
    },
}
PARALLEL: dict[str, Any] = {
    "StartAt": "Both",
    "States": {
        "Both": {
            "Type": "Parallel",
            "End": True,
            "Branches": [
                {"StartAt": "Left", "States": {"Left": {"Type": "Pass", "End": True}}},
                {"StartAt": "Right", "States": {"Right": {"Type": "Task", "End": True}}},
            ],
        }
    },
}
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def seconds(number: float) -> datetime:
    return BEGAN + timedelta(seconds=number)


def boxes(layout: Layout) -> list[tuple[float, float, float, float]]:
    return [(box.x, box.y, box.x + box.width, box.y + box.height) for box in layout.boxes]


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


def test_two_rules_with_one_target_are_one_edge_that_says_both() -> None:
    rules = [{"Variable": "$.a", "StringEquals": text, "Next": "End"} for text in ("one", "two")]
    both = {"And": [{"Variable": "$.a", "IsPresent": True}, {"Not": {"Variable": "$.b", "IsNull": True}}], "Next": "C"}
    choice = {"Type": "Choice", "Choices": [*rules, both], "Default": "End"}

    graph = graph_of({"StartAt": "C", "States": {"C": choice, "End": {"Type": "Succeed"}}})

    assert {edge.target: edge.label for edge in graph.edges} == {
        "End": "one or two or otherwise",
        "C": "a = true and not b = true",
    }


def test_next_and_catch_to_one_state_are_two_edges_and_a_catch_to_itself_is_drawn() -> None:
    catch = [{"ErrorEquals": ["Busy"], "Next": "Try"}, {"ErrorEquals": ["States.ALL"], "Next": "End"}]
    states = {"Try": {"Type": "Task", "Catch": catch, "Next": "End"}, "End": {"Type": "Succeed"}}
    graph = graph_of({"StartAt": "Try", "States": states})

    assert [(edge.target, edge.is_failure) for edge in graph.edges] == [("End", False), ("Try", True), ("End", True)]
    assert render_definition({"StartAt": "Try", "States": states}).svg.count('class="edge') == 3


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


def test_catches_of_many_states_to_one_handler_share_one_line() -> None:
    names = [f"Step {number}" for number in range(20)]
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}]
    states = {a: {"Type": "Task", "Catch": catch, "Next": b} for a, b in pairwise([*names, "Done"])}
    states |= {"Done": {"Type": "Succeed"}, "Failed": {"Type": "Fail"}}

    layout = lay_out(graph_of({"StartAt": names[0], "States": states}))

    assert layout.width < 350
    assert len([path for path in layout.paths if path.edge.is_failure]) == 20


MAIN: dict[str, Any] = {
    "StartAt": "Run Child",
    "States": {
        "Run Child": {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:child"},
            "End": True,
        }
    },
}


def test_machines_that_it_starts_are_folded_below_it_and_one_that_starts_itself_ends() -> None:
    asked = []

    def definition_of(arn: str) -> dict[str, Any]:
        asked.append(arn)
        return MAIN

    picture = render_definition(MAIN, "main", definition_of)
    html = picture._repr_html_()

    assert len(asked) == 1
    assert [(part.title, part.arn) for part in picture.parts] == [("child", asked[0])]
    assert html.count("<details style") == 1
    assert "<b>child</b></summary>" in html
    assert str(picture) == "main\n  - Run Child\n    child\n      - Run Child"


def test_a_task_that_starts_an_execution_is_still_a_task_but_looks_otherwise() -> None:
    (node,) = graph_of(MAIN).nodes
    plain = {"StartAt": "Run Child", "States": {"Run Child": {"Type": "Task", "End": True}}}

    assert (node.kind, node.is_workflow) == ("Task", True)
    assert render_definition(MAIN).svg != render_definition(plain).svg


def test_a_machine_that_cannot_be_read_is_left_out() -> None:
    assert render_definition(MAIN, "main", lambda _: None).parts == ()


def test_the_alternative_text_names_what_is_drawn_and_its_status() -> None:
    spans = (Span("Create Campaign", "Task", seconds(0), seconds(1), "SUCCEEDED"),)
    run = Run("arn:aws:states:us-east-1:123456789012:execution:movies-campaign:r", began=BEGAN, spans=spans)

    assert 'alt="Graph of campaign: Campaign, Answer"' in render_definition(LOOP, "campaign")._repr_html_()
    assert (
        'alt="movies-campaign: running · 3.0 s. succeeded: Campaign. not reached: Answer"'
        in render_progress(LOOP, run, now=seconds(3))._repr_html_()
    )


def test_a_wide_picture_shrinks_to_what_can_be_read_and_then_scrolls() -> None:
    html = render_definition(LOOP)._repr_html_()
    size = re.search(r'width="(\d+)" height="(\d+)" style="max-width:100%;min-width:(\d+)px;height:auto"', html)

    assert size is not None
    assert int(size[3]) == round(0.7 * int(size[1]))
    assert '<div style="overflow-x:auto">' in html


def test_a_header_says_what_went_wrong_and_where_to_find_it() -> None:
    run = Run(
        "arn:aws:states:us-east-1:123456789012:execution:main:r", "FAILED", BEGAN, seconds(1), (), "Broken", "<why>"
    )
    picture = replace(render_progress(LOOP, run), has_header=True)

    assert "<b>✕ main: failed · 1.0 s</b><br>Broken: &lt;why&gt;" in picture._repr_html_()
    assert f"<code>{run.arn}</code>" in picture._repr_html_()
    assert "<b>" not in render_progress(LOOP, run)._repr_html_()


def test_the_handling_of_failures_is_one_node_behind_dashed_edges() -> None:
    graph = graph_of(CATCHING)

    assert [(node.label, node.kind) for node in graph.nodes] == [
        ("Run", "Task"),
        ("Done", "Pass"),
        ("On Failure", "Fail"),
    ]
    assert [edge.is_failure for edge in graph.edges] == [False, True]


def test_a_choice_without_a_loop_shows_its_conditions() -> None:
    choice = {
        "Type": "Choice",
        "Choices": [{"Variable": "$.train", "StringEquals": "always", "Next": "A"}],
        "Default": "B",
    }
    end = {"Type": "Succeed"}

    graph = graph_of({"StartAt": "C", "States": {"C": choice, "A": end, "B": end}})

    assert {(edge.target, edge.label) for edge in graph.edges} == {("A", "always"), ("B", "otherwise")}


def test_branches_lie_inside_their_parallel() -> None:
    (box,) = lay_out(graph_of(PARALLEL)).boxes

    for branch in box.inner:
        for left, top, right, bottom in boxes(branch):
            assert box.x <= left < right <= box.x + box.width
            assert box.y <= top < bottom <= box.y + box.height


@pytest.mark.parametrize("definition", [LOOP, CATCHING, PARALLEL])
def test_no_two_nodes_overlap(definition: dict[str, Any]) -> None:
    places = boxes(lay_out(graph_of(definition)))

    for i, (left, top, right, bottom) in enumerate(places):
        for other in places[i + 1 :]:
            apart = right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
            assert apart, (places[i], other)


def test_the_picture_is_an_svg_with_every_node_and_its_own_background() -> None:
    svg = ET.fromstring(render_definition(PARALLEL, "mine").svg)
    texts = [node.text for node in svg.iter("{http://www.w3.org/2000/svg}text")]

    assert texts == ["Both", "Left", "Right"]
    assert svg.get("aria-label") == "mine"
    assert "prefers-color-scheme" in render_definition(PARALLEL).svg
    assert 'class="bg"' in render_definition(PARALLEL).svg


def test_names_are_escaped() -> None:
    picture = render_definition({"StartAt": "<b>&", "States": {"<b>&": {"Type": "Pass", "End": True}}}, '"><script>')

    assert "<b>" not in picture.svg
    assert "<script>" not in picture._repr_html_()
    ET.fromstring(picture.svg)


def test_in_a_notebook_it_is_an_image_that_holds_its_data() -> None:
    picture = render_definition(LOOP)
    data = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', picture._repr_html_())

    assert data is not None
    assert base64.b64decode(data[1]).decode() == picture.svg


def test_elsewhere_it_is_a_list_of_its_nodes() -> None:
    assert str(render_definition(LOOP, "campaign")) == ("campaign\n  - Campaign (polls until it is done)\n  - Answer")


def test_it_can_be_saved(tmp_path: Path) -> None:
    picture = render_definition(LOOP)

    assert picture.save(tmp_path / "graph.svg").read_text() == picture.svg


def test_progress_marks_what_ran_how_long_and_how_often_it_was_polled() -> None:
    spans = (
        Span("Create Campaign", "Task", seconds(0), seconds(1), "SUCCEEDED"),
        Span("Check Campaign", "Task", seconds(1), seconds(2), "SUCCEEDED"),
        Span("Wait for Campaign", "Wait", seconds(2)),
    )
    run = Run("arn:aws:states:us-east-1:123456789012:execution:movies-campaign:r", began=BEGAN, spans=spans)

    picture = render_progress(LOOP, run, now=seconds(125))

    assert str(picture) == ("▶ movies-campaign: running · 2 min 05 s\n  … Campaign · 2 min 05 s · 1 poll\n  ○ Answer")
    assert '<g class="WAITING">' in picture.svg


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

    assert str(render_progress(LOOP, run)) == (
        "✕ movies-campaign: failed · 1.0 s · CampaignFailed: out of luck\n"
        "  ✕ Campaign · 1.0 s · CampaignFailed\n"
        "  ○ Answer"
    )


def test_the_timeline_has_a_bar_for_each_stage() -> None:
    spans = (
        Span("Create Solution", "Task", seconds(0), seconds(1), "SUCCEEDED"),
        Span("Check Campaign", "Task", seconds(1), seconds(2), "SUCCEEDED"),
        Span("Wait for Campaign", "Wait", seconds(2), seconds(4), "SUCCEEDED"),
    )
    run = Run("arn:aws:states:us-east-1:123456789012:execution:main:r", "SUCCEEDED", BEGAN, seconds(4), spans)

    picture = render_timeline(run)

    assert str(picture) == "main: 4.0 s\n  ✓ Solution  1.0 s\n  ✓ Campaign  3.0 s · 1 poll"
    assert len(ET.fromstring(picture.svg).findall(".//{*}rect[@class='bar']")) == 2
