"""An execution as it goes, in the terminal: a live table of its stages, or, where nobody looks, a line for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from personalize_sfn.display import GLYPHS, Run, Stage, duration, stages

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from personalize_sfn.config import Config

__all__ = ["expected_stages", "stage_table", "watching"]

MAIN = ("dataset", "dataset-import", "solution", "campaign")
_COLOURS = {"SUCCEEDED": "green", "RUNNING": "cyan", "CAUGHT": "yellow", "": "dim"}


@contextmanager
def watching(console: Console, config: Config, workflows: Sequence[str] = MAIN) -> Iterator[Callable[[Run], None]]:
    """A function to pass as ``progress=`` to what waits for an execution.

    Args:
        console: where to show it.
        config: the pipeline.
        workflows: the workflows whose stages are expected, by their keys.
    """
    if not console.is_terminal:
        yield _lines(console)
        return
    from rich.live import Live

    expected = expected_stages(config, workflows)
    latest: list[Run] = []

    def picture() -> Table:
        return stage_table(stages(latest[-1]) if latest else [], expected, datetime.now(UTC))

    with Live(console=console, get_renderable=picture, refresh_per_second=8) as live:
        yield latest.append
        live.refresh()


def expected_stages(config: Config, workflows: Sequence[str] = MAIN) -> list[str]:
    """Labels of the stages that the workflows have, in their order."""
    from personalize_sfn.arns import Arns
    from personalize_sfn.display.history import label_of
    from personalize_sfn.workflows import definitions, to_dict

    made = definitions(config, Arns("us-east-1", "0" * 12))  # labels do not depend on the account
    labels: dict[str, None] = {}
    for key in workflows:
        states = to_dict(made[key])["States"]
        assert isinstance(states, dict)
        for name, state in states.items():
            if state["Type"] == "Task":
                labels[label_of(name)] = None
    return list(labels)


def stage_table(found: Sequence[Stage], expected: Sequence[str] = (), now: datetime | None = None) -> Table:
    """Stages that began, with times and polls, then those that are still to come."""
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
        elapsed = (stage.ended or now or stage.began) - stage.began
        table.add_row(
            sign, Text(stage.label, style="bold" if running else ""), _duration(elapsed), polls_text(stage.polls)
        )
    begun = {stage.label for stage in found}
    for label in expected:
        if label not in begun:
            table.add_row(Text(GLYPHS[""], style="dim"), Text(label, style="dim"), "", "")
    return table


def polls_text(polls: int) -> str:
    return "" if polls == 0 else "1 poll" if polls == 1 else f"{polls} polls"


def _duration(time: timedelta) -> str:
    return duration(max(timedelta(0), time))


def _lines(console: Console) -> Callable[[Run], None]:
    """Print each stage once, when it has ended; what runs is not repeated."""
    printed: set[tuple[str, str]] = set()

    def progress(run: Run) -> None:
        for stage in stages(run):
            key = (stage.workflow, stage.label)
            if stage.status == "RUNNING" or stage.ended is None or key in printed:
                continue
            printed.add(key)
            polls = f", {polls_text(stage.polls)}" if stage.polls else ""
            console.print(
                f"{GLYPHS[stage.status]} {stage.label} ({_duration(stage.ended - stage.began)}{polls})", soft_wrap=True
            )

    return progress
