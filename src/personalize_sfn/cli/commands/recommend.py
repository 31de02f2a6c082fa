"""``personalize-sfn recommend``, ``rank`` and ``actions``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import click

from personalize_sfn.cli.data import check, columns_option, given_titles
from personalize_sfn.cli.pairs import pairs
from personalize_sfn.cli.settings import Settings, json_option, literal, pass_settings, settings_options

if TYPE_CHECKING:
    from personalize_sfn.recommendations import Item, Recommendations

_ASKING = (
    click.option("--solution", metavar="KEY", help="Which of the config's solutions.  Default: the first that fits."),
    click.option(
        "--context",
        metavar="COLUMN=VALUE",
        multiple=True,
        callback=pairs(r"([^=]+)=(.*)", "COLUMN=VALUE, such as DEVICE=tv"),
        help="What is known of the moment, such as DEVICE=tv.  Repeat it for more columns.",
    ),
    click.option("--filter", metavar="KEY", help="Which of the config's filters to apply."),
    click.option(
        "--filter-value",
        "filter_values",
        metavar="NAME=VALUE",
        multiple=True,
        callback=pairs(r"([^=]+)=(.*)", "NAME=VALUE, such as 'GENRE=\"Comedy\"'"),
        help="For a $NAME of the filter; texts in quotes.  Repeat it for more.",
    ),
    click.option("--metadata", metavar="COLUMN", multiple=True, help="A column of Items to show.  Repeat it for more."),
    click.option(
        "--titles",
        metavar="SOURCE",
        help="A CSV with ITEM_ID, TITLE and perhaps GENRES, or movielens.  Default: those that came with the data.",
    ),
    columns_option,
    click.option(
        "--via",
        type=click.Choice(["workflow", "api"]),
        default="workflow",
        help="By the recommendation workflow (default), or ask the campaign directly.",
    ),
    json_option,
    settings_options,
    pass_settings,
)


def tell_recommendations(settings: Settings, found: Recommendations) -> None:
    """The answer as a table, below it what gave it and what to know of the question."""
    from personalize_sfn.cli.tables import recommendation_table

    console = settings.console
    console.print(recommendation_table(found, console.width))
    for line in (" · ".join(found.facts), *(f"note: {note}" for note in found.notes)):
        if line:
            console.print(f"  {literal(line)}", style="dim")


def answered_by(found: Recommendations) -> dict[str, object]:
    """The same for a program; what is not known is left out."""
    by = found.answered_by
    if by is None:
        return {}
    trained = None if by.trained is None else by.trained.isoformat()
    about = {"kind": by.kind, "name": by.name, "recipe": by.recipe, "version": by.version or None, "trained": trained}
    told: dict[str, object] = {"answeredBy": {name: value for name, value in about.items() if value is not None}}
    return told if found.known is None else {**told, "userIsKnown": found.known}


def item_for_programs(item: Item) -> dict[str, object]:
    """A recommended item."""
    return {
        "itemId": item.item_id,
        "title": item.title,
        "genres": list(item.genres),
        "score": item.score,
        **({"had": item.had} if item.had else {}),
        **({"metadata": dict(item.metadata)} if item.metadata else {}),
    }


def asking_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What all that ask have in common."""
    for option in reversed(_ASKING):
        command = option(command)
    return command


@click.command(
    epilog="""\b
Examples:
  personalize-sfn recommend 1
  personalize-sfn recommend 1 --num-results 25 --json
  personalize-sfn recommend 1 --context DEVICE=tv --filter unseen
  personalize-sfn recommend --item 42 --solution similar
  personalize-sfn --target aws recommend u-4711 --titles products.csv --via api"""
)
@click.argument("user_id", required=False)
@click.option("--item", "item_id", metavar="ITEM_ID", help="What is like this item.")
@click.option("--num-results", type=click.IntRange(1, 500), default=10, help="How many items.  Default: 10.")
@asking_options
def recommend(settings: Settings, *, user_id: str | None, item_id: str | None, num_results: int, **asked: Any) -> None:
    """Recommend items to a user, or what is like an item.  A user who is not in the data gets what is popular."""
    if user_id is None and item_id is None:
        raise click.UsageError("Expected a USER_ID, or --item ITEM_ID, or both.")
    from personalize_sfn.recommendations import recommend as ask

    who = f"user {user_id}" if user_id is not None else f"item {item_id}"
    _ask(settings, who, ask, (user_id,), {"item_id": item_id, "num_results": num_results}, asked)


@click.command(
    epilog="""\b
Examples:
  personalize-sfn rank 1 7 9 42
  personalize-sfn rank 1 7 9 42 --solution ranking --json"""
)
@click.argument("user_id")
@click.argument("items", nargs=-1, required=True)
@asking_options
def rank(settings: Settings, *, user_id: str, items: tuple[str, ...], **asked: Any) -> None:
    """Put items in order for a user, best first."""
    from personalize_sfn.recommendations import rank as ask

    _ask(settings, f"user {user_id}", ask, (user_id, items), {}, asked)


def _ask(  # noqa: PLR0917
    settings: Settings,
    who: str,
    ask: Callable[..., Any],
    positional: tuple[Any, ...],
    named: dict[str, Any],
    asked: dict[str, Any],
) -> None:
    titles, columns = asked.pop("titles"), asked.pop("columns")
    if titles is not None:
        check(titles, "--titles")
    session = settings.connect(start=False)
    console = settings.console
    with console.status(f"Asking for {literal(who)}"):
        table = None if titles is None else given_titles(titles, settings.config, columns)
        found = ask(session, settings.config, *positional, titles=table, **named, **asked)
    tell_recommendations(settings, found)
    settings.answer(
        {
            "userId": found.user_id,
            **answered_by(found),
            "recommendationId": found.recommendation_id,
            "itemList": [item_for_programs(item) for item in found.items],
        }
    )


@click.command(
    epilog="""\b
Examples:
  personalize-sfn actions 1
  personalize-sfn actions 1 --num-results 3 --json"""
)
@click.argument("user_id")
@click.option("--num-results", type=click.IntRange(1, 100), default=5, help="How many actions.  Default: 5.")
@click.option("--solution", metavar="KEY", help="Which of the config's solutions.  Default: the first that fits.")
@click.option(
    "--via",
    type=click.Choice(["workflow", "api"]),
    default="workflow",
    help="By the recommendation workflow (default), or ask the campaign directly.",
)
@json_option
@settings_options
@pass_settings
def actions(
    settings: Settings, *, user_id: str, num_results: int, solution: str | None, via: Literal["workflow", "api"]
) -> None:
    """The actions that a user is most likely to take."""
    session = settings.connect(start=False)
    from personalize_sfn.recommendations import actions as ask

    console = settings.console
    with console.status(f"Asking for user {literal(user_id)}"):
        found = ask(session, settings.config, user_id, num_results=num_results, solution=solution, via=via)
    tell_recommendations(settings, found)
    settings.answer(
        {
            "userId": found.user_id,
            **answered_by(found),
            "recommendationId": found.recommendation_id,
            "actionList": [{"actionId": each.item_id, "score": each.score} for each in found.items],
        }
    )
