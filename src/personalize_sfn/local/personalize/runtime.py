"""GetRecommendations and GetPersonalizedRanking.

https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html
"""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from personalize_sfn.local.personalize.api_errors import invalid_input, not_found, unsupported
from personalize_sfn.local.personalize.environment import Request
from personalize_sfn.local.personalize.operations.behaviour import Call, Members
from personalize_sfn.local.personalize.operations.dataset_groups import live_events
from personalize_sfn.local.personalize.recipes import (
    PERSONALIZED_RANKING,
    RELATED_ITEMS,
    USER_PERSONALIZATION,
    recipe,
)
from personalize_sfn.local.personalize.tables import LiveEvent
from personalize_sfn.local.personalize.training import Trained
from personalize_sfn.resources import ACTIVE, CAMPAIGN, DATASET_GROUP, SOLUTION_VERSION

if TYPE_CHECKING:
    from personalize_sfn.engine import Scored

DEFAULT_RESULTS, MOST_RESULTS, MOST_RANKED = 25, 500, 500
_NOT_YET = ("recommenderArn", "filterArn", "filterValues", "promotions", "metadataColumns")


@dataclass(frozen=True, slots=True)
class _Served:
    """What a campaign answers with, taken under the lock; models never change, so the rest needs no lock."""

    recipe_type: str
    trained: Trained
    events: list[LiveEvent]

    def history(self, person: str | None) -> list[str]:
        """Item ids, oldest first: what training knew of the person, then what has happened since."""
        known = [] if person is None else [event.item_id for event in self.trained.model.history(person)]
        since = [
            event.item_id
            for event in self.events
            if event.item_id is not None and self.trained.selection.takes(event.event_type, event.value)
        ]
        return known + since


def get_recommendations(call: Call, request: Request) -> Members:
    _refuse_unsupported("GetRecommendations", request)
    count = request.get("numResults", DEFAULT_RESULTS)
    if count > MOST_RESULTS:
        raise invalid_input(f"numResults must be at most {MOST_RESULTS}, got {count}")
    if "campaignArn" not in request:
        raise invalid_input("campaignArn or recommenderArn is required")
    served = _served(call, request["campaignArn"], request.get("userId"))
    items = _answerer(served.recipe_type)(served, request, count)
    return {"itemList": [_scored(item) for item in items], "recommendationId": _recommendation_id()}


def get_personalized_ranking(call: Call, request: Request) -> Members:
    _refuse_unsupported("GetPersonalizedRanking", request)
    if len(request["inputList"]) > MOST_RANKED:
        raise invalid_input(f"inputList must hold at most {MOST_RANKED} items, got {len(request['inputList'])}")
    served = _served(call, request["campaignArn"], request["userId"])
    if served.recipe_type != PERSONALIZED_RANKING:
        raise invalid_input(
            f"GetPersonalizedRanking needs a campaign with a recipe of type {PERSONALIZED_RANKING}; "
            f"this one is of type {served.recipe_type}: use GetRecommendations"
        )
    ranked = served.trained.model.rank(served.history(request["userId"]), request["inputList"])
    return {"personalizedRanking": [_scored(item) for item in ranked], "recommendationId": _recommendation_id()}


def _refuse_unsupported(operation: str, request: Request) -> None:
    for name in _NOT_YET:
        if request.get(name):
            raise unsupported(f"{operation} with {name}")


def _served(call: Call, campaign_arn: str, person: str | None) -> _Served:
    with call.store.lock:
        call.lifecycle.advance(call.store)
        campaign = call.store.get(CAMPAIGN, campaign_arn)
        if campaign.status != ACTIVE:
            # The runtime models no ResourceInUseException: a campaign that is not ACTIVE is not there yet, or no more.
            raise not_found(f"The given campaign is not ACTIVE, its status is {campaign.status}: {campaign_arn}")
        version = call.store.get(SOLUTION_VERSION, campaign.members["solutionVersionArn"])
        trained: Trained = version.content
        live = live_events(call.store.get(DATASET_GROUP, campaign.ancestors["datasetGroup"]))
        events = [] if person is None else live.of(person, after=trained.last_event)
        return _Served(recipe(version.members["recipeArn"]).type, trained, events)


def _for_user(served: _Served, request: Request, count: int) -> Sequence[Scored]:
    if "userId" not in request:
        raise invalid_input("userId is required by the recipe of this campaign")
    return served.trained.model.recommend(served.history(request["userId"]), k=count)


def _for_item(served: _Served, request: Request, count: int) -> Sequence[Scored]:
    if "itemId" not in request:
        raise invalid_input("itemId is required by the recipe of this campaign")
    return served.trained.model.similar(request["itemId"], count)


def _ranking_only(served: _Served, request: Request, count: int) -> Sequence[Scored]:
    raise invalid_input(f"A campaign with a recipe of type {PERSONALIZED_RANKING} answers GetPersonalizedRanking only")


_ANSWERERS: dict[str, Callable[[_Served, Request, int], Sequence[Scored]]] = {
    USER_PERSONALIZATION: _for_user,
    RELATED_ITEMS: _for_item,
    PERSONALIZED_RANKING: _ranking_only,
}


def _answerer(recipe_type: str) -> Callable[[_Served, Request, int], Sequence[Scored]]:
    if recipe_type not in _ANSWERERS:
        raise unsupported(f"GetRecommendations for a recipe of type {recipe_type}")
    return _ANSWERERS[recipe_type]


def _scored(item: Scored) -> dict[str, Any]:
    return {"itemId": item.item_id, "score": None if item.score is None else round(float(item.score), 7)}


def _recommendation_id() -> str:
    return f"RID-{uuid.uuid4()}"


def get_action_recommendations(call: Call, request: Request) -> Members:
    raise unsupported("GetActionRecommendations")
