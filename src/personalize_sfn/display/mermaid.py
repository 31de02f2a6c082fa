"""A definition as a Mermaid flowchart: text for READMEs and reviews, which GitHub and others draw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from personalize_sfn.display.graph import Graph, graph_of
from personalize_sfn.text import one_line

__all__ = ["mermaid"]

#: Brackets of the shapes: https://mermaid.js.org/syntax/flowchart.html#node-shapes
_SHAPES = {"Choice": ("{", "}"), "Loop": ("([", "])"), "Succeed": ("([", "])"), "Fail": ("([", "])")}
_BOX = ("[", "]")
_ESCAPES = {'"': "#quot;", "#": "#35;", "<": "#lt;", ">": "#gt;"}


def mermaid(definition: Mapping[str, Any]) -> str:
    """The definition as a Mermaid flowchart, a poll loop as one node; ends in a newline.

    >>> print(mermaid({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}))
    flowchart TD
      s0(["A"])
    <BLANKLINE>
    """
    return "\n".join(["flowchart TD", *_lines(graph_of(definition), "  ", count())]) + "\n"


def _lines(graph: Graph, indent: str, numbers: Iterator[int]) -> Iterator[str]:
    ids = {node.key: f"s{next(numbers)}" for node in graph.nodes}
    for node in graph.nodes:
        if not node.branches:
            left, right = _SHAPES.get(node.kind, _BOX)
            yield f'{indent}{ids[node.key]}{left}"{_text(node.label)}"{right}'
            continue
        yield f'{indent}subgraph {ids[node.key]}["{_text(node.label)}"]'
        for branch in node.branches:
            yield from _lines(branch, indent + "  ", numbers)
        yield f"{indent}end"
    for edge in graph.edges:
        arrow = "-.->" if edge.is_failure else "-->"
        label = f'|"{_text(edge.label)}"|' if edge.label else ""
        yield f"{indent}{ids[edge.source]} {arrow}{label} {ids[edge.target]}"


def _text(label: str) -> str:
    return "".join(_ESCAPES.get(character, character) for character in one_line(label))
