"""A layout as SVG.  It paints its own background and follows the reader's light or dark theme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from itertools import pairwise

from personalize_sfn.display.formatting import escape
from personalize_sfn.display.layout import LABEL_HEIGHT, TITLE, Box, EdgePath, Layout, Point, shortened, width_of
from personalize_sfn.display.palette import LOOKS, THEMES

__all__ = ["MARGIN", "STYLE", "Marks", "badge", "draw", "draw_legend"]

Marks = Mapping[str, tuple[str, str]]
"""Status and note of nodes, by key."""

MARGIN = 16.0
_LEGEND = 28.0
_FONT = "system-ui,-apple-system,'Segoe UI',Roboto,sans-serif"


def _colours(theme: str) -> str:
    return ":root{" + ";".join(f"--{name}:{colour}" for name, colour in THEMES[theme].items()) + "}"


def _looks() -> Iterator[str]:
    for status, look in LOOKS.items():
        if status:
            dashes = f"stroke-dasharray:{look.dashes}" if look.dashes else "stroke-dasharray:none"
            yield f".{status} .node{{stroke:var(--{look.accent});stroke-width:{look.width:g};{dashes}}}"
            yield f".{status} .badge{{fill:var(--{look.accent})}}"


STYLE = f"""<style>
{_colours("light")}
@media (prefers-color-scheme:dark){{{_colours("dark")}}}
text{{font:13px {_FONT};fill:var(--fg)}} text.mute{{font-size:11px;fill:var(--mute)}}
.bg{{fill:var(--bg)}} .node{{fill:var(--node);stroke:var(--line)}}
.node.group{{fill:var(--group)}} .plain .group{{stroke-dasharray:2 3}} .NOT_REACHED text{{fill:var(--mute)}}
.edge{{fill:none;stroke:var(--line);stroke-width:1.3}} .catch{{stroke-dasharray:5 4}} .head{{fill:var(--line)}}
.icon{{fill:none;stroke:var(--mute);stroke-width:1.6}}
.glyph{{fill:none;stroke:var(--bg);stroke-width:2;stroke-linecap:round;stroke-linejoin:round}}
.glyph.filled{{fill:var(--bg)}} .NOT_REACHED .badge{{fill:none;stroke:var(--line);stroke-width:1.5}}
{" ".join(_looks())}
</style>"""

#: Small drawings of the state types, as paths: fonts lack many symbols.  16 by 16, the upper left corner at (0, 0).
_ICONS = {
    "Task": "M2 3h12v10h-12z M5 6l2.5 2-2.5 2 M9 11h3",
    "Workflow": "M5.5 1.5h5v4h-5z M1.5 10.5h5v4h-5z M9.5 10.5h5v4h-5z M8 5.5v2.5 M4 10.5v-2.5h8v2.5",
    "Loop": "M13 5a6 6 0 1 0 1 4 M14 1.5v4h-4",
    "Wait": "M8 1.5a6.5 6.5 0 1 1-.01 0 M8 4.5v4l2.6 1.6",
    "Choice": "M8 1l7 7-7 7-7-7z",
    "Pass": "M2 8h11 M9 4l4 4-4 4",
    "Succeed": "M2 8.5l4 4 8-9",
    "Fail": "M3 3l10 10 M13 3l-10 10",
    "Parallel": "M3 2v12 M8 2v12 M13 2v12",
    "Map": "M2 3h12 M2 8h12 M2 13h12",
}


def draw(layout: Layout, title: str, marks: Marks | None = None, notes: Mapping[str, str] | None = None) -> str:
    """The SVG text of ``layout``.

    Args:
        layout: of a graph.
        title: read out by screen readers.
        marks: status and note of nodes, by key; None: the graph alone, without statuses and their legend.
        notes: of the graph alone, the second lines of nodes, by key.
    """
    used = {(marks or {}).get(box.node.key, ("", ""))[0] for box in layout.walk()}
    legend, legend_width = draw_legend(used, layout.height + _LEGEND / 2) if marks is not None else ("", 0.0)
    width = max(layout.width, legend_width) + 2 * MARGIN
    height = layout.height + 2 * MARGIN + (_LEGEND if legend else 0.0)
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(title)}">',
            STYLE,
            f'<rect class="bg" width="{width:.0f}" height="{height:.0f}" rx="8"/>',
            f'<g transform="translate({MARGIN:.0f} {MARGIN:.0f})">',
            *_layout(layout, marks, notes or {}),
            legend,
            "</g></svg>",
        )
    )


def _layout(layout: Layout, marks: Marks | None, notes: Mapping[str, str]) -> Iterator[str]:
    drawn: set[tuple[Point, Point, bool]] = set()
    for path in layout.paths:
        yield from _path(path, drawn, is_across=layout.is_across)
    for box in layout.boxes:
        yield from _node(box, marks, notes)


def _node(box: Box, marks: Marks | None, notes: Mapping[str, str]) -> Iterator[str]:
    status, note = (marks or {}).get(box.node.key, ("", notes.get(box.node.key, "")))
    word = LOOKS[status].word if marks is not None else ""
    others = [name for name in box.node.states if name != box.node.label]
    stands_for = f"stands for {', '.join(others)}" if len(box.node.states) > 1 else ""
    tip = " · ".join(part for part in (box.node.label, word, note, stands_for) if part)
    css = "plain" if marks is None else status or "NOT_REACHED"
    yield f'<g class="{css}"><title>{escape(tip)}</title>'
    kind = "node group" if box.inner else "node"
    size = f'width="{box.width:.1f}" height="{box.height:.1f}"'
    yield f'<rect class="{kind}" x="{box.x:.1f}" y="{box.y:.1f}" {size} rx="7"/>'
    middle = box.y + ((TITLE + (LABEL_HEIGHT if note else 0)) if box.inner else box.height) / 2
    icon = _ICONS.get("Workflow" if box.node.is_workflow else box.node.kind, _ICONS["Task"])
    yield f'<path class="icon" transform="translate({box.x + 10:.1f} {middle - 8:.1f})" d="{icon}"/>'
    y = middle + (-2 if note else 4.5)
    yield f'<text x="{box.x + 34:.1f}" y="{y:.1f}">{escape(shortened(box.node.label))}</text>'
    if note:
        yield f'<text class="mute" x="{box.x + 34:.1f}" y="{middle + 14:.1f}">{escape(note)}</text>'
    if marks is not None:
        yield badge(status, box.x + box.width - 24, box.y + 6)
    yield "</g>"
    for inner in box.inner:
        yield from _layout(inner, marks, notes)


def badge(status: str, x: float, y: float) -> str:
    """A status as a glyph in a circle of 16 pixels."""
    look = LOOKS[status]
    circle = f'<circle class="badge" cx="{x + 8:.1f}" cy="{y + 8:.1f}" r="{8 if status else 6}"/>'
    css = "glyph filled" if look.is_filled else "glyph"
    glyph = f'<path class="{css}" transform="translate({x:.1f} {y:.1f})" d="{look.glyph}"/>' if look.glyph else ""
    return circle + glyph


def draw_legend(used: Set[str], y: float) -> tuple[str, float]:
    """What the statuses in the picture mean, in one line, and its width."""
    drawn, x = [], 0.0
    for status, look in LOOKS.items():
        if status in used:
            drawn.append(
                f'<g class="{status or "NOT_REACHED"}">{badge(status, x, y)}'
                f'<text class="mute" x="{x + 21:.1f}" y="{y + 12:.1f}">{look.word}</text></g>'
            )
            x += 21 + width_of(look.word, 11) + 16
    return "".join(drawn), x


def _path(path: EdgePath, drawn: set[tuple[Point, Point, bool]], *, is_across: bool) -> Iterator[str]:
    """An edge, as far as an edge to the same target has not drawn it: dashes over dashes would be an unbroken line."""
    points = path.points
    is_loop = path.edge.source == path.edge.target
    line, at = "", None
    for i, (a, b) in enumerate(pairwise(points)):
        if is_loop:
            break
        is_bend = i % 2 == 1
        if (a, b, path.edge.is_failure) in drawn or a == b or (path.gap == {a, b} and not is_bend):
            continue
        drawn.add((a, b, path.edge.is_failure))
        line += "" if at == a else f"M{a[0]:.1f} {a[1]:.1f}"
        line += f"{_curve(a, b, is_across=is_across) if is_bend else 'L'}{b[0]:.1f} {b[1]:.1f}"
        at = b
    if is_loop:
        line = "M{:.1f} {:.1f}C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}".format(
            *(n for point in points for n in point)
        )
    tip = escape(f"{path.edge.source.strip(chr(0))} → {path.edge.target.strip(chr(0))} {path.edge.label}".strip())
    css = "edge catch" if path.edge.is_failure else "edge"
    if line:
        yield f'<path class="{css}" d="{line}"><title>{tip}</title></path>'
    before, end = points[-2 if is_loop or points[-2] != points[-1] else -3], points[-1]
    if (end, end, False) not in drawn:
        drawn.add((end, end, False))
        yield _head(*end, *((-1, 0) if is_loop else _way(before, end, is_across=is_across)))
    if path.label is not None:
        yield (
            f'<text class="mute" text-anchor="middle" x="{path.label.x:.1f}" y="{path.label.y + 11:.1f}">'
            f"{escape(path.label.text)}</text>"
        )


def _curve(a: Point, b: Point, *, is_across: bool) -> str:
    """The way to ``b``, up to its coordinates: straight, or a bend that begins and ends with the flow."""
    (x0, y0), (x, y) = a, b
    if is_across:
        return "L" if y0 == y else f"C{(x0 + x) / 2:.1f} {y0:.1f} {(x0 + x) / 2:.1f} {y:.1f} "
    return "L" if x0 == x else f"C{x0:.1f} {(y0 + y) / 2:.1f} {x:.1f} {(y0 + y) / 2:.1f} "


def _way(before: Point, end: Point, *, is_across: bool) -> tuple[int, int]:
    """Where an edge goes at its end: a step to the right or to the left, down or up."""
    if is_across:
        return (1 if end[0] > before[0] else -1), 0
    return 0, (1 if end[1] > before[1] else -1)


def _head(x: float, y: float, right: int, down: int) -> str:
    """An arrow's head at its end."""
    back_x, back_y = x - 7 * right, y - 7 * down
    one = f"{back_x - 4 * abs(down):.1f} {back_y - 4 * abs(right):.1f}"
    other = f"{back_x + 4 * abs(down):.1f} {back_y + 4 * abs(right):.1f}"
    return f'<path class="head" d="M{one}L{other}L{x:.1f} {y:.1f}z"/>'
