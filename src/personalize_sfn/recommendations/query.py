"""Asking what serves, and putting titles, genres and the user's history beside its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from personalize_sfn.config import Config
from personalize_sfn.config_parsing import check
from personalize_sfn.data_directories import require_same_data
from personalize_sfn.datasets.titles import read_titles
from personalize_sfn.recipes import RECIPES
from personalize_sfn.recommendations.answered_by import AnsweredBy, answered_by
from personalize_sfn.recommendations.asking import Via, ask
from personalize_sfn.recommendations.explanation import likes, supports
from personalize_sfn.recommendations.known_users import items_of
from personalize_sfn.recommendations.result import Item, Recommendations
from personalize_sfn.recommendations.wording import DID, did_of
from personalize_sfn.session import Session

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["actions", "rank", "recommend"]

Titles: TypeAlias = "Mapping[str, str] | pd.DataFrame | None"


def recommend(
    session: Session,
    config: Config,
    user_id: str | None = None,
    *,
    item_id: str | None = None,
    solution: str | None = None,
    num_results: int = 10,
    context: Mapping[str, str] | None = None,
    filter: str | None = None,  # noqa: A002 - called as Personalize calls it
    filter_values: Mapping[str, str] | None = None,
    metadata: Sequence[str] = (),
    promotions: Sequence[Mapping[str, Any]] = (),
    titles: Titles = None,
    ratings: pd.DataFrame | None = None,
    via: Via = "workflow",
) -> Recommendations:
    """Ask a campaign or recommender what to recommend to a user, or what is like an item.

    Args:
        session: from :func:`personalize_sfn.connect`.
        config: the pipeline.
        user_id: of a user in the data, or of a new one, who gets what is popular.
        item_id: for what is like an item; some use cases of a domain want both.
        solution: key of ``config.solutions`` or ``config.recommenders``; by default the first that answers that.
        num_results: 1 to 500.
        context: what is known of the moment, by column of the Interactions dataset: ``{"DEVICE": "tv"}``.  It counts
            where training saw that the column matters.
        filter: key of ``config.filters``; the newest that a run made of it is used.
        filter_values: for the ``$NAME`` of the filter's expression, texts in quotes: ``{"GENRE": '"Comedy","Drama"'}``.
        metadata: columns of Items that come with each item; the campaign must have ``enable_metadata``.
        promotions: as GetRecommendations takes them: ``[{"name", "percentPromotedItems", "filterArn"}]``.
        titles: the title of each item; or a table ITEM_ID, TITLE and, if there is one, GENRES (joined by ``|``), such
            as ``MovieLens.movies``.  Default: those that ``personalize-sfn run`` uploaded with the data, if any.
        ratings: a table USER_ID, ITEM_ID, TIMESTAMP and, if there are such, RATING and EVENT_TYPE of all users; then
            what the user liked (rated above 2; without RATING: all of it) stands beside, which of it supports an item:
            see ``because`` of :class:`Item`, and which items the user has had already.  EVENT_TYPE says whether they
            were bought, watched, read, ...
        via: ``"workflow"`` runs the recommendation workflow, as the AWS post does; it must be deployed as ``config``
            describes.  ``"api"`` asks the campaign of the config's name directly, as an application would.

    Raises:
        ConfigError: neither a user nor an item is given; there is no such solution or filter, or none answers that.
        OtherConfigDeployedError: by the workflow only: what is deployed is not what ``config`` describes.
        WorkflowError: there is no campaign, the pipeline is not deployed, or the service refuses; says which.
        LocalAwsError: the project's data are in another data directory than the embedded AWS that runs.
    """
    check(user_id is not None or item_id is not None, "user_id", "expected a user, an item_id, or both, got neither")
    require_same_data(session, config.project)
    given = {
        "userId": None if user_id is None else str(user_id),
        "itemId": None if item_id is None else str(item_id),
        "numResults": num_results,
        **_optional(context, filter, filter_values, metadata),
        "promotions": list(promotions) or None,
    }
    key, answer = ask(session, config, given, solution=solution, via=via)
    names, genres = _titles(read_titles(session, config) if titles is None else titles)
    items = [_answered(each, names, genres) for each in answer["itemList"]]
    known, had = _known(session, config, key, user_id)
    did = did_of(config, key, ratings)
    found = Recommendations(
        "" if user_id is None else str(user_id),
        tuple(items),
        (),
        str(answer.get("recommendationId", "")),
        like=None if item_id is None else _item(str(item_id), names, genres),
        answered_by=_answered_by(session, config, key),
        known=known,
        did=did,
        notes=_context_notes(config, context),
    )
    found = replace(found, items=tuple(_marked(item, had, f"already {did}") for item in found.items))
    return found if ratings is None or user_id is None else _beside_history(found, ratings, names, genres)


def rank(
    session: Session,
    config: Config,
    user_id: str,
    items: Sequence[str],
    *,
    solution: str | None = None,
    context: Mapping[str, str] | None = None,
    filter: str | None = None,  # noqa: A002
    filter_values: Mapping[str, str] | None = None,
    metadata: Sequence[str] = (),
    titles: Titles = None,
    via: Via = "workflow",
) -> Recommendations:
    """Put items in order for a user, best first.

    Args:
        items: ids, 1 to 500.  What the training did not know comes last, without a score.

    The others, and what is raised, as :func:`recommend` has them; the solution's recipe must be one that ranks.
    """
    check(len(items) > 0, "items", "expected at least one item, got none")
    require_same_data(session, config.project)
    given = {
        "userId": str(user_id),
        "inputList": [str(each) for each in items],
        **_optional(context, filter, filter_values, metadata),
    }
    key, answer = ask(session, config, given, solution=solution, via=via)
    names, genres = _titles(read_titles(session, config) if titles is None else titles)
    return Recommendations(
        str(user_id),
        tuple(_answered(each, names, genres) for each in answer["itemList"]),
        (),
        str(answer.get("recommendationId", "")),
        ranked=True,
        answered_by=_answered_by(session, config, key),
        known=_known(session, config, key, user_id)[0],
        notes=_context_notes(config, context),
    )


def actions(
    session: Session,
    config: Config,
    user_id: str,
    *,
    solution: str | None = None,
    num_results: int = 5,
    filter: str | None = None,  # noqa: A002
    filter_values: Mapping[str, str] | None = None,
    titles: Titles = None,
    via: Via = "workflow",
) -> Recommendations:
    """The actions that a user is most likely to take; ``items`` of the answer are actions, scores are probabilities.

    Args:
        num_results: 1 to 100.
        titles: the title of each action.

    The others, and what is raised, as :func:`recommend` has them; the recipe must be aws-next-best-action.
    """
    require_same_data(session, config.project)
    given = {
        "userId": str(user_id),
        "numResults": num_results,
        "answers": "actions",
        **_optional(None, filter, filter_values, ()),
    }
    key, answer = ask(session, config, given, solution=solution, via=via)
    names, genres = _titles(titles)
    return Recommendations(
        str(user_id),
        tuple(_answered({**each, "itemId": each["actionId"]}, names, genres) for each in answer["itemList"]),
        (),
        str(answer.get("recommendationId", "")),
        answered_by=_answered_by(session, config, key),
    )


def _optional(
    context: Mapping[str, str] | None,
    filter_key: str | None,
    filter_values: Mapping[str, str] | None,
    metadata: Sequence[str],
) -> dict[str, Any]:
    return {
        "context": dict(context) if context else None,
        "filter": filter_key,
        "filterValues": dict(filter_values) if filter_values else None,
        "metadataColumns": {"ITEMS": list(metadata)} if metadata else None,
    }


def _answered(each: Mapping[str, Any], names: Mapping[str, str], genres: Mapping[str, str]) -> Item:
    return replace(
        _item(each["itemId"], names, genres),
        score=float(each["score"]) if each.get("score") is not None else None,
        reasons=tuple(each.get("reason") or ()),
        metadata=dict(each.get("metadata") or {}),
    )


def _titles(titles: Mapping[str, str] | pd.DataFrame | None) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Title and genres of each item."""
    if titles is None:
        return {}, {}
    if isinstance(titles, Mapping):
        return titles, {}
    ids = titles["ITEM_ID"].astype(str)
    names = dict(zip(ids, titles["TITLE"], strict=True))
    if "GENRES" not in titles:
        return names, {}
    return names, {item: text for item, text in zip(ids, titles["GENRES"], strict=True) if isinstance(text, str)}


def _item(item_id: str, names: Mapping[str, str], genres: Mapping[str, str]) -> Item:
    known = tuple(part for part in genres.get(item_id, "").split("|") if part)
    return Item(item_id, names.get(item_id, item_id), known)


def _recipe(config: Config, key: str) -> str:
    settings = config.solutions.get(key) or config.recommenders[key]
    return settings.recipe


def _arn(session: Session, config: Config, key: str) -> str:
    from personalize_sfn.what_serves import serving

    return serving(config, session.arns)[key]["arn"]


def _answered_by(session: Session, config: Config, key: str) -> AnsweredBy:
    return answered_by(session, _arn(session, config, key), _recipe(config, key))


def _known(session: Session, config: Config, key: str, user_id: str | None) -> tuple[bool | None, frozenset[str]]:
    """Whether what answered knows the user, where somebody tells, and with which items."""
    items = None if user_id is None else items_of(session, _arn(session, config, key), str(user_id))
    return (None, frozenset()) if items is None else (bool(items), frozenset(items))


def _marked(item: Item, had: frozenset[str], mark: str) -> Item:
    return replace(item, had=mark) if item.item_id in had else item


def _context_notes(config: Config, context: Mapping[str, str] | None) -> tuple[str, ...]:
    """Which names of ``context`` are no columns: Personalize passes them over without a word."""
    columns = [str(each["name"]) for each in config.datasets.interactions.schema["fields"]]
    about = [name for name in columns if name not in ("USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE")]
    unknown = [name for name in context or {} if name.upper() not in map(str.upper, about)]
    has = f"whose columns for context are {', '.join(about)}" if about else "which has no columns for context"
    return tuple(
        f"context {name}: no such column of the Interactions schema, {has}; it has no effect" for name in unknown
    )


def _beside_history(
    found: Recommendations, ratings: pd.DataFrame, names: Mapping[str, str], genres: Mapping[str, str]
) -> Recommendations:
    """With what the user liked, what of it supports an item, and which items the user has had."""
    own = ratings[ratings["USER_ID"].astype(str) == found.user_id]
    liked = _liked(own, names, genres)
    had = _had(found, liked, own)
    items = [replace(item, had=had.get(item.item_id, item.had)) for item in found.items]
    recipe = None if found.answered_by is None else RECIPES.get(found.answered_by.recipe)
    if recipe is None or not recipe.same_for_all:  # else nothing of a user's history is a reason
        items = _with_because(items, liked, ratings, found)
    return replace(found, items=tuple(items), liked=liked, known=found.known or not own.empty)


def _had(found: Recommendations, liked: tuple[Item, ...], own: pd.DataFrame) -> dict[str, str]:
    """What the user has done with items already."""
    had = {str(item): f"already {DID}" for item in own["ITEM_ID"]}
    if "RATING" in own:  # the best, as among what they liked; only some of the rows may have one
        best = (
            own.dropna(subset=["RATING"]).astype({"ITEM_ID": str, "RATING": float}).groupby("ITEM_ID")["RATING"].max()
        )
        had |= {str(item): f"already rated {rating:g}" for item, rating in best.items()}
    return had | {item.item_id: f"already {found.did}" for item in liked if item.rating is None}


def _liked(own: pd.DataFrame, names: Mapping[str, str], genres: Mapping[str, str]) -> tuple[Item, ...]:
    own = likes(own)
    by = [column for column in ("RATING", "TIMESTAMP") if column in own]
    best = own.sort_values(by, ascending=False, kind="stable").drop_duplicates("ITEM_ID")
    rated = best["RATING"].astype(float) if "RATING" in best else [None] * len(best)
    pairs = zip(best["ITEM_ID"].astype(str), rated, strict=True)
    return tuple(replace(_item(item, names, genres), rating=rating) for item, rating in pairs)


def _with_because(
    items: list[Item], liked: tuple[Item, ...], ratings: pd.DataFrame, found: Recommendations
) -> list[Item]:
    """What the service gives a reason of its own for, such as exploration, is not there because of the history."""
    every = [*items, *liked]
    because = supports(
        [item.item_id for item in items if not item.reasons],
        [item.item_id for item in liked],
        user_id=found.user_id,
        ratings=ratings,
        genres={item.item_id: item.genres for item in every},
        titles={item.item_id: item.title for item in every},
    )
    told = {item: replace(each, did=found.did) for item, each in because.items()}
    return [replace(item, because=told.get(item.item_id)) for item in items]
