"""Where nodes and edges go: layers from top to bottom, a box around each Parallel and Map.

Sugiyama's method (Sugiyama, Tagawa, Toda 1981), small: break cycles, layer by the longest path, order by barycentres,
then move nodes towards their neighbours.  The States Language lets no edge cross the border of a branch, so a branch is
laid out by itself and is then a node of its own size.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from personalize_sfn.display.graph import Edge, Graph, Node

__all__ = ["Box", "Layout", "Path", "lay_out"]

NODE_HEIGHT = 44.0
GAP_X = 28.0
GAP_Y = 38.0
PADDING = 18.0
TITLE = 30.0
_CHARACTER = 7.6
_SWEEPS = 8


@dataclass(slots=True)
class Box:
    """A node with its place; ``x`` and ``y`` are of the upper left corner, in pixels of the whole picture."""

    node: Node
    width: float
    height: float
    x: float = 0.0
    y: float = 0.0
    inner: tuple[Layout, ...] = ()


@dataclass(slots=True)
class Path:
    edge: Edge
    points: list[tuple[float, float]]


@dataclass(slots=True)
class Layout:
    boxes: list[Box] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0

    def move(self, dx: float, dy: float) -> None:
        for box in self.boxes:
            box.x += dx
            box.y += dy
            for inner in box.inner:
                inner.move(dx, dy)
        for path in self.paths:
            path.points = [(x + dx, y + dy) for x, y in path.points]


@dataclass(slots=True)
class _Cell:
    """A node, or the place where a long edge passes a layer."""

    key: str
    width: float
    height: float
    x: float = 0.0


def lay_out(graph: Graph) -> Layout:
    """Place every node and edge of ``graph``; the upper left corner is (0, 0)."""
    boxes = {node.key: _box(node) for node in graph.nodes}
    layer = _layers(graph)
    cells = {key: _Cell(key, box.width, box.height) for key, box in boxes.items()}
    rows: list[list[_Cell]] = [[] for _ in range(1 + max(layer.values(), default=0))]
    for node in graph.nodes:
        rows[layer[node.key]].append(cells[node.key])
    chains = {edge: _chain(edge, layer, cells, rows) for edge in graph.edges}
    links = [(a, b) for chain in chains.values() for a, b in pairwise(chain)]
    _order(rows, links)
    usual = [link for edge, chain in chains.items() if not edge.is_failure for link in pairwise(chain)]
    _place(rows, links, usual)
    tops: list[float] = []
    y = 0.0
    for row in rows:
        tops.append(y)
        y += max((cell.height for cell in row), default=0.0) + GAP_Y
    for key, box in boxes.items():
        dx, dy = cells[key].x - box.width / 2, tops[layer[key]]
        box.x, box.y = dx, dy
        for inner in box.inner:
            inner.move(dx, dy)
    paths = [Path(edge, _points(edge, chain, boxes, cells, layer, tops)) for edge, chain in chains.items()]
    xs = [cell.x + sign * cell.width / 2 for row in rows for cell in row for sign in (-1, 1)]
    left = min(xs, default=0.0)
    layout = Layout(list(boxes.values()), paths, max(xs, default=0.0) - left, y - GAP_Y)
    layout.move(-left, 0.0)
    return layout


def _box(node: Node) -> Box:
    width = max(96.0, _CHARACTER * len(node.label) + 60)
    if not node.branches:
        return Box(node, width, NODE_HEIGHT)
    inner = tuple(lay_out(branch) for branch in node.branches)
    content = sum(part.width for part in inner) + GAP_X * (len(inner) - 1)
    width = max(width, content + 2 * PADDING)
    x = (width - content) / 2
    for part in inner:
        part.move(x, TITLE + PADDING / 2)
        x += part.width + GAP_X
    return Box(node, width, max(part.height for part in inner) + TITLE + 1.5 * PADDING, inner=inner)


def _layers(graph: Graph) -> dict[str, int]:
    """Each node's layer: one more than the lowest of those before it; edges that close a cycle do not count."""
    after: dict[str, list[str]] = {node.key: [] for node in graph.nodes}
    for edge in graph.edges:
        after[edge.source].append(edge.target)
    done: dict[str, bool] = {}
    order: list[str] = []
    back: set[tuple[str, str]] = set()

    def visit(key: str) -> None:
        done[key] = False
        for target in after[key]:
            if target not in done:
                visit(target)
            elif not done[target]:
                back.add((key, target))
        done[key] = True
        order.append(key)

    for key in (graph.start, *after):
        if key not in done:
            visit(key)
    layer = dict.fromkeys(after, 0)
    for key in reversed(order):
        for target in after[key]:
            if (key, target) not in back:
                layer[target] = max(layer[target], layer[key] + 1)
    return layer


def _chain(edge: Edge, layer: Mapping[str, int], cells: dict[str, _Cell], rows: list[list[_Cell]]) -> list[str]:
    """The cells that an edge passes, from its upper to its lower end."""
    upper, lower = sorted((edge.source, edge.target), key=lambda key: layer[key])
    chain = [upper]
    for row in range(layer[upper] + 1, layer[lower]):
        cell = _Cell(f"{edge.source}\0{edge.target}\0{row}", 14.0, 0.0)
        cells[cell.key] = cell
        rows[row].append(cell)
        chain.append(cell.key)
    return [*chain, lower]


def _neighbours(links: Iterable[tuple[str, str]]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for upper, lower in links:
        above.setdefault(lower, []).append(upper)
        below.setdefault(upper, []).append(lower)
    return above, below


def _order(rows: list[list[_Cell]], links: list[tuple[str, str]]) -> None:
    above, below = _neighbours(links)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        near = above if down else below
        for row in rows if down else reversed(rows):
            place = {cell.key: float(i) for other in rows for i, cell in enumerate(other)}
            row.sort(key=lambda cell: _mean([place[k] for k in near.get(cell.key, [cell.key])]))


def _place(rows: list[list[_Cell]], links: list[tuple[str, str]], usual: list[tuple[str, str]]) -> None:
    """The usual way is straight; edges to the handling of failures bend around it."""
    pairs = zip(_neighbours(links), _neighbours(usual), strict=True)
    above, below = ({**every, **straight} for every, straight in pairs)
    cells = {cell.key: cell for row in rows for cell in row}
    for row in rows:
        x = 0.0
        for cell in row:
            cell.x = x + cell.width / 2
            x += cell.width + GAP_X
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        near = above if down else below
        for row in rows if down else reversed(rows):
            wanted = [_mean([cells[k].x for k in near.get(cell.key, [cell.key])]) for cell in row]
            _spread(row, wanted)


def _spread(row: list[_Cell], wanted: list[float]) -> None:
    """Put each cell near to where it is wanted: halfway between what fits from the left and from the right."""
    left = list(wanted)
    right = list(wanted)
    for i in range(1, len(row)):
        left[i] = max(left[i], left[i - 1] + _distance(row[i - 1], row[i]))
    for i in range(len(row) - 2, -1, -1):
        right[i] = min(right[i], right[i + 1] - _distance(row[i], row[i + 1]))
    for cell, a, b in zip(row, left, right, strict=True):
        cell.x = (a + b) / 2


def _distance(a: _Cell, b: _Cell) -> float:
    return (a.width + b.width) / 2 + GAP_X


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _points(  # noqa: PLR0917
    edge: Edge,
    chain: list[str],
    boxes: Mapping[str, Box],
    cells: Mapping[str, _Cell],
    layer: Mapping[str, int],
    tops: list[float],
) -> list[tuple[float, float]]:
    upper, lower = boxes[chain[0]], boxes[chain[-1]]
    middle = [(cells[key].x, tops[layer[chain[0]] + i] + NODE_HEIGHT / 2) for i, key in enumerate(chain) if i]
    points = [
        (upper.x + upper.width / 2, upper.y + upper.height),
        *middle[:-1],
        (lower.x + lower.width / 2, lower.y),
    ]
    return points if edge.source == chain[0] else points[::-1]
