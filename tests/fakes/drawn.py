"""A drawing read back from its SVG: rectangles, texts, edges as points along their curves."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.display.layout import width_of

__all__ = ["Drawing", "Line", "Rect", "check_drawing", "read_svg"]

Point = tuple[float, float]
Points = NDArray[np.float64]
"""Two columns, x and y."""
_NS = "{http://www.w3.org/2000/svg}"
_APART = 8.0
_T = np.linspace(0, 1, 17)[1:, None]
# How much of each of the four points of a Bezier curve there is in each point drawn on it.
_WEIGHTS = np.hstack([(1 - _T) ** 3, 3 * _T * (1 - _T) ** 2, 3 * _T * _T * (1 - _T), _T**3])


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

    def covers(self, points: Points, slack: float = 0.6) -> bool:
        """Whether any of the points is inside."""
        low, high = (self.x + slack, self.y + slack), (self.right - slack, self.bottom - slack)
        return bool(((points > low) & (points < high)).all(axis=1).any())


@dataclass(frozen=True)
class Line:
    name: str
    pieces: list[Points]
    is_failure: bool

    @cached_property
    def points(self) -> Points:
        return np.concatenate(self.pieces)

    @cached_property
    def extent(self) -> Rect:
        """What holds all of it; a little more, so that a straight line has an area."""
        (x, y), (right, bottom) = self.points.min(axis=0) - 0.1, self.points.max(axis=0) + 0.1
        return Rect(self.name, float(x), float(y), float(right), float(bottom))


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


def _pieces(d: str, dx: float, dy: float) -> list[Points]:
    """The points of a path made of M, L and C with absolute coordinates."""
    pieces: list[list[Points]] = []
    for command, rest in re.findall(r"([MLC])([^MLC]*)", d):
        points = np.array(re.findall(r"-?[\d.]+", rest), dtype=float).reshape(-1, 2) + np.array([dx, dy])
        if command == "M":
            pieces.append([points])
            continue
        start = pieces[-1][-1][-1]
        if command == "L":
            steps = 1 + int(np.abs(points[0] - start).sum() / _APART)
            pieces[-1].append(start + (points[0] - start) * (np.arange(1, steps + 1) / steps)[:, None])
        else:
            pieces[-1].append(_WEIGHTS @ np.vstack([start, points]))
    return [np.concatenate(piece) for piece in pieces]


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
                assert not rect.covers(line.points), (line.name, rect)
