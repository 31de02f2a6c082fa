"""``personalize-sfn compare``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from personalize_sfn.cli.commands.recommend import answered_by, item_for_programs
from personalize_sfn.cli.data import check, columns_option, given_titles
from personalize_sfn.cli.settings import Settings, json_option, literal, pass_settings, settings_options

if TYPE_CHECKING:
    from rich.table import Table

    from personalize_sfn.comparison import Comparison


def _keys(_context: click.Context, _parameter: click.Parameter, value: str | None) -> list[str] | None:
    return None if value is None else [key.strip() for key in value.split(",") if key.strip()]


@click.command(
    epilog="""\b
Examples:
  personalize-sfn compare 461
  personalize-sfn compare 461 --solutions popular,for-you --num-results 5
  personalize-sfn compare 461 --json"""
)
@click.argument("user_id")
@click.option(
    "--solutions",
    metavar="KEYS",
    callback=_keys,
    help="Which of the config's solutions, separated by commas.  Default: all that serve recommendations to a user.",
)
@click.option("--num-results", type=click.IntRange(1, 500), default=10, help="How many items.  Default: 10.")
@click.option(
    "--titles",
    metavar="SOURCE",
    help="A CSV with ITEM_ID, TITLE and perhaps GENRES, or movielens.  Default: those that came with the data.",
)
@columns_option
@json_option
@settings_options
@pass_settings
def compare(
    settings: Settings,
    *,
    user_id: str,
    solutions: list[str] | None,
    num_results: int,
    titles: str | None,
    columns: dict[str, str],
) -> None:
    """Show what several solutions recommend to a user, side by side.  Nothing is trained."""
    if titles is not None:
        check(titles, "--titles")
    session = settings.connect(start=False)
    from personalize_sfn.comparison import compare as ask

    console = settings.console
    with console.status(f"Asking for user {literal(user_id)}"):
        table = None if titles is None else given_titles(titles, settings.config, columns)
        found = ask(session, settings.config, user_id, solutions=solutions, num_results=num_results, titles=table)
    console.print(_table(found))
    for line in (*found.sentences, *found.about):
        console.print(f"  {literal(line)}", style="dim")
    settings.answer(
        {
            "userId": found.user_id,
            "answers": {
                key: {
                    **answered_by(answer),
                    "differs": list(found.differs(key)),
                    "itemList": [item_for_programs(item) for item in answer.items],
                }
                for key, answer in found.answers.items()
            },
            "failed": dict(found.failed),
            "overlap": [{"solutions": list(pair), "items": count} for pair, count in found.overlap.items()],
        }
    )


def _table(found: Comparison) -> Table:
    from rich.table import Table

    table = Table(box=None, padding=(0, 1, 0, 1), header_style="bold", expand=True)
    table.add_column("", justify="right", style="dim", no_wrap=True)
    for key in found.answers:
        table.add_column(literal(key), no_wrap=True, overflow="ellipsis", ratio=1, style="cyan")
    for rank, row in enumerate(found.rows, 1):
        table.add_row(str(rank), *map(literal, row))
    return table
