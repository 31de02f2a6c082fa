"""Tables for notebooks (HTML with inline styles) that are plain text elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from personalize_sfn.display import markup
from personalize_sfn.display.picture import Html

__all__ = ["render_events", "table", "text_table"]


def table(header: Sequence[str], rows: Sequence[Sequence[str]], title: str = "") -> Html:
    """A table of texts; the first column is bold."""
    cells = [[markup.bold(row[0]), *map(markup.plain, row[1:])] for row in rows]
    above = markup.heading(markup.bold(title)) if title else ""
    return Html(above + markup.grid(cells, [*map(markup.plain, header)]), text_table(header, rows, title))


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]], title: str = "") -> str:
    """The same as lines of text, columns aligned."""
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    ]
    return "\n".join([*([title] if title else []), lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def render_events(events: Sequence[Mapping[str, Any]]) -> Html:
    """The events of an execution."""
    rows = []
    began: datetime | None = events[0]["timestamp"] if events else None
    for event in events:
        details: Mapping[str, Any] = next((value for key, value in event.items() if key.endswith("EventDetails")), {})
        elapsed = (event["timestamp"] - began).total_seconds() if began else 0.0
        text = json.dumps(details, default=str) if details else ""
        rows.append(
            (str(event["id"]), event["type"], f"{abs(elapsed):.3f} s", text if len(text) < 200 else f"{text[:199]}…")
        )
    return table(("id", "type", "elapsed", "details"), rows)
