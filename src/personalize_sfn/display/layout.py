"""Where nodes and edges go: layers from top to bottom, a box around each Parallel and Map.

The States Language lets no edge cross the border of a branch, so a branch is laid out by itself and is then a node of
its own size.  Two rules hold by construction.  No two nodes overlap: each has its place in the row of its layer.  No
edge runs through a node: between rows it bends as it must, in a row it goes straight down in a cell of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from unicodedata import east_asian_width

from personalize_sfn.display.graph import Edge, Graph, Node
from personalize_sfn.display.layers import LayerRows, layered, mean, neighbours

__all__ = ["Box", "EdgePath", "Label", "Layout", "lay_out", "shortened", "width_of"]

NODE_HEIGHT = 44.0
LABEL_HEIGHT = 14.0
PADDING = 18.0
TITLE = 34.0
_LEAST_WIDTH = 128.0
_ICON, _BADGE = 34.0, 30.0
"""Room at the left and at the right of a node's texts."""
_GAP_X, _GAP_X_OF_EDGES = 28.0, 14.0
_GAP_Y, _GAP_Y_AT_LABELS, _GAP_Y_MOST = 34.0, 20.0, 80.0
_SLOPE = 0.06
"""A gap grows with the way that its edges go sideways: lines that are nearly level are hard to follow."""
_PORTS = 18.0
_LOOP = 26.0
_SWEEPS = 16
_MOST_CHARACTERS, _MOST_CHARACTERS_OF_LABELS = 40, 28

Point = tuple[float, float]


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
class Label:
    """An edge's label: ``x`` is its middle, ``y`` its upper end."""

    text: str
    x: float
    y: float


@dataclass(slots=True)
class EdgePath:
    """An edge from its source to its target."""

    edge: Edge
    points: list[Point]
    """Straight lines and bends take turns, a straight line first and last.  Of an edge to its own source: four points
    of one bend."""
    label: Label | None = None
    """Stands on a straight line, which is not drawn there."""
    gap: frozenset[Point] = frozenset()
    """The ends of the line that is not drawn, where the label is."""


@dataclass(slots=True)
class Layout:
    boxes: list[Box] = field(default_factory=list)
    paths: list[EdgePath] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0
    is_across: bool = False
    """From left to right; else from top to bottom."""

    def walk(self) -> Iterator[Box]:
        """Its boxes and those inside them."""
        for box in self.boxes:
            yield box
            for inner in box.inner:
                yield from inner.walk()

    def move(self, dx: float, dy: float) -> None:
        for box in self.boxes:
            box.x += dx
            box.y += dy
            for inner in box.inner:
                inner.move(dx, dy)
        for path in self.paths:
            path.points = [(x + dx, y + dy) for x, y in path.points]
            path.gap = frozenset((x + dx, y + dy) for x, y in path.gap)
            if path.label is not None:
                path.label = Label(path.label.text, path.label.x + dx, path.label.y + dy)

    def turn(self) -> None:
        """What went down goes to the right."""
        self.width, self.height, self.is_across = self.height, self.width, True
        for box in self.boxes:
            for inner in box.inner:
                inner.move(box.y - box.x, box.x - box.y)
            box.x, box.y = box.y, box.x
        for path in self.paths:
            path.points = [(y, x) for x, y in path.points]
            path.gap = frozenset((y, x) for x, y in path.gap)
            if path.label is not None:
                length = _label_length(path.label.text)
                path.label = Label(path.label.text, path.label.y + length / 2, path.label.x - LABEL_HEIGHT / 2)


@dataclass(slots=True)
class _Cell:
    width: float
    height: float
    is_node: bool
    x: float = 0.0
    """Its middle."""


def lay_out(graph: Graph, notes: Mapping[str, str] | None = None, room: float = 0.0) -> Layout:
    """Place every node and edge of ``graph``; the upper left corner is (0, 0).

    Args:
        graph: what to place.
        notes: second lines of nodes, by key: they need room.
        room: pixels that it may be wide: where it fits, it goes from left to right, else from top to bottom.
    """
    down = _lay_out(graph, notes or {}, room, is_across=False)
    if not room or len(graph.nodes) < 2 or any(edge.source == edge.target for edge in graph.edges):
        return down
    across = _lay_out(graph, notes or {}, room, is_across=True)
    return across if across.width <= room and across.height <= down.height else down


def _lay_out(graph: Graph, notes: Mapping[str, str], room: float, *, is_across: bool) -> Layout:
    width = max((_natural_width(node, notes) for node in graph.nodes if not node.branches), default=0.0)
    boxes = {node.key: _box(node, width, notes, room) for node in graph.nodes}
    rows = layered(graph)
    loops = {edge.source for edge in graph.edges if edge.source == edge.target}

    def cell(key: str) -> _Cell:
        # Rows are laid out from top to bottom; a picture across is turned in the end.
        if key in boxes:
            size = boxes[key].width + 2 * _LOOP * (key in loops), boxes[key].height
        elif key in rows.labels:
            size = _label_length(rows.labels[key]), LABEL_HEIGHT
        else:
            return _Cell(2.0, 0.0, is_node=False)
        return _Cell(*(size[::-1] if is_across else size), is_node=key in boxes)

    cells = {key: cell(key) for row in rows.cells for key in row}
    _place(rows, cells)
    ports = _ports(rows, cells)
    tops, bottoms = _heights(rows, cells, ports)
    row_of = {key: i for i, row in enumerate(rows.cells) for key in row}
    for key, box in boxes.items():
        box.x, box.y = cells[key].x - cells[key].width / 2 + _LOOP * (key in loops), tops[row_of[key]]
        for inner in box.inner:
            inner.move(box.x, box.y)
    paths = [
        _path(edge, rows, cells, ports, [(tops[row_of[key]], bottoms[row_of[key]]) for key in chain])
        for edge, chain in rows.chains.items()
    ]
    paths += [_loop(edge, boxes[edge.source]) for edge in graph.edges if edge.source == edge.target]
    left = min((cell.x - cell.width / 2 for cell in cells.values()), default=0.0)
    right = max((cell.x + cell.width / 2 for cell in cells.values()), default=0.0)
    layout = Layout(list(boxes.values()), paths, right - left, bottoms[-1])
    layout.move(-left, 0.0)
    if is_across:
        layout.turn()
    return layout


def _label_length(text: str) -> float:
    return width_of(shortened(text, _MOST_CHARACTERS_OF_LABELS), 11) + 8


def _natural_width(node: Node, notes: Mapping[str, str]) -> float:
    texts = (width_of(shortened(node.label), 13), width_of(notes.get(node.key, ""), 11))
    return max(_LEAST_WIDTH, max(texts) + _ICON + _BADGE)


def _box(node: Node, width: float, notes: Mapping[str, str], room: float) -> Box:
    """The nodes of a graph are all as wide as the widest of them; one that holds others is as wide as they are."""
    if not node.branches:
        return Box(node, width, NODE_HEIGHT)
    each = (room - 2 * PADDING) / len(node.branches) - _GAP_X
    inner = tuple(lay_out(branch, notes, max(0.0, each)) for branch in node.branches)
    title = TITLE + (LABEL_HEIGHT if notes.get(node.key) else 0.0)
    content = sum(part.width for part in inner) + _GAP_X * (len(inner) - 1)
    width = max(_natural_width(node, notes), content + 2 * PADDING)
    x = (width - content) / 2
    for part in inner:
        part.move(x, title)
        x += part.width + _GAP_X
    return Box(node, width, max(part.height for part in inner) + title + PADDING, inner=inner)


def _place(rows: LayerRows, cells: Mapping[str, _Cell]) -> None:
    """Move cells towards their neighbours.  The usual way is straight; edges after failures bend around it."""
    links = rows.links()
    usual = [link for link in links if not link[2]]
    above = neighbours((b, a) for a, b, _ in links) | neighbours((b, a) for a, b, _ in usual)
    below = neighbours((a, b) for a, b, _ in links) | neighbours((a, b) for a, b, _ in usual)
    on_usual = {key for a, b, _ in usual for key in (a, b)}
    weights = {key: (4.0 if key in on_usual else 1.0) for key in cells}
    for row in rows.cells:
        _spread([cells[key] for key in row], [0.0] * len(row), [1.0] * len(row))
    for sweep in range(_SWEEPS):
        near, order = (above, rows.cells) if sweep % 2 == 0 else (below, rows.cells[::-1])
        for row in order:
            wanted = [mean([cells[other].x for other in near.get(key, (key,))]) for key in row]
            _spread([cells[key] for key in row], wanted, [weights[key] if key in near else 0.1 for key in row])


def _spread(row: Sequence[_Cell], wanted: Sequence[float], weights: Sequence[float]) -> None:
    """Put each cell as near to where it is wanted as the others allow, by least squares.

    Without the distances that must be kept this is isotonic regression, solved by pooling adjacent violators
    (Barlow, Bartholomew, Bremner, Brunk 1972).
    """
    offsets = [0.0]
    for a, b in pairwise(row):
        gap = _GAP_X if a.is_node or b.is_node else _GAP_X_OF_EDGES
        offsets.append(offsets[-1] + (a.width + b.width) / 2 + gap)
    pools: list[tuple[float, float, int]] = []
    for want, offset, weight in zip(wanted, offsets, weights, strict=False):
        pool = (want - offset, weight, 1)
        while pools and pools[-1][0] > pool[0]:
            at, heavy, count = pools.pop()
            pool = ((at * heavy + pool[0] * pool[1]) / (heavy + pool[1]), heavy + pool[1], count + pool[2])
        pools.append(pool)
    places = [at for at, _, count in pools for _ in range(count)]
    for cell, place, offset in zip(row, places, offsets, strict=False):
        cell.x = place + offset


Ports = Mapping[tuple[str, str, bool, bool], float]
"""Where a link meets a node, by the node, the other end, whether only failures go there, and whether it is below."""


def _ports(rows: LayerRows, cells: Mapping[str, _Cell]) -> Ports:
    """Links that meet at a node stand side by side there; the one usual way goes through the middle."""
    ends: dict[tuple[str, bool], list[tuple[str, bool]]] = {}
    for a, b, is_failure in rows.links():
        ends.setdefault((a, True), []).append((b, is_failure))
        ends.setdefault((b, False), []).append((a, is_failure))
    ports = {}
    for (key, is_below), others in ends.items():
        cell = cells[key]
        others.sort(key=lambda other: (cells[other[0]].x, other[1]))
        usual = [i for i, (_, is_failure) in enumerate(others) if not is_failure]
        middle = float(usual[0]) if len(usual) == 1 else (len(others) - 1) / 2
        reach = max(middle, len(others) - 1 - middle)
        step = min(_PORTS, (cell.width / 2 - 12) / reach) if reach and cell.is_node else 0.0
        for i, (other, is_failure) in enumerate(others):
            ports[key, other, is_failure, is_below] = cell.x + (i - middle) * step
    return ports


def _heights(rows: LayerRows, cells: Mapping[str, _Cell], ports: Ports) -> tuple[list[float], list[float]]:
    """Upper and lower end of each row."""
    row_of = {key: i for i, row in enumerate(rows.cells) for key in row}
    sideways = [0.0] * len(rows.cells)
    for a, b, is_failure in rows.links():
        way = abs(ports[a, b, is_failure, True] - ports[b, a, is_failure, False])
        sideways[row_of[a]] = max(sideways[row_of[a]], way)
    has_labels = [any(key in rows.labels for key in row) for row in rows.cells]
    tops, bottoms = [], []
    y = 0.0
    for i, row in enumerate(rows.cells):
        tops.append(y)
        bottoms.append(y + max((cells[key].height for key in row), default=0.0))
        least = _GAP_Y_AT_LABELS if any(has_labels[i : i + 2]) else _GAP_Y
        y = bottoms[-1] + min(_GAP_Y_MOST, max(least, least * 0.6 + _SLOPE * sideways[i]))
    return tops, bottoms


def _path(
    edge: Edge, rows: LayerRows, cells: Mapping[str, _Cell], ports: Ports, spans: Sequence[tuple[float, float]]
) -> EdgePath:
    chain = rows.chains[edge]
    points: list[Point] = []
    label = None
    gap: frozenset[Point] = frozenset()
    for i, (key, (top, bottom)) in enumerate(zip(chain, spans, strict=True)):
        into = ports[key, chain[i - 1], edge.is_failure, False] if i else 0.0
        out = ports[key, chain[i + 1], edge.is_failure, True] if i < len(chain) - 1 else 0.0
        if not i:
            points += [(out, top + cells[key].height), (out, bottom)]
        elif i == len(chain) - 1:
            points += [(into, top), (into, top)]
        else:
            points += [(into, top), (out, bottom)]
        if key in rows.labels:
            label = Label(shortened(rows.labels[key], _MOST_CHARACTERS_OF_LABELS), cells[key].x, top)
            gap = frozenset(points[-2:])
    return EdgePath(edge, points if edge.source == chain[0] else points[::-1], label, gap)


def _loop(edge: Edge, box: Box) -> EdgePath:
    right, middle = box.x + box.width, box.y + min(box.height, NODE_HEIGHT) / 2
    return EdgePath(
        edge,
        [(right, middle - 9), (right + _LOOP, middle - 14), (right + _LOOP, middle + 14), (right, middle + 9)],
    )


def shortened(text: str, most: int = _MOST_CHARACTERS) -> str:
    """``text``, or its beginning when it has more than ``most`` characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def width_of(text: str, size: float) -> float:
    """Pixels that ``text`` takes, at most and nearly: the sans-serif font of ``size`` pixels is the reader's."""
    return size * sum(_em(character) for character in text)


def _em(character: str) -> float:
    """The width of a character in the widest of the usual fonts, Verdana and DejaVu Sans, in parts of its size."""
    if east_asian_width(character) in "WF":
        return 1.1
    if character in "mMW@%" or ord(character) > 0x2000:
        return 1.02
    if character in "w~=+<>#":
        return 0.86
    if character in "fijlrtI .,:;'|!()[]-·":
        return 0.43
    return 0.78 if character.isupper() else 0.65
