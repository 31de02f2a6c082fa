"""Which nodes share a layer, and in what order: the part of the layout that needs no coordinates.

Sugiyama's method (Sugiyama, Tagawa, Toda 1981), small: break cycles, layer by the longest path, order by barycentres.
An edge that passes layers has a cell in each, and so a place of its own there; edges to one target share these cells,
so that many Catches to one handler are one line.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from personalize_sfn.display.graph import Edge, Graph

__all__ = ["LayerRows", "Link", "layered"]

_SWEEPS = 12

Link = tuple[str, str, bool]
"""A cell, one in the layer below it, and whether only failures go that way."""


@dataclass(slots=True)
class LayerRows:
    """The layers from top to bottom, each a list of cells from left to right."""

    cells: list[list[str]]
    """Cells by key: of a node its own, of an edge that passes something else."""
    chains: dict[Edge, list[str]]
    """The cells of an edge from its upper to its lower end."""
    labels: dict[str, str] = field(default_factory=dict)
    """Texts that stand in a cell of their own: edges' labels."""

    def links(self) -> list[Link]:
        """Each piece of an edge from one layer to the next, once."""
        return list(
            dict.fromkeys((a, b, edge.is_failure) for edge, chain in self.chains.items() for a, b in pairwise(chain))
        )


def layered(graph: Graph) -> LayerRows:
    """The layers of ``graph``, ordered so that few edges cross.  An edge from a node to itself has no chain."""
    layer = _with_labels(graph, _layers(graph))
    rows = LayerRows([[] for _ in range(1 + max(layer.values(), default=0))], {})
    for node in graph.nodes:
        rows.cells[layer[node.key]].append(node.key)
    for edge in graph.edges:
        if edge.source != edge.target:
            rows.chains[edge] = _chain(edge, layer, rows)
    _order(rows)
    return rows


def _layers(graph: Graph) -> dict[str, int]:
    """Each node's layer: one more than the lowest of those before it; edges that close a cycle do not count."""
    after: dict[str, list[str]] = {node.key: [] for node in graph.nodes}
    for edge in graph.edges:
        after[edge.source].append(edge.target)
    is_done: dict[str, bool] = {}
    order: list[str] = []
    back: set[tuple[str, str]] = set()
    for key in (graph.start, *after):
        todo = [(key, iter(after[key]))] if key not in is_done else []
        is_done.setdefault(key, False)
        while todo:
            source, targets = todo[-1]
            target = next(targets, None)
            if target is None:
                is_done[source] = True
                order.append(source)
                todo.pop()
            elif target not in is_done:
                is_done[target] = False
                todo.append((target, iter(after[target])))
            elif not is_done[target]:
                back.add((source, target))
    layer = dict.fromkeys(after, 0)
    for source in reversed(order):
        for target in after[source]:
            if (source, target) not in back:
                layer[target] = max(layer[target], layer[source] + 1)
    return layer


def _with_labels(graph: Graph, layer: Mapping[str, int]) -> dict[str, int]:
    """The same with an empty layer beside each node whose edges have labels, on the side where they leave it."""
    gaps = {
        layer[edge.source] - (layer[edge.target] < layer[edge.source])
        for edge in graph.edges
        if edge.label and edge.source != edge.target
    }
    return {key: at + sum(gap < at for gap in gaps) for key, at in layer.items()}


def _chain(edge: Edge, layer: Mapping[str, int], rows: LayerRows) -> list[str]:
    is_down = layer[edge.source] < layer[edge.target]
    upper, lower = (edge.source, edge.target) if is_down else (edge.target, edge.source)
    label_row = (layer[edge.source] + (1 if is_down else -1)) if edge.label else None
    chain = [upper]
    for row in range(layer[upper] + 1, layer[lower]):
        # Edges to one target run together; a label belongs to one edge alone.
        key = f"\0{edge.target}\0{is_down}{edge.is_failure}\0{row}"
        if row == label_row:
            key = f"\0{edge.source}\0{edge.target}\0label"
            rows.labels[key] = edge.label
        if key not in rows.cells[row]:
            rows.cells[row].append(key)
        chain.append(key)
    return [*chain, lower]


def _order(rows: LayerRows) -> None:
    """Sort each layer by the mean place of its neighbours, down and up again, and keep the best order seen."""
    links = rows.links()
    above = neighbours((lower, upper) for upper, lower, _ in links)
    below = neighbours((upper, lower) for upper, lower, _ in links)
    best, fewest = [list(row) for row in rows.cells], _crossings(rows.cells, below)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        near, order = (above, rows.cells) if sweep % 2 == 0 else (below, rows.cells[::-1])
        before: dict[str, float] = {}
        for row in order:
            own = {key: float(i) for i, key in enumerate(row)}
            row.sort(key=lambda key: mean([before[k] for k in near.get(key, ())]) if key in near else own[key])
            before = {key: float(i) for i, key in enumerate(row)}
        found = _crossings(rows.cells, below)
        if found < fewest:
            best, fewest = [list(row) for row in rows.cells], found
    rows.cells = best


def _crossings(cells: list[list[str]], below: Mapping[str, list[str]]) -> int:
    count = 0
    for upper, lower in pairwise(cells):
        place = {key: i for i, key in enumerate(lower)}
        ends: list[int] = []  # of the links so far, in order
        for key in upper:
            mine = [place[target] for target in below.get(key, ())]
            count += sum(len(ends) - bisect_right(ends, target) for target in mine)
            for target in mine:
                insort(ends, target)
    return count


def neighbours(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The second ones of ``pairs`` by the first."""
    found: dict[str, list[str]] = {}
    for one, other in pairs:
        found.setdefault(one, []).append(other)
    return found


def mean(values: list[float]) -> float:
    return sum(values) / len(values)
