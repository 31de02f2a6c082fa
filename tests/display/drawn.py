"""A drawing read back from its SVG: rectangles, texts, edges as points along their curves."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from functools import cached_property

__all__ = ["Drawing", "Line", "Rect", "read_svg"]

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
    labels: list[tuple[str, float, float]] = field(default_factory=list)
    """Labels of edges: text, middle, baseline."""


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
                drawing.rects.append(Rect(name, x + dx, y + dy, x + dx + width, y + dy + height, group))
        elif css.startswith("edge"):
            pieces = _pieces(element.attrib["d"], dx, dy)
            drawing.lines.append(Line(element.findtext(f"{_NS}title", ""), pieces, "catch" in css))
        elif css == "head":
            numbers = [float(number) for number in re.findall(r"-?[\d.]+", element.attrib["d"])]
            drawing.heads.append((numbers[-2] + dx, numbers[-1] + dy))
        elif element.get("text-anchor") == "middle":
            drawing.labels.append(
                (element.text or "", float(element.attrib["x"]) + dx, float(element.attrib["y"]) + dy)
            )
    return drawing


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
