"""A run in a terminal: its stages as a table that rich redraws in place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from personalize_sfn.display.formatting import GLYPHS, duration, polls_text
from personalize_sfn.display.history import RunStage
from personalize_sfn.text import one_line

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["stage_table"]

_COLOURS = {"SUCCEEDED": "green", "RUNNING": "cyan", "CAUGHT": "yellow", "": "dim"}


def stage_table(found: Sequence[RunStage], expected: Sequence[str] = (), now: datetime | None = None) -> Table:
    """Stages that began, with times and polls, then those that are still to come.

    Args:
        found: those that began.
        expected: labels of all, in their order.
        now: for a table that is redrawn: what runs has a spinner.  None: a glyph, and the time that has passed by now.
    """
    from rich.spinner import Spinner
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(width=1)
    table.add_column(min_width=28, no_wrap=True, overflow="ellipsis")
    table.add_column(justify="right", min_width=12, no_wrap=True)
    table.add_column(no_wrap=True, style="dim")
    table.pad_edge = True
    for stage in found:
        colour = _COLOURS.get(stage.status, "red")
        running = stage.status == "RUNNING" and now is not None
        sign = Spinner("dots", style=colour) if running else Text(GLYPHS[stage.status], style=colour)
        elapsed = (stage.ended or now or datetime.now(UTC)) - stage.began
        table.add_row(
            sign,
            Text(one_line(stage.label), style="bold" if running else ""),
            duration(max(timedelta(0), elapsed)),
            polls_text(stage.polls),
        )
    begun = {stage.label for stage in found}
    for label in expected:
        if label not in begun:
            table.add_row(Text(GLYPHS[""], style="dim"), Text(one_line(label), style="dim"), "", "")
    return table
