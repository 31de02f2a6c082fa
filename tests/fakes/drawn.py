"""A drawing read back from its SVG: rectangles, texts, edges as points along their curves."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

from personalize_sfn.display.layout import width_of

__all__ = ["Drawing", "Line", "Rect", "check_drawing", "read_svg"]

Point = tuple[float, float]
_NS = "{http://www.w3.org/2000/svg}"
_STEPS = 16
_APART = 8.0


@dataclass(frozen=True)
class Rect:
    name: str
    x: float
    y: float
    right: float
    bottom: float
    is_group: bool = False

    def overlaps(self, other: Rect, slack: float = 0.05) -> bool:
        return (
            self.x < other.right - slack
            and other.x < self.right - slack
            and self.y < other.bottom - slack
            and other.y < self.bottom - slack
        )

    def holds(self, other: Rect) -> bool:
        return self.x <= other.x and self.y <= other.y and other.right <= self.right and other.bottom <= self.bottom

    def covers(self, point: Point, slack: float = 0.6) -> bool:
        x, y = point
        return self.x + slack < x < self.right - slack and self.y + slack < y < self.bottom - slack


@dataclass(frozen=True)
class Line:
    name: str
    pieces: list[list[Point]]
    is_failure: bool

    @cached_property
    def points(self) -> list[Point]:
        return [point for piece in self.pieces for point in piece]

    @cached_property
    def extent(self) -> Rect:
        """What holds all of it; a little more, so that a straight line has an area."""
        xs, ys = zip(*self.points, strict=True)
        return Rect(self.name, min(xs) - 0.1, min(ys) - 0.1, max(xs) + 0.1, max(ys) + 0.1)


@dataclass
class Drawing:
    width: float
    height: float
    rects: list[Rect] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    heads: list[Point] = field(default_factory=list)
    labels: list[Rect] = field(default_factory=list)
    """Of edges."""
    texts: list[tuple[Rect, Rect]] = field(default_factory=list)
    """The lines of a node, each with the node that it is in."""


def read_svg(svg: str) -> Drawing:
    root = ET.fromstring(svg)
    drawing = Drawing(float(root.attrib["width"]), float(root.attrib["height"]))
    content = root.find(f"{_NS}g")
    assert content is not None
    moved = re.search(r"translate\((\S+) (\S+)\)", content.attrib["transform"])
    assert moved
    dx, dy = float(moved[1]), float(moved[2])
    for element in content.iter():
        css = element.get("class", "")
        if element.tag == f"{_NS}g":
            rect = element.find(f"{_NS}rect")
            if rect is not None:
                x, y, width, height = (float(rect.attrib[key]) for key in ("x", "y", "width", "height"))
                name = element.findtext(f"{_NS}title", "").partition(" · ")[0]
                group = "group" in rect.attrib["class"]
                node = Rect(name, x + dx, y + dy, x + dx + width, y + dy + height, group)
                drawing.rects.append(node)
                drawing.texts += [(_text(line, dx, dy), node) for line in element.findall(f"{_NS}text")]
        elif css.startswith("edge"):
            pieces = _pieces(element.attrib["d"], dx, dy)
            drawing.lines.append(Line(element.findtext(f"{_NS}title", ""), pieces, "catch" in css))
        elif css == "head":
            numbers = [float(number) for number in re.findall(r"-?[\d.]+", element.attrib["d"])]
            drawing.heads.append((numbers[-2] + dx, numbers[-1] + dy))
        elif element.get("text-anchor") == "middle":
            drawing.labels.append(_text(element, dx, dy))
    return drawing


def _text(element: ET.Element, dx: float, dy: float) -> Rect:
    """What a line of text takes; its width is what the layout reckons with."""
    text, size = element.text or "", 11 if element.get("class") == "mute" else 13
    width = width_of(text, size)
    x, y = float(element.attrib["x"]) + dx, float(element.attrib["y"]) + dy
    x -= width / 2 if element.get("text-anchor") == "middle" else 0
    return Rect(text, x, y - 0.8 * size, x + width, y + 0.2 * size)


def _pieces(d: str, dx: float, dy: float) -> list[list[Point]]:
    """The points of a path made of M, L and C with absolute coordinates."""
    pieces: list[list[Point]] = []
    for command, rest in re.findall(r"([MLC])([^MLC]*)", d):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", rest)]
        points = [(x + dx, y + dy) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
        if command == "M":
            pieces.append(points)
        elif command == "L":
            (x0, y0), (x1, y1) = pieces[-1][-1], points[0]
            steps = 1 + int((abs(x1 - x0) + abs(y1 - y0)) / _APART)
            pieces[-1] += [(x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps) for i in range(1, steps + 1)]
        else:
            pieces[-1] += _curve(pieces[-1][-1], *points)
    return pieces


def _curve(a: Point, b: Point, c: Point, d: Point) -> list[Point]:
    found = []
    for i in range(1, _STEPS + 1):
        t = i / _STEPS
        w = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        found.append(tuple(sum(k * p[axis] for k, p in zip(w, (a, b, c, d), strict=True)) for axis in (0, 1)))
    return found  # type: ignore[return-value]


def check_drawing(drawing: Drawing) -> None:
    """Nothing overlaps, nothing runs through what it does not belong to, nothing is cut off."""
    page = Rect("page", 0, 0, drawing.width, drawing.height)
    for rect in drawing.rects:
        assert page.holds(rect), rect
    for one, other in combinations(drawing.rects, 2):
        nested = (one.is_group and one.holds(other)) or (other.is_group and other.holds(one))
        assert nested or not one.overlaps(other), (one, other)
    labels = drawing.labels
    nodes = [rect for rect in drawing.rects if not rect.is_group]
    for one, other in combinations(labels, 2):
        assert not one.overlaps(other), (one, other)
    for label in labels:
        assert page.holds(label), label
        assert not [node for node in nodes if node.overlaps(label)], label
    for text, node in drawing.texts:
        assert node.holds(text), text
        inside = [rect for rect in drawing.rects if rect is not node and node.holds(rect)]
        assert not [rect for rect in inside if rect.overlaps(text)], text
    for line in drawing.lines:
        assert page.holds(line.extent), line.name
        for rect in [*nodes, *labels]:
            if rect.overlaps(line.extent):
                assert not [point for point in line.points if rect.covers(point)], (line.name, rect)
