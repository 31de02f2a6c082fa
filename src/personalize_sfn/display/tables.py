"""Tables for notebooks (HTML with inline styles) that are plain text elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from personalize_sfn.display import markup
from personalize_sfn.display.formatting import duration
from personalize_sfn.display.picture import Html
from personalize_sfn.text import one_line

__all__ = ["render_events", "table", "text_table"]


def table(header: Sequence[str], rows: Sequence[Sequence[str]], title: str = "") -> Html:
    """A table of texts; the first column is bold."""
    cells = [[markup.bold(row[0]), *map(markup.plain, row[1:])] for row in rows]
    above = markup.heading(markup.title(title)) if title else ""
    heads = [*map(markup.plain, header)] if any(header) else []
    return Html(above + markup.grid(cells, heads), text_table(header, rows, title))


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]], title: str = "") -> str:
    """The same as lines of text, columns aligned."""
    header, rows = [*map(one_line, header)], [[*map(one_line, row)] for row in rows]
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    ]
    return "\n".join([*([title] if title else []), lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def render_events(events: Sequence[Mapping[str, Any]], began: datetime | None = None) -> Html:
    """The events of an execution.

    Args:
        events: as boto3 gives them, in any order.
        began: when the execution did; None: at the first of ``events``.
    """
    began = began or min((event["timestamp"] for event in events), default=None)
    rows = []
    for event in events:
        details: Mapping[str, Any] = next((value for key, value in event.items() if key.endswith("EventDetails")), {})
        elapsed = max(timedelta(0), event["timestamp"] - began)
        text = json.dumps(details, default=str) if details else ""
        rows.append((str(event["id"]), event["type"], _exactly(elapsed), text if len(text) < 200 else f"{text[:199]}…"))
    return table(("id", "type", "elapsed", "details"), rows)


def _exactly(elapsed: timedelta) -> str:
    seconds = elapsed.total_seconds()
    return f"{seconds:.3f} s" if seconds < 60 else duration(elapsed)
