"""``personalize-sfn run`` and ``personalize-sfn status``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from personalize_sfn.cli.data import CsvOptions, check_sources, csv_options, load, load_own, scratch_line
from personalize_sfn.cli.settings import Settings, json_option, literal, pass_settings, settings_options, yes_option
from personalize_sfn.errors import WorkflowError
from personalize_sfn.text import printable

if TYPE_CHECKING:
    from personalize_sfn.config_datasets import DatasetType
    from personalize_sfn.datasets.times import TimeUnit
    from personalize_sfn.execution import Execution
    from personalize_sfn.session import Session


@click.command(
    epilog="""\b
Examples:
  personalize-sfn run --data movielens
  personalize-sfn --target aws --config movies.yaml run --data clicks.csv --no-wait
  personalize-sfn run --data clicks.csv --columns user=USER_ID --columns sku=ITEM_ID --columns at=TIMESTAMP
  personalize-sfn run --train always                     a new solution version on the data that is there"""
)
@click.option(
    "--data",
    metavar="SOURCE",
    help="Interactions to upload first: movielens (GroupLens, or the copy that is shipped when the network does not "
    "answer), shipped, a folder, zip or URL of MovieLens, or a CSV.",
)
@click.option("--items", type=click.Path(path_type=Path), metavar="CSV", help="Items to upload first.")
@click.option("--users", type=click.Path(path_type=Path), metavar="CSV", help="Users to upload first.")
@click.option("--actions", type=click.Path(path_type=Path), metavar="CSV", help="Actions to upload first.")
@click.option(
    "--action-interactions",
    type=click.Path(path_type=Path),
    metavar="CSV",
    help="Interactions with actions to upload first.",
)
@click.option(
    "--min-rating",
    type=float,
    metavar="R",
    help="Keep rows with a RATING above R.  Default: 2 for MovieLens, all rows of a CSV.",
)
@click.option(
    "--train",
    type=click.Choice(["auto", "always", "update"]),
    default="auto",
    help="auto (default): only when there is no solution version, or data was imported since; always; update: add new "
    "items to the newest version, where the recipe can.",
)
@csv_options
@click.option("--name", help="Name of the execution.  Default: the service makes one.")
@click.option("--no-wait", is_flag=True, help="Start it, say how to follow it, and return.")
@click.option(
    "--at-once",
    "--force",
    "at_once",
    is_flag=True,
    help="Start it even if another run is under way.  Both may train, and the last to finish is served.",
)
@yes_option
@json_option
@settings_options
@pass_settings
def run(
    settings: Settings,
    *,
    data: str | None,
    items: Path | None,
    users: Path | None,
    actions: Path | None,
    action_interactions: Path | None,
    min_rating: float | None,
    columns: dict[str, str],
    time_unit: TimeUnit,
    earliest: str | None,
    train: Literal["auto", "always", "update"],
    name: str | None,
    no_wait: bool,
    at_once: bool,
    yes: bool,
) -> None:
    """Run the main workflow: import, train, and make or update the campaign.

    What is ACTIVE is reused; after a failure it resumes where it stopped.  Interrupting stops the watching,
    not the execution.
    """
    options = CsvOptions(columns, time_unit, earliest, min_rating)
    given: dict[DatasetType, Path | str | None] = {
        "INTERACTIONS": data,
        "ITEMS": items,
        "USERS": users,
        "ACTIONS": actions,
        "ACTION_INTERACTIONS": action_interactions,
    }
    sources = {kind: None if source is None else str(source) for kind, source in given.items()}
    check_sources(settings.config, sources, options)
    session = settings.connect(start=False)
    config, console = settings.config, settings.console
    from personalize_sfn.deploy import describe

    if describe(session, config) is None:
        raise click.UsageError(f"{config.project} is not deployed here: run '{settings.command('deploy')}' first")
    from personalize_sfn.execution import run as start
    from personalize_sfn.execution.start import check_start

    check_start(session, config, name=name, at_once=at_once)  # before anything is uploaded
    if not session.is_local:
        from personalize_sfn.cli.prices import campaign_sentence

        console.print(
            f"{campaign_sentence(config, session.region)}. '{literal(settings.command('destroy'))}' ends it.",
            soft_wrap=True,
        )
        settings.confirm(session, f"Run {config.project}?", yes=yes)
    of_movielens = False
    for kind, source in sources.items():
        if source is not None:
            of_movielens |= upload(settings, session, kind, source, options)
    execution = start(session, config, train=train, name=name, at_once=at_once)
    arn = settings.execution_arn = execution.execution_arn
    console.print(f"[dim]Execution {literal(arn)}[/]", soft_wrap=True)
    if no_wait:
        console.print(f"It runs.  Follow it: {literal(settings.command(f'status --wait {arn}'))}", soft_wrap=True)
        settings.answer({"executionArn": arn, "status": "RUNNING"})
        return
    wait_for(settings, execution)
    after = settings.command(f"recommend {'1' if of_movielens else 'USER_ID'}")  # MovieLens has a user 1
    console.print(f"[dim]Next: {literal(after)}[/]", soft_wrap=True)


def wait_for(settings: Settings, execution: Execution) -> None:
    """Watch ``execution`` to its end, then say what came out of it."""
    from personalize_sfn.cli.tables import heading, metrics_table, stage_rows
    from personalize_sfn.execution.views import shown_in, view_on

    console = settings.console
    arn = settings.execution_arn = execution.execution_arn
    try:
        with shown_in(view_on(console), execution.client) as progress:
            execution.wait(progress=progress)
    except KeyboardInterrupt as interrupt:
        interrupt.__notes__ = [f"the execution continues; follow it again: {settings.command(f'status --wait {arn}')}"]
        raise
    except WorkflowError:
        settings.made = _show_card(settings, execution)
        raise
    done = execution.snapshot()
    output = execution.get_output() or {}
    made = _show_card(settings, execution)
    if not made and isinstance(output, dict) and output.get("metrics"):
        heading(console, "Metrics of the solution version, on interactions that were held out")
        console.print(metrics_table(output["metrics"]))
    settings.answer(
        {"executionArn": arn, "status": done.status, "output": output, "made": made, "stages": stage_rows(done)}
    )


def _show_card(settings: Settings, execution: Execution) -> list[dict[str, Any]]:
    """What the run made and reused, for people; and for programs.  A run that has ended fails at nothing here."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        card = execution.card()
    except (BotoCoreError, ClientError, ResponseParserError) as error:
        settings.console.print(f"[dim]What it made could not be read: {literal(error)}[/]", soft_wrap=True)
        return []
    if card is None:
        return []
    settings.console.print()
    text = replace(card, next_steps=()).text(min(settings.console.width, 100))
    settings.console.print(text, markup=False, highlight=False)
    return card.to_dicts()


def upload(settings: Settings, session: Session, kind: DatasetType, source: str, options: CsvOptions) -> bool:
    """Prepare, check and upload one dataset, saying what was kept; whether it is MovieLens."""
    from personalize_sfn.cli.tables import report_line
    from personalize_sfn.datasets import prepare, upload_dataset
    from personalize_sfn.datasets.titles import upload_titles

    config, console = settings.config, settings.console
    with console.status(f"Reading {literal(source)}") as status:
        data = load(source) if kind == "INTERACTIONS" else Path(source).expanduser()
        if isinstance(data, Path):
            if (line := scratch_line(data)) is not None:
                console.print(printable(line), markup=False, soft_wrap=True)

            def progress(size: int) -> None:
                status.update(f"Reading {literal(source)}: {size / 1e9:,.2f} GB checked")

            own = load_own(data, config, kind, options, progress)
            status.update(f"Uploading {literal(source)}")

            def sent(size: int) -> None:
                status.update(f"Uploading {literal(source)}: {size / 1e9:,.2f} GB sent")

            s3 = upload_dataset(session, config, kind, own, progress=sent)
        else:
            interactions = config.datasets.interactions
            prepared = prepare(
                data.ratings,
                interactions.schema,
                min_rating_exclusive=2.0 if options.min_rating is None else options.min_rating,
                name=data.name,
                default_event_type=interactions.default_event_type,
            )
            s3 = upload_dataset(session, config, kind, prepared)
            upload_titles(session, config, data.movies)
    if not isinstance(data, Path):
        console.print(printable(str(data)), markup=False, soft_wrap=True)
    if s3.report is not None:
        console.print(report_line(s3.report), soft_wrap=True)
        for note in s3.report.notes:
            console.print(f"[yellow]note[/] {literal(note)}", soft_wrap=True)
    console.print(f"[green]✓[/] {'Uploaded to' if s3.uploaded else 'Already at'} {s3.uri}", soft_wrap=True)
    return not isinstance(data, Path)


@click.command(
    epilog="""\b
Examples:
  personalize-sfn status
  personalize-sfn status --wait arn:aws:states:us-east-1:123456789012:execution:movies-main:...
  personalize-sfn status --json"""
)
@click.argument("execution_arn", required=False)
@click.option("--wait", is_flag=True, help="Follow the execution to its end; exit code 1 if it fails.")
@json_option
@settings_options
@pass_settings
def status(settings: Settings, execution_arn: str | None, wait: bool) -> int:
    """Say what is deployed, what runs in Personalize, and how the last execution does.

    With EXECUTION_ARN: how that one does, from any process and any machine.  Exit code 1: it failed, or the project is
    not deployed.
    """
    session = settings.connect(start=False)
    config, console = settings.config, settings.console
    from personalize_sfn.execution import Execution

    if execution_arn is not None:
        execution = Execution.attach(execution_arn, session=session)
        if wait:
            wait_for(settings, execution)
        else:
            settings.answer(_show_execution(settings, execution))
        return 0
    from personalize_sfn.clean_up import ours
    from personalize_sfn.deploy import describe

    with console.status("Reading what is deployed"):
        deployment = describe(session, config)
        found = ours(session, config)
    console.print(f"{config.project}: {'deployed' if deployment else 'not deployed'}")
    if deployment is None:
        start = settings.command("deploy")
        console.print(f"[dim]'{literal(start)}' makes it; --config FILE names another project[/]", soft_wrap=True)
    for each in found:
        console.print(f"  {each.status:<10} {each.kind} {literal(each.name)}", soft_wrap=True)
    if not session.is_local and any(each.kind == "campaign" for each in found):
        from personalize_sfn.cli.prices import campaign_sentence

        console.print(f"{campaign_sentence(config, session.region)}.", soft_wrap=True)
    last = None if deployment is None else _last_execution(session, deployment.state_machine_arns["main"])
    answer: dict[str, Any] = {
        "project": config.project,
        "deployed": deployment is not None,
        "personalize": [{"kind": e.kind, "name": e.name, "arn": e.arn, "status": e.status} for e in found],
    }
    if last is not None:
        if wait:
            wait_for(settings, Execution.attach(last, session=session))
            return 0
        answer["execution"] = _show_execution(settings, Execution.attach(last, session=session))
    elif deployment is not None:
        console.print("It has not been run yet.")
    settings.answer(answer)
    return 0 if deployment is not None else 1


def _last_execution(session: Session, machine_arn: str) -> str | None:
    client = session.client("stepfunctions")
    listed = client.list_executions(stateMachineArn=machine_arn, maxResults=100)["executions"]
    return max(listed, key=lambda each: each["startDate"])["executionArn"] if listed else None


def _show_execution(settings: Settings, execution: Execution) -> dict[str, Any]:
    """Print how it stands, with its stages; returns the same for a program."""
    from personalize_sfn.cli.tables import stage_rows
    from personalize_sfn.display import GLYPHS, duration
    from personalize_sfn.display.terminal import stage_table
    from personalize_sfn.execution import failure
    from personalize_sfn.execution.status import outlook_of

    console = settings.console
    done = execution.snapshot()
    began = "" if done.began is None else f", started {done.began:%Y-%m-%d %H:%M:%S %Z}"
    console.print(f"{GLYPHS[done.status]} {literal(done.machine)} {done.status}{began}, {duration(done.elapsed())}")
    console.print(f"[dim]{literal(execution.execution_arn)}[/]", soft_wrap=True)
    is_over = done.status != "RUNNING"
    expected = () if is_over else outlook_of(execution.client, execution.execution_arn, is_over=True).plan.steps
    console.print(stage_table(done.stages, expected))
    card = execution.card()
    if card is not None:
        console.print()
        console.print(replace(card, next_steps=()).text(min(console.width, 100)), markup=False, highlight=False)
    answer: dict[str, Any] = {
        "executionArn": execution.execution_arn,
        "status": done.status,
        "made": [] if card is None else card.to_dicts(),
        "stages": stage_rows(done),
        "output": execution.get_output(),
    }
    if done.status not in {"RUNNING", "SUCCEEDED"}:
        error = failure(done)
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        answer |= {"error": error.error, "cause": error.cause, "message": str(error)}
    return answer
