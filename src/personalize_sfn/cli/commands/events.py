"""``personalize-sfn events``: live events from the shell."""

from __future__ import annotations

import shlex
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from personalize_sfn.cli.data import CsvOptions, columns_option
from personalize_sfn.cli.settings import Settings, json_option, literal, pass_settings, settings_options, yes_option
from personalize_sfn.errors import DataError, EventError

if TYPE_CHECKING:
    from personalize_sfn.datasets.times import TimeUnit
    from personalize_sfn.serving import EventSender, RefusedEvent
    from personalize_sfn.serving.event_csv import CsvEvent, EventCsv

_SHOWN = 20
"""Lines that are named; the others are counted."""
_AT_ONCE = 2000
"""Events after which it waits until all are sent: so far the file is done."""
_SECONDS = 120.0
"""For so many events, while Personalize does not answer."""


@click.group()
def events() -> None:
    """What users do now, for campaigns that learn from it at once.  Applications use EventSender in Python."""


@events.command(
    epilog="""\b
Examples:
  personalize-sfn --config shop.yaml events put clicks.csv
  personalize-sfn --config shop.yaml events put clicks.csv --columns user=USER_ID --time-unit ms
  personalize-sfn --config shop.yaml events put clicks.csv --from-line 20002        resume there"""
)
@click.argument("csv", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--from-line",
    type=click.IntRange(min=2),
    default=2,
    metavar="N",
    help="Begin at this line of the file.  Default: 2, the first after the header.",
)
@click.option(
    "--time-unit",
    type=click.Choice(["s", "ms", "us", "ns"]),
    default="s",
    help="What numbers in TIMESTAMP count since 1970.  Default: s, seconds.",
)
@columns_option
@yes_option
@json_option
@settings_options
@pass_settings
def put(
    settings: Settings, *, csv: Path, from_line: int, time_unit: TimeUnit, columns: dict[str, str], yes: bool
) -> int:
    """Send the rows of CSV as live events, to the event tracker of the project.

    Columns: USER_ID, ITEM_ID, TIMESTAMP; EVENT_TYPE (default: default_event_type of the configuration); if they are
    there, SESSION_ID, EVENT_VALUE, RECOMMENDATION_ID, IMPRESSION (ids joined by |), EVENT_ATTRIBUTION_SOURCE, EVENT_ID
    and the other columns of the Interactions schema.

    All rows are checked first: if one is wrong, nothing is sent.  A file that was sent in part can be sent again from
    the line that is said, or from the start: Personalize counts an event once.
    """
    if not csv.is_file():  # it is read twice
        raise DataError(f"expected a file, {str(csv)!r} is a device or pipe: save it as a file first")
    from personalize_sfn.serving import EventSender
    from personalize_sfn.serving.event_csv import EventCsv
    from personalize_sfn.serving.outgoing_event import EventColumns

    config, console = settings.config, settings.console
    interactions = config.datasets.interactions
    names = CsvOptions(columns).columns_of(config, "INTERACTIONS")
    file = EventCsv(csv, EventColumns(interactions.schema), interactions.default_event_type, names, time_unit)
    with console.status(f"Checking {literal(csv.name)}"):
        rows = _checked(file, from_line)
    if unused := file.unused_columns():
        console.print(f"[yellow]note[/] columns that events do not have: {literal(', '.join(unused))}", soft_wrap=True)
    session = settings.connect(start=False)
    settings.confirm(session, f"Send {rows:,} events to {config.project}?", yes=yes)
    refused: list[RefusedEvent] = []
    with EventSender(
        session, config, connections=8, max_queue=_AT_ONCE, exit_timeout=2, on_refused=refused.append
    ) as sender:
        problems = _send(settings, sender, file, from_line=from_line, rows=rows, refused=refused)
    for problem in problems[:_SHOWN]:
        console.print(f"[red]refused[/] {literal(problem)}", soft_wrap=True)
    if len(problems) > _SHOWN:
        console.print(f"[red]refused[/] and {len(problems) - _SHOWN:,} more", soft_wrap=True)
    console.print(f"[green]✓[/] {sender.sent:,} of {rows:,} events of {literal(csv.name)} sent")
    settings.answer({"file": str(csv), "rows": rows, "sent": sender.sent, "refused": problems})
    return 1 if problems else 0


def _checked(file: EventCsv, from_line: int) -> int:
    """How many rows there are.

    Raises:
        DataError: some are wrong; names their lines.
    """
    rows, wrong, lines = 0, 0, []
    for each in file.events(from_line):
        rows += 1
        if each.event is None:
            wrong += 1
            lines += [f"line {each.line}: {each.problem}"] if wrong <= _SHOWN else []
    if wrong:
        more = f"\n  and {wrong - _SHOWN:,} more" if wrong > _SHOWN else ""
        listed = "\n  ".join(lines)
        raise DataError(
            f"{file.path.name}: {wrong:,} of {rows:,} rows are no events, nothing was sent:\n  {listed}{more}"
        )
    return rows


def _send(
    settings: Settings, sender: EventSender, file: EventCsv, *, from_line: int, rows: int, refused: list[RefusedEvent]
) -> list[str]:
    """Send all; what Personalize refused, with its lines.  An error on the way says where to resume."""
    from rich.progress import Progress

    problems: list[str] = []
    line = from_line
    try:
        with Progress(console=settings.console, disable=not settings.console.is_terminal) as progress:
            task = progress.add_task(f"Sending {literal(file.path.name)}", total=rows)
            events = file.events(from_line)
            while block := list(islice(events, _AT_ONCE)):
                _put(sender, block)
                problems += _with_lines(block, refused)
                refused.clear()
                line = block[-1].line + 1
                progress.advance(task, len(block))
    except (KeyboardInterrupt, EventError) as error:
        command = settings.command(f"events put {shlex.quote(str(file.path))} --from-line {line}")
        resume = f"All rows before line {line:,} were sent; resume with '{command}'"
        if isinstance(error, KeyboardInterrupt):
            error.__notes__ = [resume]
            raise
        raise EventError(f"{error}. {resume}") from error
    return problems


def _put(sender: EventSender, block: list[CsvEvent]) -> None:
    for each in block:
        if each.event is None:
            raise EventError(f"line {each.line}: {each.problem}: the file changed while it was sent")
        sender.put_event(each.event, timeout=_SECONDS)
    sender.flush(_SECONDS)


def _with_lines(block: list[CsvEvent], refused: list[RefusedEvent]) -> list[str]:
    lines = {each.event.event_id: each.line for each in block if each.event is not None} if refused else {}
    found = sorted((lines[each.event["eventId"]], str(each)) for each in refused)
    return [f"line {line}: {text}" for line, text in found]
