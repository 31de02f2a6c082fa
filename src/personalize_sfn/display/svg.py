"""A layout as SVG.  It paints its own background and follows the reader's light or dark theme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from itertools import pairwise

from personalize_sfn.display.layout import Box, Layout, Path
from personalize_sfn.display.words import GLYPHS

__all__ = ["MARGIN", "STYLE", "draw"]

MARGIN = 16.0
_FONT = "system-ui,-apple-system,'Segoe UI',Roboto,sans-serif"
#: Accents have a contrast of at least 3:1 with the background of either theme.
STYLE = f"""<style>
:root{{--bg:#fff;--fg:#1b2733;--mute:#5b6875;--line:#8a97a3;--node:#f4f6f8;--group:#fafbfc;
--ok:#1a7f45;--bad:#c22f2f;--run:#1463c0;--caught:#9a6200}}
@media (prefers-color-scheme:dark){{:root{{--bg:#14191f;--fg:#e6ebf0;--mute:#9aa7b3;--line:#71808d;
--node:#1f2730;--group:#191f26;--ok:#4cc281;--bad:#ff7b72;--run:#6cb0ff;--caught:#e0a526}}}}
text{{font:13px {_FONT};fill:var(--fg)}} .mute{{font-size:11px;fill:var(--mute)}}
.bg{{fill:var(--bg)}} .node{{fill:var(--node);stroke:var(--line)}}
.group{{fill:var(--group);stroke:var(--line);stroke-dasharray:2 3}}
.edge{{fill:none;stroke:var(--line);stroke-width:1.3}} .catch{{stroke-dasharray:5 4}} .head{{fill:var(--line)}}
.icon{{fill:none;stroke:var(--mute);stroke-width:1.6}}
.SUCCEEDED .node{{stroke:var(--ok);stroke-width:2}} .SUCCEEDED .glyph{{fill:var(--ok)}}
.FAILED .node,.TIMED_OUT .node{{stroke:var(--bad);stroke-width:3}} .FAILED .glyph,.TIMED_OUT .glyph{{fill:var(--bad)}}
.RUNNING .node{{stroke:var(--run);stroke-width:3;stroke-dasharray:7 3}} .RUNNING .glyph{{fill:var(--run)}}
.CAUGHT .node{{stroke:var(--caught);stroke-width:2}} .CAUGHT .glyph{{fill:var(--caught)}}
.ABORTED .node{{stroke:var(--mute);stroke-width:2;stroke-dasharray:3 3}} .glyph{{fill:var(--mute);font-weight:bold}}
</style>"""

#: Small drawings of the state types, as paths: fonts lack many symbols.  16 by 16, the upper left corner at (0, 0).
_ICONS = {
    "Task": "M2 3h12v10h-12z M5 6l2.5 2-2.5 2 M9 11h3",
    "Loop": "M13 5a6 6 0 1 0 1 4 M14 1.5v4h-4",
    "Wait": "M8 1.5a6.5 6.5 0 1 1-.01 0 M8 4.5v4l2.6 1.6",
    "Choice": "M8 1l7 7-7 7-7-7z",
    "Pass": "M2 8h11 M9 4l4 4-4 4",
    "Succeed": "M2 8.5l4 4 8-9",
    "Fail": "M3 3l10 10 M13 3l-10 10",
    "Parallel": "M3 2v12 M8 2v12 M13 2v12",
    "Map": "M2 3h12 M2 8h12 M2 13h12",
}


def draw(layout: Layout, title: str, marks: Mapping[str, tuple[str, str]] | None = None) -> str:
    """The SVG text of ``layout``.

    Args:
        layout: of a graph.
        title: read out by screen readers.
        marks: status and note of nodes, by key; None: the graph alone, without statuses.
    """
    width, height = layout.width + 2 * MARGIN, layout.height + 2 * MARGIN
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(title, quote=True)}">',
            STYLE,
            f'<rect class="bg" width="{width:.0f}" height="{height:.0f}" rx="8"/>',
            f'<g transform="translate({MARGIN:.0f} {MARGIN:.0f})">',
            *_layout(layout, marks),
            "</g></svg>",
        )
    )


def _layout(layout: Layout, marks: Mapping[str, tuple[str, str]] | None) -> Iterator[str]:
    for path in layout.paths:
        yield from _path(path)
    for box in layout.boxes:
        yield from _node(box, marks)


def _node(box: Box, marks: Mapping[str, tuple[str, str]] | None) -> Iterator[str]:
    status, note = (marks or {}).get(box.node.key, ("", ""))
    tip = " · ".join(part for part in (box.node.label, status.lower(), note) if part)
    yield f'<g class="{status}"><title>{escape(tip)}</title>'
    css = "node group" if box.inner else "node"
    size = f'width="{box.width:.1f}" height="{box.height:.1f}"'
    yield f'<rect class="{css}" x="{box.x:.1f}" y="{box.y:.1f}" {size} rx="7"/>'
    middle = box.y + (16 if box.inner else box.height / 2)
    icon = _ICONS.get(box.node.kind, _ICONS["Task"])
    yield f'<path class="icon" transform="translate({box.x + 10:.1f} {middle - 8:.1f})" d="{icon}"/>'
    sub = note or ("polls until it is done" if box.node.kind == "Loop" else "")
    y = middle + (4.5 if box.inner or not sub else -2)
    yield f'<text x="{box.x + 34:.1f}" y="{y:.1f}">{escape(box.node.label)}</text>'
    if sub and not box.inner:
        yield f'<text class="mute" x="{box.x + 34:.1f}" y="{middle + 14:.1f}">{escape(sub)}</text>'
    if marks is not None:
        glyph = GLYPHS.get(status, "")
        yield f'<text class="glyph" x="{box.x + box.width - 18:.1f}" y="{box.y + 16:.1f}">{glyph}</text>'
    yield "</g>"
    for inner in box.inner:
        yield from _layout(inner, marks)


def _path(path: Path) -> Iterator[str]:
    points = path.points
    line = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x0, y0), (x1, y1) in pairwise(points):
        bend = (y1 - y0) / 2
        line += f" C{x0:.1f} {y0 + bend:.1f} {x1:.1f} {y1 - bend:.1f} {x1:.1f} {y1:.1f}"
    css = "edge catch" if path.edge.is_failure else "edge"
    yield f'<path class="{css}" d="{line}"/>'
    x, y = points[-1]
    down = 1 if points[-1][1] > points[-2][1] else -1
    yield f'<path class="head" d="M{x - 4:.1f} {y - 7 * down:.1f}L{x + 4:.1f} {y - 7 * down:.1f}L{x:.1f} {y:.1f}z"/>'
    if path.edge.label:
        (x0, y0), (x1, y1) = points[0], points[1]
        label = path.edge.label if len(path.edge.label) <= 24 else f"{path.edge.label[:23]}…"
        yield (
            f'<text class="mute" text-anchor="middle" x="{(x0 + 2 * x1) / 3:.1f}" y="{(y0 + y1) / 2 + 4:.1f}">'
            f"{escape(label)}</text>"
        )
