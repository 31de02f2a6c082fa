"""Definitions as graphs and pictures."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
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
