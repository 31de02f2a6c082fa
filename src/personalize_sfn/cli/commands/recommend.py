"""``personalize-sfn recommend``."""

from __future__ import annotations

from typing import Literal

import click

from personalize_sfn.cli.data import check, columns_option, given_titles
from personalize_sfn.cli.pairs import pairs
from personalize_sfn.cli.settings import Settings, json_option, literal, pass_settings, settings_options


@click.command(
    epilog="""\b
Examples:
  personalize-sfn recommend 1
  personalize-sfn recommend 1 --num-results 25 --json
  personalize-sfn recommend 1 --context DEVICE=tv
  personalize-sfn --target aws recommend u-4711 --titles products.csv --via api"""
)
@click.argument("user_id")
@click.option("--num-results", type=click.IntRange(1, 500), default=10, help="How many items.  Default: 10.")
@click.option(
    "--context",
    metavar="COLUMN=VALUE",
    multiple=True,
    callback=pairs(r"([^=]+)=(.*)", "COLUMN=VALUE, such as DEVICE=tv"),
    help="What is known of the moment, such as DEVICE=tv.  Repeat it for more columns.",
)
@click.option(
    "--titles",
    metavar="SOURCE",
    help="A CSV with ITEM_ID, TITLE and perhaps GENRES, or movielens.  Default: those that came with the data.",
)
@columns_option
@click.option(
    "--via",
    type=click.Choice(["workflow", "api"]),
    default="workflow",
    help="By the recommendation workflow (default), or ask the campaign directly.",
)
@json_option
@settings_options
@pass_settings
def recommend(
    settings: Settings,
    *,
    user_id: str,
    num_results: int,
    context: dict[str, str],
    titles: str | None,
    columns: dict[str, str],
    via: Literal["workflow", "api"],
) -> None:
    """Recommend items to a user.  A user who is not in the data gets what is popular."""
    if titles is not None:
        check(titles, "--titles")
    session = settings.connect(start=False)
    from personalize_sfn.cli.tables import recommendation_table
    from personalize_sfn.recommendations import recommend as ask

    console = settings.console
    with console.status(f"Asking for user {literal(user_id)}"):
        table = None if titles is None else given_titles(titles, settings.config, columns)
        found = ask(session, settings.config, user_id, num_results=num_results, context=context, titles=table, via=via)
    console.print(recommendation_table(found, console.width))
    settings.answer(
        {
            "userId": found.user_id,
            "recommendationId": found.recommendation_id,
            "itemList": [
                {"itemId": item.item_id, "title": item.title, "genres": list(item.genres), "score": item.score}
                for item in found.items
            ],
        }
    )
