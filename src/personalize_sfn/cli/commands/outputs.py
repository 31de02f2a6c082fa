"""``personalize-sfn batch`` and ``personalize-sfn export``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from personalize_sfn.cli.settings import Settings, json_option, literal, pass_settings, settings_options, yes_option

if TYPE_CHECKING:
    from personalize_sfn.outputs import BatchRun, ExportRun

_out_option = click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the output to this CSV, as one table.  Default: it stays in S3.",
)


@click.command(
    epilog="""\b
Examples:
  personalize-sfn batch newsletter --ids users.txt --out newsletter.csv
  personalize-sfn batch newsletter --again
  personalize-sfn --target aws --config shop.yaml batch vip --json --yes"""
)
@click.argument("name")
@click.option(
    "--ids",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="Write the input first: a text file of ids of users, or of items, one on each line.",
)
@click.option(
    "--again", is_flag=True, help="A job of its own, even if the same input and version were answered before."
)
@_out_option
@yes_option
@json_option
@settings_options
@pass_settings
def batch(settings: Settings, *, name: str, ids: Path | None, again: bool, out: Path | None, yes: bool) -> None:
    """Answer many users or items at once: run the batch NAME of the configuration.

    What had the same input, version and settings is found again and not paid for twice.
    """
    settings.config.batch_row(name)
    session = settings.connect(start=False)
    from personalize_sfn.outputs import batch as start
    from personalize_sfn.outputs import batch_input

    settings.confirm(session, f"Run batch {name}?  Personalize bills what it answers.", yes=yes)
    if ids is not None:
        lines = ids.read_text(encoding="utf-8-sig").splitlines()
        written = batch_input(session, settings.config, name, [line.strip() for line in lines if line.strip()])
        there = "Uploaded to" if written.uploaded else "Already at"
        settings.console.print(f"[green]✓[/] {there} {literal(written.uri)}: {written.rows:,} lines", soft_wrap=True)
    _finish(settings, start(session, settings.config, name, again=again), out)


@click.command(
    epilog="""\b
Examples:
  personalize-sfn export interactions --out interactions.csv
  personalize-sfn export items --mode PUT --json"""
)
@click.argument("kind")
@click.option(
    "--mode",
    type=click.Choice(["ALL", "BULK", "PUT"]),
    default="ALL",
    help="BULK: rows that were imported; PUT: rows that came one by one; ALL (default): both.",
)
@_out_option
@json_option
@settings_options
@pass_settings
def export(settings: Settings, *, kind: str, mode: Literal["ALL", "BULK", "PUT"], out: Path | None) -> None:
    """Export the rows of a dataset: interactions, items, users, actions or action_interactions."""
    session = settings.connect(start=False)
    from personalize_sfn.outputs import export as start

    _finish(settings, start(session, settings.config, kind, mode=mode), out)


def _finish(settings: Settings, run: BatchRun | ExportRun, out: Path | None) -> None:
    """Watch it to its end, write its output where that is wanted, and say what came out."""
    from personalize_sfn.execution.views import shown_in, view_on

    console = settings.console
    arn = settings.execution_arn = run.execution.execution_arn
    console.print(f"[dim]Execution {literal(arn)}[/]", soft_wrap=True)
    try:
        with shown_in(view_on(console), run.execution.client) as progress:
            run.execution.wait(progress=progress)
    except KeyboardInterrupt as interrupt:
        follow = settings.command(f"status --wait {arn}")
        interrupt.__notes__ = [f"the execution continues; follow it again: {follow}"]
        raise
    console.print(f"[green]✓[/] Output at {literal(run.location)}", soft_wrap=True)
    answer: dict[str, Any] = {"executionArn": arn, "status": "SUCCEEDED", "output": run.output}
    if out is not None:
        answer |= _written(run, out)
        console.print(f"[green]✓[/] {answer['rows']:,} rows in {literal(out)}", soft_wrap=True)
        if answer.get("errors"):
            first = answer["firstError"]
            console.print(
                f"[yellow]note[/] {answer['errors']:,} lines have no answer, the first: {literal(first)}",
                soft_wrap=True,
            )
    settings.answer(answer)


def _written(run: BatchRun | ExportRun, out: Path) -> dict[str, Any]:
    """Write all rows to a file that appears when it is whole."""
    part = out.with_name(f"{out.name}.part")
    rows = 0
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            for frame in run.frames():
                frame.to_csv(file, index=False, header=rows == 0)
                rows += len(frame)
        part.replace(out)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return {"rows": rows, "file": str(out), **_unanswered(run)}


def _unanswered(run: BatchRun | ExportRun) -> dict[str, Any]:
    from personalize_sfn.outputs import BatchRun

    if not isinstance(run, BatchRun) or not run.errors:
        return {}
    return {"errors": run.error_count, "firstError": run.errors[0].error}
