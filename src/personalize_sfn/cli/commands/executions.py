"""``personalize-sfn executions`` and ``personalize-sfn logs``: what ran, and what the functions did for it."""

from __future__ import annotations

import json
import textwrap
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from personalize_sfn.cli.settings import Settings, json_option, literal, pass_settings, settings_options

if TYPE_CHECKING:
    from personalize_sfn.execution.function_logs import LogLine

#: Between two looks, and how many functions a look asks for: two requests a second of the few that CloudWatch takes
#: from all of an account: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
_LOOK_SECONDS = {"local": 1.0, "aws": 5.0}
_ASKED_A_LOOK = {"local": None, "aws": 10}


@click.command(
    epilog="""\b
Examples:
  personalize-sfn executions
  personalize-sfn executions solution --limit 3
  personalize-sfn executions --made --limit 1            what the last one made, and what it reused
  personalize-sfn executions --json"""
)
@click.argument("workflow", default="main")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, help="So many at most, the newest (default: 20).")
@click.option("--made", is_flag=True, help="What each made and reused, too: this reads the history of each.")
@json_option
@settings_options
@pass_settings
def executions(settings: Settings, workflow: str, limit: int, *, made: bool) -> None:
    """List the executions of a workflow (default: main), newest first.

    Look at one with 'personalize-sfn status ARN', of any workflow: dataset, solution, campaign, recommendation, ...
    """
    from personalize_sfn.display import GLYPHS, duration
    from personalize_sfn.errors import ConfigError
    from personalize_sfn.execution import Workflow
    from personalize_sfn.workflows import definitions

    session = settings.connect(start=False)
    config, console = settings.config, settings.console
    known = list(definitions(config, session.arns))
    if workflow not in known:
        raise ConfigError("workflow", f"expected one of {', '.join(known)}, got {workflow!r}")
    attached = Workflow.attach(
        session.arns.state_machine(config.name(workflow)), client=session.client("stepfunctions"), session=session
    )
    listed = attached.list_executions(max_items=limit)
    rows = []
    for each in listed:
        began, ended = each.start_date, each.stop_date
        took = duration((ended or datetime.now(UTC)) - began)
        card = each.card() if made else None
        told = {"made": [] if card is None else card.to_dicts()} if made else {}
        rows.append((each, began, ended, told))
        started = f"{began.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
        console.print(
            f"{GLYPHS[each.status]} {each.status:<9} {started} {took:>8}  {literal(each.name)}", soft_wrap=True
        )
        console.print(f"  [dim]{literal(each.execution_arn)}[/]", soft_wrap=True)
        if card is not None:
            text = replace(card, next_steps=()).text(min(console.width, 100) - 2)
            console.print(textwrap.indent(text, "  "), markup=False, highlight=False)
    if not listed:
        console.print(f"{literal(config.name(workflow))} has not been run yet.")
    settings.answer(
        [
            {
                "name": each.name,
                "status": each.status,
                "executionArn": each.execution_arn,
                "started": began.isoformat(),
                "ended": None if ended is None else ended.isoformat(),
                "seconds": None if ended is None else round((ended - began).total_seconds(), 3),
                **told,
            }
            for each, began, ended, told in rows
        ]
    )


@click.command(
    epilog="""\b
Examples:
  personalize-sfn logs                                   of the last hour
  personalize-sfn logs campaign --since 10m
  personalize-sfn logs create-solution --follow
  personalize-sfn logs --json | jq 'map(select(.status != "ok"))'"""
)
@click.argument("name", metavar="[STAGE|FUNCTION]", required=False)
@click.option("--follow", is_flag=True, help="Go on until it is interrupted; with --json, an object a line.")
@click.option("--since", metavar="TIME", default="1h", help="30s, 10m, 2h, 1d, or a time of ISO 8601 (default: 1h).")
@json_option
@settings_options
@pass_settings
def logs(settings: Settings, name: str | None, follow: bool, since: str) -> None:
    """Print what the functions logged: a line for each call of AWS, by time.

    STAGE is campaign, solution-version, dataset-import-job, ...; FUNCTION is create-campaign, ...  Ids of users, data
    and the START, END and REPORT of Lambda are not among it.
    """
    from personalize_sfn.execution import function_logs

    after = function_logs.since(since, datetime.now(UTC))
    session = settings.connect(start=False)
    found = function_logs.FunctionLogs(session, settings.config, name)
    if not follow:
        lines = found.lines(after)
        for each in lines:
            _print(settings, each)
        if not lines:
            settings.console.print(f"[dim]Nothing was logged since {after:%Y-%m-%d %H:%M:%S %Z}.[/]")
        settings.answer([each.to_dict() for each in lines])
        return
    most = None  # the first look is at all of them
    while True:
        for each in found.lines(after, most=most):
            if settings.as_json:
                settings.has_answered = True
                click.echo(json.dumps(each.to_dict()))
            else:
                _print(settings, each)
        most = _ASKED_A_LOOK[settings.target]
        time.sleep(_LOOK_SECONDS[settings.target])


def _print(settings: Settings, line: LogLine) -> None:
    if settings.as_json:
        return
    when = f"[dim]{line.time:%H:%M:%S}[/] {literal(line.function):<27}"
    if line.text:
        settings.console.print(f"{when} {literal(line.text)}", soft_wrap=True)
        return
    style = "green" if line.status in ("ok", "ACTIVE") else "yellow" if " " in line.status else "red"
    resource = line.resource.rpartition(":")[2]
    settings.console.print(
        f"{when} {literal(line.operation):<26} [{style}]{literal(line.status):<18}[/] [dim]{literal(resource)}[/]",
        soft_wrap=True,
    )
