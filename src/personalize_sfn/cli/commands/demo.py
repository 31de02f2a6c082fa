"""``personalize-sfn demo``: the main job from raw ratings to recommended titles, on an embedded AWS of its own."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

import click

from personalize_sfn.cli.settings import Settings, literal, pass_settings, program, settings_options

if TYPE_CHECKING:
    from rich.console import Console

    from personalize_sfn.config import Config
    from personalize_sfn.datasets import MovieLens
    from personalize_sfn.execution import Execution
    from personalize_sfn.session import Session


@click.command(
    epilog="""\b
Examples:
  personalize-sfn demo
  personalize-sfn demo --user 42 --data shipped"""
)
@click.option("--user", "user_id", default="1", help="Whom to recommend movies to.  Default: user 1.")
@click.option(
    "--data",
    metavar="SOURCE",
    default="movielens",
    help="movielens (default: GroupLens, or the copy that is shipped), shipped, or a folder, zip or URL of MovieLens.",
)
@settings_options
@pass_settings
def demo(settings: Settings, user_id: str, data: str) -> None:
    """From raw MovieLens ratings to recommended titles, on an embedded AWS that is gone afterwards.

    It prepares the data, deploys roles, bucket, functions and state machines, runs the main workflow, asks for
    recommendations, and cleans up.
    """
    if settings.target != "local":
        raise click.UsageError("demo runs on the embedded AWS only; on an account: deploy, run, recommend, destroy")
    from dataclasses import replace

    from personalize_sfn.cli.data import check
    from personalize_sfn.cli.tables import heading

    check(data)

    console = settings.console
    config = settings.config if settings.says_project else replace(settings.config, project="movies")
    began = monotonic()
    # The network, which may be slow to say that it is not there, and the start of the AWS do not need each other.
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(_load, data)
        if data != _ALWAYS_THERE:  # a wrong URL or file is said before anything is made
            with console.status(f"Reading {literal(data)}"):
                loading.result()
        with _embedded_aws(console, settings.region) as session:
            _deploy(console, session, config)
            with console.status("Reading MovieLens"):
                movielens = loading.result()
            _upload(console, session, config, movielens)
            execution = _run(console, session, config)
            _recommend(console, session, config, movielens, user_id)
            _account(console, execution)
            _remove(console, session, config)
    console.print(f"\nAll of it took {_since(began)}; nothing is left of it.", style="bold")
    heading(console, "What to try next")
    for words, why in _NEXT:
        command = words if words.startswith("make ") else f"{program()} {words}"
        console.print(f"  [cyan]{literal(command):<45}[/]  {why}", soft_wrap=True)
    console.print(
        f"\n[dim]Data: {literal(movielens.name)}. {literal(movielens.licence_note)}.\n{literal(movielens.citation)}[/]"
    )


#: GroupLens, or the copy that is shipped.
_ALWAYS_THERE = "movielens"
#: A command, or the words of one of this program, and what it is good for.
_NEXT = (
    ("make notebook", "cell by cell, in JupyterLab"),
    ("deploy", "an embedded AWS that stays"),
    ("--target aws deploy --dry-run", "what AWS would get"),
)


def _load(source: str) -> MovieLens:
    from pathlib import Path

    from personalize_sfn.cli.data import load

    data = load(source)
    if isinstance(data, Path):
        raise click.UsageError("--data: demo needs MovieLens, for its titles; 'personalize-sfn run' takes any CSV")
    return data


@contextmanager
def _embedded_aws(console: Console, region: str | None) -> Iterator[Session]:
    from personalize_sfn.local import LocalAws

    began = monotonic()
    with console.status("Starting the embedded AWS"):
        aws = LocalAws(region=region or "us-east-1").start()
        session = aws.session()
    try:
        console.print(session.banner(), style="bold green")
        console.print(f"[green]✓[/] Embedded AWS started [dim]({_since(began)})[/]")
        yield session
    finally:
        aws.stop()


def _deploy(console: Console, session: Session, config: Config) -> None:
    from personalize_sfn.cli.commands.deploy import carry_out
    from personalize_sfn.deploy import plan

    with console.status("Reading what is deployed"):
        changes = plan(session, config)
    carry_out(console, session, changes, "Deployed", config.project)


def _upload(console: Console, session: Session, config: Config, movielens: MovieLens) -> None:
    from personalize_sfn.cli.tables import report_line
    from personalize_sfn.datasets import upload_interactions

    with console.status("Preparing and uploading the interactions"):
        s3 = upload_interactions(session, config, movielens)
    if movielens.note:
        console.print(f"[yellow]![/] {literal(movielens.note)}")
    users = movielens.ratings["USER_ID"].nunique()
    console.print(f"[green]✓[/] {literal(movielens.name)} uploaded to {s3.uri}", soft_wrap=True)
    console.print(f"  {len(movielens.ratings):,} ratings of {len(movielens.movies):,} movies by {users:,} users")
    if s3.report is not None:
        console.print(f"  {report_line(s3.report)}")


def _run(console: Console, session: Session, config: Config) -> Execution:
    from personalize_sfn.execution import run
    from personalize_sfn.execution.views import shown_in, view_on

    console.print()
    with shown_in(view_on(console), session.client("stepfunctions")) as progress:
        execution = run(session, config)
        return execution.wait(progress=progress)


def _recommend(console: Console, session: Session, config: Config, movielens: MovieLens, user_id: str) -> None:
    from personalize_sfn.cli.tables import heading, recommendation_table
    from personalize_sfn.recommendations import recommend

    heading(console, f"Recommendations, by the workflow {config.name('recommendation')}")
    with console.status(f"Asking for user {literal(user_id)}"):
        found = recommend(session, config, user_id, titles=movielens.movies, ratings=movielens.ratings)
    console.print(recommendation_table(found, console.width))


def _account(console: Console, execution: Execution) -> None:
    """How good the model is, and how long it took."""
    from personalize_sfn.cli.tables import heading, metrics_table, timeline_table

    heading(console, "Metrics of the solution version, on interactions that were held out")
    console.print(metrics_table(execution.get_output()["metrics"]))
    heading(console, "Where the time went")
    console.print(timeline_table(execution.snapshot()))


def _remove(console: Console, session: Session, config: Config) -> None:
    from personalize_sfn.clean_up import clean_up
    from personalize_sfn.cli.commands.deploy import carry_out
    from personalize_sfn.deploy import plan_destroy

    began = monotonic()
    console.print()
    with console.status("Removing the Personalize resources"):
        removed = clean_up(session, config)
    kinds = ", ".join(each.kind for each in removed)
    console.print(f"[green]✓[/] Cleaned up: {kinds} [dim]({_since(began)})[/]")
    with console.status("Reading what is deployed"):
        changes = plan_destroy(session, config)
    carry_out(console, session, changes, "Removed", config.project)


def _since(began: float) -> str:
    from personalize_sfn.display import duration

    return duration(timedelta(seconds=monotonic() - began))
