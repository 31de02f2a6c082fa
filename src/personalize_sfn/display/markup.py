"""Pieces of the HTML that results show in a notebook; no other module writes tags of tables and bars.

Styles are inline and nothing needs a script, a style sheet or a class: notebooks strip those from files that the reader
has not signed.  Texts have the page's own colour, and bars one that can be seen on light and on dark.  What a function
takes as ``text`` it escapes; what it takes as ``html`` is HTML already.
"""

from __future__ import annotations

from collections.abc import Sequence

from personalize_sfn.display.formatting import escape
from personalize_sfn.display.palette import ANYWHERE

__all__ = [
    "BAR_WIDTH",
    "bar",
    "bold",
    "grid",
    "heading",
    "lines",
    "muted",
    "narrow",
    "pill",
    "plain",
    "side_by_side",
    "unbroken",
]

BAR_WIDTH = 120
"""Of a bar that is full, in pixels."""
_CELL = "padding:3px 12px 3px 0;text-align:{align};vertical-align:{vertical};border:none;border-bottom:{line}"
_LINE = "1px solid rgba(128,128,128,.25)"


def plain(text: str) -> str:
    """Text without markup: what HTML would read as tags is escaped."""
    return escape(text)


def bold(text: str) -> str:
    return f"<b>{escape(text)}</b>"


def muted(text: str) -> str:
    """Of less weight than what it stands beside, and a little smaller."""
    return f'<span style="opacity:.75;font-size:90%;font-weight:normal">{escape(text)}</span>' if text else ""


def pill(text: str) -> str:
    """A label with a border around it."""
    style = "border:1px solid rgba(128,128,128,.6);border-radius:8px;padding:0 6px;margin-right:4px;font-size:85%"
    return f'<span style="{style};font-weight:normal;white-space:nowrap;display:inline-block">{escape(text)}</span>'


def bar(share: float, colour: str = "main", start: float = 0.0) -> str:
    """A bar of ``share`` of the full width that begins at ``start`` of it; both are between 0 and 1.

    It tells nothing to those who do not see it, so its number stands beside it.
    """
    if share <= 0:
        return ""
    width, left = max(2, round(BAR_WIDTH * share)), round(BAR_WIDTH * start)
    look = f"height:9px;width:{width}px;margin-left:{left}px;background:{ANYWHERE[colour]};border-radius:2px"
    return f'<span style="display:inline-block;{look}"></span>'


def unbroken(*html: str) -> str:
    """On one line, such as a bar and its number."""
    return f'<span style="white-space:nowrap">{" ".join(part for part in html if part)}</span>'


def narrow(html: str) -> str:
    """No wider than one column of several."""
    return f'<div style="max-width:200px">{html}</div>'


def lines(*html: str) -> str:
    """One below the other; empty ones are left out."""
    return "<br>".join(line for line in html if line)


def heading(html: str, *below: str) -> str:
    """What stands above a table."""
    return f'<div style="margin:2px 0 4px">{lines(html, *below)}</div>'


def grid(rows: Sequence[Sequence[str]], header: Sequence[str] = (), *, align: str = "", vertical: str = "top") -> str:
    """A table of cells of HTML.

    Args:
        rows: the cells.
        header: of the columns; empty: the table has none.
        align: a letter for each column, ``l`` or ``r``; those without one are ``l``.
        vertical: of all cells, as CSS says it.
    """

    def row(cells: Sequence[str], tag: str) -> str:
        styles = [
            _CELL.format(
                align="right" if align[i : i + 1] == "r" else "left",
                vertical="bottom" if tag == "th" else vertical,
                line=_LINE,
            )
            for i in range(len(cells))
        ]
        inside = "".join(f'<{tag} style="{style}">{cell}</{tag}>' for style, cell in zip(styles, cells, strict=True))
        return f'<tr style="background:none">{inside}</tr>'

    head = f"<thead>{row(header, 'th')}</thead>" if header else ""
    body = "".join(row(cells, "td") for cells in rows)
    return f'<table style="border-collapse:collapse;margin:0">{head}<tbody>{body}</tbody></table>'


def side_by_side(*html: str) -> str:
    """As many in a row as the page is wide for; empty ones are left out."""
    style = "display:inline-block;vertical-align:top;margin:0 32px 12px 0;max-width:440px;overflow-x:auto"
    blocks = [f'<div style="{style}">{block}</div>' for block in html if block]
    return f"<div>{''.join(blocks)}</div>"
