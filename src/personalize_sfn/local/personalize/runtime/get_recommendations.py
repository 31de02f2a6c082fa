"""GetRecommendations and GetPersonalizedRanking.

https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html
"""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.filters.dataset_group import item_mask, places_of_items, without_events
from personalize_sfn.local.personalize.filters.evaluation import CandidateMask
from personalize_sfn.local.personalize.runtime.promotions import with_promotion
from personalize_sfn.local.personalize.runtime.recommendation_ids import recommendation_id
from personalize_sfn.local.personalize.runtime.served_model import Served, served_by
from personalize_sfn.local.personalize.training.recipes import (
    PERSONALIZED_ACTIONS,
    PERSONALIZED_RANKING,
    RELATED_ITEMS,
    USER_PERSONALIZATION,
)
from personalize_sfn.local.personalize.wire.errors import invalid_input
from personalize_sfn.local.personalize.wire.protocol import Members

if TYPE_CHECKING:
    from personalize_sfn.engine import Scored

DEFAULT_RESULTS, MOST_RESULTS, MOST_RANKED = 25, 500, 500
MOST_WITH_METADATA = 50
EXPLORATION = "Exploration"
POPULAR_ITEMS = "POPULAR_ITEMS"


def get_recommendations(context: OperationContext, request: Members) -> Members:
    """Recipes that learn nothing from ``context`` pass it over."""
    count = request.get("numResults", DEFAULT_RESULTS)
    _check_count("numResults", count, MOST_RESULTS, request)
    served = served_by(context, request)
    answer = _ANSWERERS[served.recipe_type](served, request)
    mask = _mask(served, request)
    if request.get("promotions"):
        entries = with_promotion(served, request, answer, mask, count)
        shown = _shown([entry["item"] for entry in entries], served, request)
        shown = [item | entry.get("more", {}) for item, entry in zip(shown, entries, strict=True)]
    else:
        shown = _shown(answer(count, mask), served, request)
    return {"itemList": shown, "recommendationId": recommendation_id(_source(request))}


def get_personalized_ranking(context: OperationContext, request: Members) -> Members:
    from personalize_sfn.engine import rank_for_users

    wanted: list[str] = request["inputList"]
    _check_count("the length of inputList", len(wanted), MOST_RANKED, request)
    served = served_by(context, request)
    if served.recipe_type != PERSONALIZED_RANKING:
        raise invalid_input(
            f"GetPersonalizedRanking needs a campaign with a recipe of type {PERSONALIZED_RANKING}; "
            f"this one is of type {served.recipe_type}: use GetRecommendations"
        )
    mask = _mask(served, request)
    if mask is not None:
        places = places_of_items(served.trained.model)
        wanted = [item for item in wanted if (mask[places[item]] if item in places else not served.includes)]
    person = request["userId"]
    [ranked] = rank_for_users(
        served.trained.model,
        [served.trained.user(person)],
        [served.history(person)],
        [wanted],
        context=request.get("context"),
    )
    return {
        "personalizedRanking": _shown(ranked, served, request),
        "recommendationId": recommendation_id(_source(request)),
    }


def _source(request: Members) -> str:
    return str(request.get("campaignArn") or request["recommenderArn"])


def _check_count(name: str, count: int, most: int, request: Members) -> None:
    if request.get("metadataColumns"):
        most = MOST_WITH_METADATA
    if count > most:
        raise invalid_input(f"{name} must be at most {most}, got {count}")


def _mask(served: Served, request: Members) -> CandidateMask | None:
    """Which items may be answered: what the filter lets through, without what the use case leaves out by itself."""
    user_id, item_id = request.get("userId"), request.get("itemId")
    model, masks = served.trained.model, []
    if served.filter is not None:
        values = request.get("filterValues", {})
        masks.append(item_mask(served.filter, values, served.data, model, user_id=user_id, item_id=item_id))
    if served.leaves_out is not None and user_id is not None:
        masks.append(without_events(served.leaves_out, served.data, model, user_id))
    return functools.reduce(operator.and_, masks) if masks else None


TopItems = Callable[[int, "CandidateMask | None"], Sequence["Scored"]]
"""The best so many of the items that the mask lets through."""


def _for_user(served: Served, request: Members) -> TopItems:
    from personalize_sfn.engine import recommend_for_users

    if "userId" not in request:
        raise invalid_input("userId is required by the recipe of this campaign")
    model, users = served.trained.model, [served.trained.user(request["userId"])]
    histories = [served.history(request["userId"])]
    how: dict[str, Any] = {"exploration": served.exploration, "context": request.get("context")}
    return lambda count, mask: recommend_for_users(model, users, histories, k=count, candidates=mask, **how)[0]


def _for_item(served: Served, request: Members) -> TopItems:
    if "itemId" not in request:
        raise invalid_input("itemId is required by the recipe of this campaign")
    if served.leaves_out is not None and "userId" not in request:
        raise invalid_input(
            f"userId is required by this use case: it leaves out what the user had a {served.leaves_out} of"
        )
    model = served.trained.model
    return lambda count, mask: model.similar(request["itemId"], count, candidates=mask)


def _for_anybody(served: Served, request: Members) -> TopItems:
    if served.needs_user and "userId" not in request:
        raise invalid_input("userId is required by the use case of this recommender")
    model = served.trained.model
    return lambda count, mask: model.recommend([], k=count, candidates=mask)


def _ranking_only(served: Served, request: Members) -> TopItems:
    raise invalid_input(f"A campaign with a recipe of type {PERSONALIZED_RANKING} answers GetPersonalizedRanking only")


def _actions_only(served: Served, request: Members) -> TopItems:
    raise invalid_input(
        f"A campaign with a recipe of type {PERSONALIZED_ACTIONS} answers GetActionRecommendations only"
    )


#: Versions of type USER_SEGMENTATION cannot be deployed.
_ANSWERERS: dict[str, Callable[[Served, Members], TopItems]] = {
    USER_PERSONALIZATION: _for_user,
    RELATED_ITEMS: _for_item,
    POPULAR_ITEMS: _for_anybody,
    PERSONALIZED_RANKING: _ranking_only,
    PERSONALIZED_ACTIONS: _actions_only,
}


def _shown(items: Sequence[Scored], served: Served, request: Members) -> list[Members]:
    """The list of an answer."""
    from personalize_sfn.engine import Explored

    explored = Explored if served.gives_reasons else ()
    columns: list[str] | None = (request.get("metadataColumns") or {}).get("ITEMS")
    answer: list[Members] = []
    for item in items:
        shown: Members = {"itemId": item.item_id}
        if isinstance(item, explored):
            shown["reason"] = [EXPLORATION]
        if item.score is not None and served.gives_scores:
            shown["score"] = round(float(item.score), 7)
        if columns is not None:
            shown["metadata"] = served.metadata(item.item_id, columns)
        answer.append(shown)
    return answer
