"""What a command ends with: metrics, recommended titles, where the time went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import TYPE_CHECKING

from personalize_sfn.cli.settings import literal
from personalize_sfn.display import GLYPHS, Run, duration
from personalize_sfn.display.formatting import polls_text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from personalize_sfn.datasets import Report
    from personalize_sfn.recommendations import Item, Recommendations

#: From these widths on the recommended items' genres fit beside the titles, and the liked ones' too.
_WIDE, _VERY_WIDE = 110, 150
_BAR_WIDTH = 24


def heading(console: Console, text: str) -> None:
    console.print()
    console.print(text, style="bold")


def report_line(report: Report) -> str:
    """``86,619 of 100,004 rows kept (rating not above 2: 13,385)``, as rich prints it."""
    gone = ", ".join(f"{literal(why)}: {count:,}" for why, count in report.dropped.items() if count)
    return f"{report.rows_kept:,} of {report.rows_read:,} rows kept" + (f" ({gone})" if gone else "")


def recommendation_table(found: Recommendations, width: int) -> Table:
    """Recommended titles, best first, beside those that the user liked; genres too where ``width`` lets them."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 1, 0, 1), header_style="bold", expand=True)

    def add_items(title: str, style: str, *, genres: bool) -> None:
        table.add_column(literal(title), no_wrap=True, overflow="ellipsis", style=style, ratio=5)
        if genres:
            table.add_column("Genres", no_wrap=True, overflow="ellipsis", style="dim", ratio=3)

    table.add_column("", justify="right", style="dim", no_wrap=True)
    add_items(found.heading, "cyan", genres=width >= _WIDE)
    table.add_column("Score", justify="right", no_wrap=True)
    if found.liked:
        add_items(f"User {found.user_id} {found.did}", "", genres=width >= _VERY_WIDE)
        table.add_column("Rated", justify="right", no_wrap=True)
    for rank, (item, liked) in enumerate(zip_longest(found.items, found.liked[: len(found.items)]), 1):
        cells = [str(rank) if item else "", *_cells(item, genres=width >= _WIDE), _score(item)]
        if found.liked:
            cells += [
                *_cells(liked, genres=width >= _VERY_WIDE),
                "" if liked is None or liked.rating is None else f"{liked.rating:g}",
            ]
        table.add_row(*cells)
    return table


def _cells(item: Item | None, *, genres: bool) -> list[str]:
    if item is None:
        return [""] * (2 if genres else 1)
    title = f"{item.title} ({item.had})" if item.had else item.title
    return [literal(title), *([literal(", ".join(item.genres))] if genres else [])]


def _score(item: Item | None) -> str:
    return "" if item is None or item.score is None else f"{item.score:.4f}"


def metrics_table(metrics: Mapping[str, float]) -> Table:
    """The service's own metrics: at 5, 10 and 25 side by side, then those that have no such number."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 1), header_style="dim")
    table.add_column("")
    at = ("5", "10", "25")
    for k in at:
        table.add_column(f"at {k}", justify="right")
    rows: dict[str, dict[str, float]] = {}
    for name, value in metrics.items():
        label, _, k = name.rpartition("_at_")
        rows.setdefault(label or name, {})[k if label else at[-1]] = value
    for label, values in rows.items():
        shown = literal(label).replace("_", " ").replace("normalized discounted cumulative gain", "NDCG")
        table.add_row(shown, *(f"{values[k]:.4f}" if k in values else "" for k in at))
    return table


def timeline_table(run: Run) -> Table:
    """When each stage of ``run`` began and ended, as bars on one scale."""
    from rich.table import Table
    from rich.text import Text

    found = run.stages
    table = Table(box=None, padding=(0, 2, 0, 1), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, style="dim")
    began = run.began
    if began is None:
        return table
    total = run.elapsed().total_seconds() or 1.0
    for stage in found:
        start = min(_position(stage.began, began, total), _BAR_WIDTH - 1)
        bar = " " * start + "━" * max(1, _position(stage.ended or run.ended, began, total) - start)
        took = (stage.ended or stage.began) - stage.began
        failed = stage.status not in {"SUCCEEDED", "RUNNING"}
        label = literal(f"{GLYPHS[stage.status]} {stage.label}" if failed else stage.label)
        table.add_row(
            label,
            duration(took),
            Text(bar.ljust(_BAR_WIDTH), style="red" if failed else "cyan"),
            polls_text(stage.polls),
        )
    table.add_row("All of the main workflow", duration(run.elapsed()), "", "", style="bold")
    return table


def _position(when: datetime | None, began: datetime, total: float) -> int:
    if when is None:
        return _BAR_WIDTH
    return min(_BAR_WIDTH, round(_BAR_WIDTH * (when - began).total_seconds() / total))


def stage_rows(run: Run) -> Sequence[dict[str, object]]:
    """The stages for a program."""
    return [
        {
            "stage": stage.label,
            "workflow": stage.workflow,
            "status": stage.status,
            "began": stage.began.isoformat(),
            "ended": None if stage.ended is None else stage.ended.isoformat(),
            "polls": stage.polls,
        }
        for stage in run.stages
    ]
