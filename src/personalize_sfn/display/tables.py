"""Tables for notebooks (HTML with inline styles) that are plain text elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Any

from personalize_sfn.display.picture import Html
from personalize_sfn.display.words import duration

__all__ = ["render_events", "render_metrics", "table", "text_table"]

_CELL = "padding:3px 10px;text-align:left;border-bottom:1px solid rgba(128,128,128,.25);vertical-align:top"


def table(header: Sequence[str], rows: Sequence[Sequence[str]], title: str = "") -> Html:
    """A table of texts; the first column is bold."""
    head = "".join(f'<th style="{_CELL}">{escape(cell)}</th>' for cell in header)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="{_CELL}">{f"<b>{escape(cell)}</b>" if i == 0 else escape(cell)}</td>'
            for i, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    caption = f"<div><b>{escape(title)}</b></div>" if title else ""
    rows_html = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    html = f'<div>{caption}<table style="border-collapse:collapse">{rows_html}</table></div>'
    return Html(html, text_table(header, rows, title))


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]], title: str = "") -> str:
    """The same as lines of text, columns aligned."""
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    ]
    return "\n".join([*([title] if title else []), lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


#: The metrics of GetSolutionMetrics: https://docs.aws.amazon.com/personalize/latest/dg/working-with-training-metrics.html
_METRICS = {
    "coverage": "share of all items that are recommended to somebody",
    "mean_reciprocal_rank_at_25": "how near the top the first hit stands",
    "normalized_discounted_cumulative_gain_at_5": "hits among the first 5, higher places counting more",
    "normalized_discounted_cumulative_gain_at_10": "hits among the first 10, higher places counting more",
    "normalized_discounted_cumulative_gain_at_25": "hits among the first 25, higher places counting more",
    "precision_at_5": "share of the first 5 that are hits",
    "precision_at_10": "share of the first 10 that are hits",
    "precision_at_25": "share of the first 25 that are hits",
}


def render_metrics(metrics: Mapping[str, float]) -> Html:
    """A solution version's metrics, with what each means."""
    rows = [(name, f"{value:.4f}", _METRICS.get(name, "")) for name, value in metrics.items()]
    return table(("metric", "value", "meaning"), rows)


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
