"""Pictures of state machines, read back from their SVGs: ours, and such as hypothesis makes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from fakes.drawn import Drawing, Rect, check_drawing, read_svg
from fakes.generated_machines import machines
from personalize_sfn.display.graph import Graph, graph_of, without_passes
from personalize_sfn.display.layout import Layout, lay_out
from personalize_sfn.display.render import render_definition
from personalize_sfn.display.svg import MARGIN, draw

GOLDEN = sorted((Path(__file__).parents[1] / "contracts" / "golden").glob("*.json"))
EVER_SO_WIDE = 100_000.0
ANY = settings(derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None)
SOME, MANY = settings(ANY, max_examples=12), settings(ANY, max_examples=30)


def check_groups(layout: Layout) -> None:
    """No edge enters a Parallel or Map that it does not belong to, and everything inside one stays there."""
    outside = [
        Rect(box.node.label, box.x + MARGIN, box.y + MARGIN, box.x + box.width + MARGIN, box.y + box.height + MARGIN)
        for box in layout.boxes
    ]
    drawing = read_svg(draw(replace(layout, boxes=[]), "edges"))
    for line in drawing.lines:
        for rect in outside:
            if rect.overlaps(line.extent):
                assert not rect.covers(line.points), (line.name, rect)
    for box, rect in zip(layout.boxes, outside, strict=True):
        for inner in box.inner:
            for part in inner.boxes:
                x, y = part.x + MARGIN, part.y + MARGIN
                assert rect.holds(Rect(part.node.label, x, y, x + part.width, y + part.height))
            check_groups(inner)


def check_edges(graph: Graph, layout: Layout) -> None:
    """Every edge goes from its source to its target, and has an arrow's head there."""
    boxes = {box.node.key: box for box in layout.boxes}
    assert {path.edge for path in layout.paths} == set(graph.edges)
    for path in layout.paths:
        for end, (x, y) in ((path.edge.source, path.points[0]), (path.edge.target, path.points[-1])):
            box = boxes[end]
            assert box.x - 0.01 <= x <= box.x + box.width + 0.01
            assert box.y - 0.01 <= y <= box.y + box.height + 0.01
            sides = (x - box.x, x - box.x - box.width, y - box.y, y - box.y - box.height)
            assert min(map(abs, sides)) < 0.01
    for node, box in zip(graph.nodes, layout.boxes, strict=True):
        for branch, inner in zip(node.branches, box.inner, strict=True):
            check_edges(branch, inner)


def check(definition: dict[str, Any]) -> Drawing:
    graph = graph_of(definition)
    for shown, detail in ((graph, True), (without_passes(graph), False)):
        for room in (0.0, EVER_SO_WIDE):
            layout = lay_out(shown, room=room)
            check_groups(layout)
            check_edges(shown, layout)
            check_drawing(read_svg(draw(layout, "machine")))
        drawing = read_svg(render_definition(definition, "machine", detail=detail).svg)
        check_drawing(drawing)
        assert sorted(rect.name for rect in drawing.rects) == sorted(node.label for node in shown.walk())
    return drawing


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_the_picture_of_each_of_our_workflows_is_in_order(file: Path) -> None:
    check(json.loads(file.read_text()))


@pytest.mark.slow
@SOME
@given(machines())
def test_the_picture_of_any_state_machine_is_in_order(definition: dict[str, Any]) -> None:
    check(definition)


@pytest.mark.slow
@pytest.mark.timeout(600)
@MANY
@given(machines())
def test_the_pictures_of_many_state_machines_are_in_order(definition: dict[str, Any]) -> None:
    check(definition)


@SOME
@given(machines())
def test_every_state_stands_in_exactly_one_node(definition: dict[str, Any]) -> None:
    def states_of(part: dict[str, Any]) -> list[str]:
        found = list(part["States"])
        for state in part["States"].values():
            for branch in [*state.get("Branches", []), *([state["ItemProcessor"]] if "ItemProcessor" in state else [])]:
                found += states_of(branch)
        return found

    drawn = [state for node in graph_of(definition).walk() for state in node.states]

    assert sorted(drawn) == sorted(states_of(definition))
