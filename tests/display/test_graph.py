"""Definitions as graphs and pictures."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise
from typing import Any

import pytest

from fakes.drawn_machines import BEGAN, LOOP, PARALLEL, seconds
from personalize_sfn.display import Run, Span, render_definition, render_timeline
from personalize_sfn.display.graph import graph_of
from personalize_sfn.display.layout import Layout, lay_out

CATCHING: dict[str, Any] = {
    "StartAt": "Run",
    "States": {
        "Run": {"Type": "Task", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Explain"}], "Next": "Done"},
        "Done": {"Type": "Pass", "End": True},
        "Explain": {"Type": "Pass", "Next": "Failed"},
        "Failed": {"Type": "Fail"},
    },
}


def boxes(layout: Layout) -> list[tuple[float, float, float, float]]:
    return [(box.x, box.y, box.x + box.width, box.y + box.height) for box in layout.boxes]


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
    assert html.count("<details style") == 2, "the machine, and in it its ARN"
    assert "<b>child</b></summary>" in html
    assert str(picture) == "main\n  - Run Child\n    child\n      - Run Child"


def test_a_task_that_starts_an_execution_is_still_a_task_but_looks_otherwise() -> None:
    (node,) = graph_of(MAIN).nodes
    plain = {"StartAt": "Run Child", "States": {"Run Child": {"Type": "Task", "End": True}}}

    assert (node.kind, node.is_workflow) == ("Task", True)
    assert render_definition(MAIN).svg != render_definition(plain).svg


def test_a_machine_that_cannot_be_read_is_left_out() -> None:
    assert render_definition(MAIN, "main", lambda _: None).parts == ()


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
