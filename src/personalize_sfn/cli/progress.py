"""A running execution in the terminal: a live table of its stages; where the output is no terminal, a line for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from personalize_sfn.cli.settings import literal
from personalize_sfn.display import GLYPHS, Run, duration, stages
from personalize_sfn.display.formatting import polls_text
from personalize_sfn.display.steps import plan_of
from personalize_sfn.display.terminal import stage_table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from personalize_sfn.config import Config

__all__ = ["expected_stages", "watching"]


@contextmanager
def watching(console: Console, config: Config, workflow: str | None = "main") -> Iterator[Callable[[Run], None]]:
    """A function to pass as ``progress=`` to what waits for an execution.

    Args:
        console: where to show it.
        config: the pipeline.
        workflow: the key of the workflow whose stages are expected, with those of the workflows that it starts.
            None: which stages come is not known.
    """
    if not console.is_terminal:
        yield _lines(console)
        return
    from rich.live import Live

    expected = [] if workflow is None else expected_stages(config, workflow)
    latest: list[Run] = []

    def picture() -> Table:
        return stage_table(stages(latest[-1]) if latest else [], expected, datetime.now(UTC))

    with Live(console=console, get_renderable=picture, refresh_per_second=8) as live:
        yield latest.append
        live.refresh()


def expected_stages(config: Config, workflow: str = "main") -> list[str]:
    """Labels of the stages of the workflow and of those that it starts, in their order."""
    from personalize_sfn.arns import Arns
    from personalize_sfn.workflows import definitions, to_dict

    arns = Arns("us-east-1", "0" * 12)  # labels do not depend on the account
    made = {arns.state_machine(config.name(key)): to_dict(each) for key, each in definitions(config, arns).items()}
    return list(plan_of(made[arns.state_machine(config.name(workflow))], made.get).steps)


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
                f"{GLYPHS[stage.status]} {literal(stage.label)} ({duration(stage.ended - stage.began)}{polls})",
                soft_wrap=True,
            )

    return progress
