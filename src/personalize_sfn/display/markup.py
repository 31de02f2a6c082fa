"""Pieces of the HTML that results show in a notebook; no other module writes tags of tables and bars.

Styles are inline and nothing needs a script, a style sheet or a class: notebooks strip those from files that the reader
has not signed.  Texts have the page's own colour, and bars one that can be seen on light and on dark.  What a function
takes as ``text`` it escapes; what it takes as ``html`` is HTML already.
"""

from __future__ import annotations

from collections.abc import Sequence

from personalize_sfn.display.formatting import escape
from personalize_sfn.display.palette import ANYWHERE, SIZES

__all__ = [
    "BAR_WIDTH",
    "alert",
    "bar",
    "bold",
    "boxed",
    "chip",
    "chips",
    "code",
    "dotted",
    "folded",
    "grid",
    "heading",
    "lines",
    "link",
    "muted",
    "narrow",
    "pill",
    "plain",
    "side_by_side",
    "stacked",
    "status_line",
    "title",
    "unbroken",
    "verbatim",
]

BAR_WIDTH = 120
"""Of a bar that is full, in pixels."""
_TEXT = f"font-size:{SIZES['text']}px;line-height:1.4"
_CELL = (
    "padding:{space}px 14px {space}px 0;text-align:{align};vertical-align:{vertical};border:none;border-bottom:{line}"
)
_LINE = "1px solid rgba(128,128,128,.25)"


def plain(text: str) -> str:
    """Text without markup: what HTML would read as tags is escaped."""
    return escape(text)


def bold(text: str) -> str:
    return f"<b>{escape(text)}</b>"


def title(text: str) -> str:
    """What a result is called."""
    return f'<b style="font-size:{SIZES["title"]}px">{escape(text)}</b>'


def muted(text: str) -> str:
    """Of less weight than what it stands beside, and as large."""
    return f'<span style="opacity:.75;font-weight:normal">{escape(text)}</span>' if text else ""


def dotted(*texts: str) -> str:
    """Texts on a line with dots between them, of less weight; what a page does to styles, they stay apart."""
    return muted(" · ".join(text for text in texts if text))


def pill(text: str) -> str:
    """A label with a border around it."""
    look = f"border:1px solid rgba(128,128,128,.6);border-radius:8px;padding:0 6px;font-size:{SIZES['small']}px"
    return f'<span style="{look};font-weight:normal;white-space:nowrap;display:inline-block">{escape(text)}</span>'


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


def narrow(html: str, width: int = 200) -> str:
    """No wider than so many pixels: longer texts take more lines."""
    return f'<div style="max-width:{width}px">{html}</div>'


def lines(*html: str) -> str:
    """One below the other; empty ones are left out."""
    return "<br>".join(line for line in html if line)


def heading(html: str, *below: str) -> str:
    """What stands above a table, or below it."""
    return f'<div style="margin:2px 0 6px;{_TEXT}">{lines(html, *below)}</div>' if html or any(below) else ""


def folded(summary: str, html: str) -> str:
    """What is there for those who ask: a page without scripts unfolds it too."""
    look = f"margin:4px 0;{_TEXT}"
    return f'<details style="{look}"><summary style="cursor:pointer">{escape(summary)}</summary>{html}</details>'


def grid(
    rows: Sequence[Sequence[str]],
    header: Sequence[str] = (),
    *,
    align: str = "",
    vertical: str = "top",
    is_ruled: bool = True,
) -> str:
    """A table of cells of HTML.

    Args:
        rows: the cells.
        header: of the columns; empty: the table has none.
        align: a letter for each column, ``l`` or ``r``; those without one are ``l``.
        vertical: of all cells, as CSS says it.
        is_ruled: a line below each row.
    """

    def row(cells: Sequence[str], tag: str) -> str:
        styles = [
            _CELL.format(
                align="right" if align[i : i + 1] == "r" else "left",
                space=4 if is_ruled else 1,
                vertical="bottom" if tag == "th" else vertical,
                line=_LINE if is_ruled else "none",
            )
            for i in range(len(cells))
        ]
        inside = "".join(f'<{tag} style="{style}">{cell}</{tag}>' for style, cell in zip(styles, cells, strict=True))
        return f'<tr style="background:none">{inside}</tr>'

    head = f"<thead>{row(header, 'th')}</thead>" if header else ""
    body = "".join(row(cells, "td") for cells in rows)
    return f'<table style="border-collapse:collapse;margin:0;{_TEXT}">{head}<tbody>{body}</tbody></table>'


def verbatim(text: str) -> str:
    """Lines as they stand, such as a file's."""
    return f'<pre style="font-size:{SIZES["small"]}px;line-height:1.4;white-space:pre-wrap">{escape(text)}</pre>'


def side_by_side(*html: str) -> str:
    """As many in a row as the page is wide for, each as wide as its content; empty ones are left out."""
    style = "display:inline-block;vertical-align:top;margin:0 20px 12px 0;max-width:100%;overflow-x:auto"
    blocks = [f'<div style="{style}">{block}</div>' for block in html if block]
    return f"<div>{''.join(blocks)}</div>"


def code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def link(text: str, url: str) -> str:
    return f'<a href="{escape(url)}" target="_blank" rel="noopener">{escape(text)}</a>'


def status_line(*html: str, is_small: bool = False) -> str:
    """Parts with a dot between, on one line whatever they are, so that what stands below never moves; empty ones are
    left out, and where the page is narrow the end is cut off.
    """
    size = f"font-size:{SIZES['small']}px;opacity:.85" if is_small else f"font-size:{SIZES['text']}px"
    style = f"{size};line-height:20px;min-height:20px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis"
    return f'<div style="{style}">{" · ".join(part for part in html if part)} </div>'


def alert(text: str) -> str:
    """What went wrong; long words such as ARNs break where they must."""
    style = (
        f"font-size:13px;line-height:19px;margin:4px 0;padding:2px 0 2px 8px;border-left:3px solid {ANYWHERE['bad']}"
    )
    return f'<div style="{style};overflow-wrap:anywhere">{escape(text)}</div>'


def boxed(*html: str) -> str:
    """One below the other in a frame, as wide as what it holds: what is to be seen first."""
    style = "display:inline-block;max-width:100%;box-sizing:border-box;overflow-x:auto;border-radius:6px;margin:4px 0"
    look = f"{style};border:1px solid rgba(128,128,128,.4);padding:8px 14px"
    return f'<div style="{look}">{"".join(html)}</div>'


_CHIP = (
    "box-sizing:border-box;width:148px;min-height:74px;margin:0;list-style:none;border-radius:6px;"
    "display:flex;flex-direction:column;justify-content:space-between"
)
_THIN = "1px solid rgba(128,128,128,.4);padding:6px 8px 5px"
_TRACK = "height:4px;margin:4px 0 3px;border-radius:2px;background:rgba(128,128,128,.25)"


def chip(html: str, note: str, share: float, colour: str, *, is_strong: bool = False) -> str:
    """One step: what it is, a bar that is ``share`` full, and a note that says the same in words."""
    # The same size with either border.
    border = f"2px solid {ANYWHERE[colour]};padding:5px 7px 4px" if is_strong else _THIN
    full = f"height:4px;width:{round(100 * min(1.0, share))}%;border-radius:2px;background:{ANYWHERE[colour]}"
    bar_html = f'<div style="{_TRACK}">{f"""<div style="{full}"></div>""" if share > 0 else ""}</div>'
    text = f'<div style="font-size:13px;line-height:17px">{html} </div>'
    below = f'<div style="font-size:12px;line-height:16px;opacity:.85">{escape(note)} </div>'
    return f'<li style="{_CHIP};border:{border}">{text}<div>{bar_html}{below}</div></li>'


def chips(*html: str, name: str = "") -> str:
    """Steps one after the other, in as many rows as the page needs; ``name`` says what they are steps of."""
    above = f'<div style="font-size:13px;line-height:18px;margin-top:4px">{bold(name)}</div>' if name else ""
    style = "display:flex;flex-wrap:wrap;gap:6px;margin:4px 0;padding:0;list-style:none"
    return f'{above}<ol style="{style}">{"".join(html)}</ol>'


def stacked(*html: str) -> str:
    """One below the other, each where a widget in a box of widgets would stand."""
    return "<div>" + "".join(f'<div style="padding:2px">{part}</div>' for part in html) + "</div>"
