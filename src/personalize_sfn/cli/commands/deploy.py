"""``personalize-sfn deploy`` and ``personalize-sfn destroy``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from personalize_sfn.cli.settings import Settings, json_option, literal, pass_settings, settings_options, yes_option

if TYPE_CHECKING:
    from rich.console import Console

    from personalize_sfn.config import Config
    from personalize_sfn.deploy import Change
    from personalize_sfn.prune import Orphan
    from personalize_sfn.session import Session

_PAST = {"create": "created", "update": "updated", "delete": "removed"}


@click.command(
    epilog="""\b
Examples:
  personalize-sfn deploy
  personalize-sfn --target aws --region us-east-1 deploy --dry-run
  personalize-sfn --target aws --config movies.yaml deploy --yes"""
)
@click.option("--dry-run", is_flag=True, help="Print what would be changed; change nothing.")
@click.option(
    "--prune",
    "pruning",
    is_flag=True,
    help="Then remove campaigns, solutions and the like that the config no longer describes; needs --yes.",
)
@click.option("--serving", is_flag=True, help="With --prune: also campaigns that had requests in the last 24 h.")
@yes_option
@json_option
@settings_options
@pass_settings
def deploy(settings: Settings, dry_run: bool, pruning: bool, serving: bool, yes: bool) -> None:
    """Make or update the roles, bucket, functions and state machines.

    What is there already and as it should be is left alone: a second deploy changes nothing.
    """
    session = settings.connect()
    config, console = settings.config, settings.console
    from personalize_sfn.cli.prices import left_over_cost
    from personalize_sfn.deploy import deploy as plan_or_deploy
    from personalize_sfn.deploy.changes import answers_otherwise
    from personalize_sfn.deploy.notes import deployment_notes, left_over
    from personalize_sfn.deploy.schemas import schema_notes
    from personalize_sfn.prune import orphans

    with console.status("Reading what is deployed"):
        planned = plan_or_deploy(session, config, dry_run=True)
        # Where all is to be made, nothing has run yet.
        new = bool(planned.changes) and all(change.action == "create" for change in planned.changes)
        notes = [*deployment_notes(session, config), *([] if new else schema_notes(session, config))]
        left = [] if new else orphans(session, config) if pruning else left_over(session, config)
    for note in notes:
        console.print(f"[yellow]note[/] {literal(note)}", soft_wrap=True)
    costs = {each.found.arn: left_over_cost(each, session.region) for each in left}
    for each in left:
        cost = costs[each.found.arn]
        told = str(each) if cost is None else f"{each}; {cost}"
        console.print(f"[yellow]![/] not in the config any more: {literal(told)}", soft_wrap=True)
    if left and not pruning:
        console.print(f"  {literal(settings.command('deploy --prune --yes'))} removes them", soft_wrap=True)
    if dry_run:
        show_plan(console, planned.changes, "deploy")
        dry(console)
    elif planned.changes:
        if not session.is_local:
            show_plan(console, planned.changes, "deploy")
        else:
            show_updates(console, planned.changes)
        settings.confirm(session, f"Deploy {config.project} to account {session.account_id}?", yes=yes)
        carry_out(console, session, planned.changes, "Deployed", config.project)
    else:
        console.print(f"{config.project} is deployed as it should be: nothing to change.")
    pruned = _prune(settings, session, serving=serving, yes=yes) if pruning and left and not dry_run else []
    settings.answer(
        {
            "project": config.project,
            "dry_run": dry_run,
            "not_in_config": [
                {
                    "kind": each.found.kind,
                    "name": each.found.name,
                    "requests": each.requests,
                    "provisioned_tps": each.provisioned,
                    "cost": costs[each.found.arn],
                }
                for each in left
            ],
            "pruned": [each.found.arn for each in pruned],
            "answers": answers_otherwise(planned.changes),
            "notes": notes,
            "changes": as_rows(planned.changes),
            "bucket": planned.bucket,
            "state_machine_arns": dict(planned.state_machine_arns),
            "role_arns": dict(planned.role_arns),
        }
    )
    if not dry_run:
        console.print(f"[dim]Next: {literal(settings.command(_run_with_data(config)))}[/]", soft_wrap=True)


@click.command(
    epilog="""\b
Examples:
  personalize-sfn destroy --dry-run
  personalize-sfn --target aws --config movies.yaml destroy --yes"""
)
@click.option("--dry-run", is_flag=True, help="Print what would be removed; remove nothing.")
@yes_option
@json_option
@settings_options
@pass_settings
def destroy(settings: Settings, dry_run: bool, yes: bool) -> None:
    """Remove the project's Personalize resources, then all that deploy made.

    Only what carries the project's tag goes; a bucket that the configuration names stays.
    """
    session = settings.connect(start=False)
    config, console = settings.config, settings.console
    from personalize_sfn.clean_up import clean_up, ours
    from personalize_sfn.deploy import plan_destroy
    from personalize_sfn.execution.views import shown_in, view_on

    with console.status("Reading what is deployed"):
        found = ours(session, config)
        changes = plan_destroy(session, config)
    if not found and not changes:
        console.print(f"Nothing of {config.project} is there.")
    elif dry_run or not session.is_local:
        console.print(f"Personalize resources to remove: {len(found)}")
        for each in found:
            console.print(f"  [red]-[/] {literal(each)}")
        show_plan(console, changes, "destroy")
        if dry_run:
            dry(console)
    if not dry_run and (found or changes):
        settings.confirm(session, f"Remove all this from account {session.account_id}?", yes=yes)
        if found:
            with shown_in(view_on(console), session.client("stepfunctions")) as progress:
                clean_up(session, config, progress=progress)
        carry_out(console, session, plan_destroy(session, config), "Removed", config.project)
    settings.answer(
        {
            "project": config.project,
            "dry_run": dry_run,
            "personalize": [{"kind": e.kind, "name": e.name, "arn": e.arn, "status": e.status} for e in found],
            "changes": as_rows(changes),
        }
    )


def _prune(settings: Settings, session: Session, *, serving: bool, yes: bool) -> list[Orphan]:
    from personalize_sfn.execution.views import shown_in, view_on
    from personalize_sfn.prune import prune

    if not yes:
        raise click.UsageError("--prune deletes what is listed above for good: say so with --yes.")
    with shown_in(view_on(settings.console), session.client("stepfunctions")) as progress:
        pruned = prune(session, settings.config, serving=serving, progress=progress)
    settings.console.print(f"[green]✓[/] Pruned: {literal(', '.join(str(each.found) for each in pruned))}")
    return pruned


def _run_with_data(config: Config) -> str:
    """The run that brings data of the datasets which are configured."""
    from personalize_sfn.config import DatasetsConfig

    if config.datasets == DatasetsConfig():
        return "run --data movielens"
    options = {"INTERACTIONS": "data", "ITEMS": "items", "USERS": "users"}
    return " ".join(["run", *(f"--{options[kind]} {options[kind].upper()}.csv" for kind in config.datasets.by_type())])


def as_rows(changes: Sequence[Change]) -> list[dict[str, str]]:
    return [{"action": c.action, "kind": c.kind, "name": c.name, "sentence": c.sentence} for c in changes]


def show_plan(console: Console, changes: Sequence[Change], command: str) -> None:
    """A line for each change; all of one kind together."""
    signs = {"create": "[green]+[/]", "update": "[yellow]~[/]", "delete": "[red]-[/]"}
    console.print(f"{len(changes)} changes by {command}:" if changes else f"Nothing to change by {command}.")
    _say_answers(console, changes)
    for change in changes:
        console.print(f"  {signs[change.action]} {literal(change.sentence)}", soft_wrap=True)


def show_updates(console: Console, changes: Sequence[Change]) -> None:
    """What the workflows will do otherwise than the deployed ones; nothing of a first deployment."""
    _say_answers(console, changes)
    for change in changes:
        if change.kind == "state machine" and change.action == "update":
            console.print(f"  [yellow]~[/] {literal(change.sentence)}", soft_wrap=True)


def _say_answers(console: Console, changes: Sequence[Change]) -> None:

    from personalize_sfn.deploy.changes import answers_otherwise

    if answers := answers_otherwise(changes):
        console.print(f"[yellow]![/] {literal(answers)}", soft_wrap=True)


def dry(console: Console) -> None:
    console.print("[dim]A dry run: nothing was changed.[/]")


def carry_out(console: Console, session: Session, changes: Sequence[Change], verb: str, project: str) -> None:
    """Apply ``changes``, saying how far it is, and in the end what was done and how long it took."""
    from datetime import timedelta
    from time import monotonic

    from personalize_sfn.deploy import apply
    from personalize_sfn.display import duration

    began = monotonic()
    done = 0
    with console.status(f"0 of {len(changes)}") as status:

        def progress(change: Change) -> None:
            nonlocal done
            done += 1
            status.update(f"{done} of {len(changes)}: {change.sentence}")
            if not console.is_terminal:
                console.print(f"  {literal(change.sentence)}", soft_wrap=True)

        apply(session, changes, progress)
    took = duration(timedelta(seconds=monotonic() - began))
    console.print(f"[green]✓[/] {verb} {project}: {counted(changes)} [dim]({took})[/]")


def counted(changes: Sequence[Change]) -> str:
    """``1 bucket, 3 roles, 19 functions``; with what became of them where it is not the same for all."""
    parts = {}
    for action, past in _PAST.items():
        kinds = Counter(change.kind for change in changes if change.action == action)
        if kinds["bucket"]:
            del kinds["bucket policy"]  # comes and goes with its bucket
        if kinds:
            parts[past] = ", ".join(f"{n} {_plural(kind, n)}" for kind, n in kinds.items())
    if len(parts) == 1 and _PAST["update"] not in parts:
        return next(iter(parts.values()))
    return "; ".join(f"{words} {past}" for past, words in parts.items()) or "nothing to change"


def _plural(kind: str, count: int) -> str:
    if count == 1:
        return kind
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
