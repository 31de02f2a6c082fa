"""Asking a campaign, and putting titles, genres and the user's history beside its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from personalize_sfn.arns import parse
from personalize_sfn.aws_errors import code_of, message_of
from personalize_sfn.config import Config
from personalize_sfn.data_directories import require_same_data
from personalize_sfn.datasets.titles import read_titles
from personalize_sfn.errors import WorkflowError
from personalize_sfn.recipes import RECIPES
from personalize_sfn.recommendations.explanation import likes, supports
from personalize_sfn.recommendations.result import Item, Recommendations
from personalize_sfn.session import Session

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["recommend"]


def recommend(
    session: Session,
    config: Config,
    user_id: str,
    *,
    solution: str | None = None,
    num_results: int = 10,
    context: Mapping[str, str] | None = None,
    titles: Mapping[str, str] | pd.DataFrame | None = None,
    ratings: pd.DataFrame | None = None,
    via: Literal["workflow", "api"] = "workflow",
) -> Recommendations:
    """Ask a campaign of the project what to recommend to a user.

    Args:
        session: from :func:`personalize_sfn.connect`.
        config: the pipeline.
        user_id: of a user in the data, or of a new one, who gets what is popular.
        solution: key of ``config.solutions``; by default the first whose campaign answers for users.
        num_results: 1 to 500.
        context: what is known of the moment, by column of the Interactions dataset: ``{"DEVICE": "tv"}``.  It counts
            where training saw that the column matters.
        titles: the title of each item; or a table ITEM_ID, TITLE and, if there is one, GENRES (joined by ``|``), such
            as ``MovieLens.movies``.  Default: those that ``personalize-sfn run`` uploaded with the data, if any.
        ratings: a table USER_ID, ITEM_ID, TIMESTAMP and, if there is one, RATING of all users; then what the user liked
            (rated above 2; without RATING: all of it) stands beside, and which of it supports an item: see
            ``because`` of :class:`Item`.
        via: ``"workflow"`` runs the recommendation workflow, as the AWS post does; it must be deployed as ``config``
            describes.  ``"api"`` asks the campaign of the config's name directly, as an application would.

    Raises:
        ConfigError: there is no such solution, it has no campaign, or none answers for users.
        OtherConfigDeployedError: by the workflow only: what is deployed is not what ``config`` describes.
        WorkflowError: there is no campaign, the pipeline is not deployed, or the service refuses; says which.
        LocalAwsError: the project's data are in another data directory than the embedded AWS that runs.
    """
    require_same_data(session, config.project)
    key = config.answering("user") if solution is None else solution
    campaign = config.campaign_name(key)
    try:
        asked: dict[str, Any] = {"campaignArn": session.arns.personalize(f"campaign/{campaign}")}
        asked |= {"userId": str(user_id), "numResults": num_results} | ({"context": dict(context)} if context else {})
        answer = _ASK[via](session, config, asked)
    except WorkflowError as error:
        if _exists(session, asked["campaignArn"]):
            raise
        raise WorkflowError(
            f"campaign {campaign} does not exist yet. "
            "Run the main workflow first: run(session, config), or 'personalize-sfn run'",
            error=error.error,
            cause=error.cause,
            stage=error.stage,
            arn=error.arn,
        ) from error
    names, genres = _titles(read_titles(session, config) if titles is None else titles)
    items = [
        replace(
            _item(each["itemId"], names, genres),
            score=float(each["score"]) if each.get("score") is not None else None,
            reasons=tuple(each.get("reason") or ()),
        )
        for each in answer["itemList"]
    ]
    liked: tuple[Item, ...] = ()
    if ratings is not None:
        liked = _liked(ratings, str(user_id), names, genres)
        if not RECIPES[config.solutions[key].recipe].same_for_all:  # else nothing of a user's history is a reason
            items = _with_because(items, liked, ratings, str(user_id))
    return Recommendations(str(user_id), tuple(items), liked, str(answer.get("recommendationId", "")))


def _by_workflow(session: Session, config: Config, asked: dict[str, Any]) -> dict[str, Any]:
    from personalize_sfn.execution import Workflow
    from personalize_sfn.execution.deployed import TO_ASK, require_deployed

    require_deployed(session, config, TO_ASK)
    workflow = Workflow.attach(session.arns.state_machine(config.name("recommendation")), session=session)
    answer: dict[str, Any] = workflow.execute(inputs=asked).get_output(wait=True)
    return answer


def _by_api(session: Session, _config: Config, asked: dict[str, Any]) -> dict[str, Any]:
    from botocore.exceptions import ClientError

    try:
        answer: dict[str, Any] = session.client("personalize-runtime").get_recommendations(**asked)
    except ClientError as error:
        arn = asked["campaignArn"]
        raise WorkflowError(
            f"campaign {parse(arn).name} gives no recommendations: {message_of(error)}", error=code_of(error), arn=arn
        ) from error
    return answer


_ASK = {"workflow": _by_workflow, "api": _by_api}


def _exists(session: Session, campaign_arn: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        session.client("personalize").describe_campaign(campaignArn=campaign_arn)
    except ClientError as error:
        # Where even that may not be asked, the first error is the one to show.
        return code_of(error) != "ResourceNotFoundException"
    return True


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


def _liked(
    ratings: pd.DataFrame, user_id: str, names: Mapping[str, str], genres: Mapping[str, str]
) -> tuple[Item, ...]:
    own = likes(ratings[ratings["USER_ID"].astype(str) == user_id])
    by = [column for column in ("RATING", "TIMESTAMP") if column in own]
    best = own.sort_values(by, ascending=False, kind="stable").drop_duplicates("ITEM_ID")
    rated = best["RATING"].astype(float) if "RATING" in best else [None] * len(best)
    pairs = zip(best["ITEM_ID"].astype(str), rated, strict=True)
    return tuple(replace(_item(item, names, genres), rating=rating) for item, rating in pairs)


def _with_because(items: list[Item], liked: tuple[Item, ...], ratings: pd.DataFrame, user_id: str) -> list[Item]:
    """What the service gives a reason of its own for, such as exploration, is not there because of the history."""
    every = [*items, *liked]
    because = supports(
        [item.item_id for item in items if not item.reasons],
        [item.item_id for item in liked],
        user_id=user_id,
        ratings=ratings,
        genres={item.item_id: item.genres for item in every},
        titles={item.item_id: item.title for item in every},
    )
    return [replace(item, because=because.get(item.item_id)) for item in items]
