"""``personalize-sfn forget``: users who ask for it go."""

from __future__ import annotations

import csv
from pathlib import Path

import click

from personalize_sfn.cli.settings import Settings, json_option, literal, pass_settings, settings_options, yes_option
from personalize_sfn.errors import ConfigError, DataError

_COLUMN = "USER_ID"


@click.command(
    epilog="""\b
Examples:
  personalize-sfn --config shop.yaml forget users.csv
  personalize-sfn --config shop.yaml forget users.csv --rewrite-inputs
  personalize-sfn --target aws --config shop.yaml forget users.csv --json --yes"""
)
@click.argument("users", metavar="CSV", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rewrite-inputs", is_flag=True, help="Write the data in S3 again without these users.")
@click.option("--delete-old", is_flag=True, help="With --rewrite-inputs: keep no copy of the data as they were.")
@yes_option
@json_option
@settings_options
@pass_settings
def forget(settings: Settings, *, users: Path, rewrite_inputs: bool, delete_old: bool, yes: bool) -> int:
    """Delete all data of the users in CSV, which has a column USER_ID, and say what in S3 still names them.

    It waits until no import, training, export or batch runs.  It can take a day, and nothing brings the data back.
    """
    if delete_old and not rewrite_inputs:
        raise click.UsageError("--delete-old goes with --rewrite-inputs: without it nothing in S3 is changed")
    if not settings.config.forgetting:  # before anything is started
        raise ConfigError("forgetting", "is false: set `forgetting: true` and deploy, then users can be forgotten")
    ids = _ids(users)
    session = settings.connect(start=False)
    from personalize_sfn.execution.views import shown_in, view_on
    from personalize_sfn.forgetting import MEANWHILE
    from personalize_sfn.forgetting import forget as delete

    console = settings.console
    rewrite = " and rewrite the data in S3" if rewrite_inputs else ""
    settings.confirm(session, f"Delete all data of {len(ids):,} users of {settings.config.project}{rewrite}?", yes=yes)
    console.print(f"[yellow]note[/] {MEANWHILE}", soft_wrap=True)
    try:
        with shown_in(view_on(console), session.client("stepfunctions")) as progress:
            done = delete(
                session,
                settings.config,
                ids,
                rewrite_inputs=rewrite_inputs,
                keep_old=not delete_old,
                progress=progress,
            )
    except KeyboardInterrupt as interrupt:
        interrupt.__notes__ = ["if it was started it continues; the same command waits for it again"]
        raise
    settings.execution_arn = done.execution_arn
    for sentence in done.sentences:
        console.print(f"[green]✓[/] {literal(sentence)}", soft_wrap=True)
    settings.answer(done.to_dict())
    return 1 if done.ran_beside else 0


def _ids(path: Path) -> list[str]:
    """The values of the column USER_ID.

    Raises:
        DataError: the file has no such column, or is no CSV in UTF-8.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file)
            if _COLUMN not in (rows.fieldnames or ()):
                found = ", ".join(rows.fieldnames or ()) or "none"
                raise DataError(f"{path.name}: expected a column {_COLUMN}, its columns are: {found}")
            return [row[_COLUMN] for row in rows if row[_COLUMN]]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path.name} is no CSV file in UTF-8: {error}") from error
