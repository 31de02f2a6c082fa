"""Campaigns: they serve a solution version; CreateCampaign and UpdateCampaign."""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

from typing import Any

from personalize_sfn.local.personalize.api_errors import in_use, invalid_input, not_found, unsupported
from personalize_sfn.local.personalize.environment import Request
from personalize_sfn.local.personalize.lifecycle import CREATE, Change
from personalize_sfn.local.personalize.operations.behaviour import Behaviour, Call, Members, Parents
from personalize_sfn.local.personalize.operations.generic import require_active
from personalize_sfn.local.personalize.recipes import recipe
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.resources import ACTIVE, CAMPAIGN, SOLUTION, SOLUTION_VERSION

LATEST = "/$LATEST"
_SETTINGS = ("solutionVersionArn", "minProvisionedTPS", "campaignConfig")


def _normalise(call: Call, request: Request) -> Request:
    """``<solution>/$LATEST`` becomes the solution's newest ACTIVE version."""
    alias = request.get("solutionVersionArn", "")
    if not alias.endswith(LATEST):
        if request.get("campaignConfig", {}).get("syncWithLatestSolutionVersion") and alias:
            raise invalid_input("syncWithLatestSolutionVersion needs a solutionVersionArn that ends in /$LATEST")
        return request
    solution = call.store.get(SOLUTION, alias.removesuffix(LATEST))
    versions = [
        version for version in call.store.of(SOLUTION_VERSION, solution=solution.arn) if version.status == ACTIVE
    ]
    if not versions:
        raise not_found(f"The given solution has no ACTIVE solution version: {solution.arn}")
    return request | {"solutionVersionArn": max(versions, key=lambda version: version.number).arn}


def _prepare(call: Call, request: Request, parents: Parents) -> Members:
    config = request.get("campaignConfig", {})
    _check_config(config, parents["solutionVersion"])
    return {"minProvisionedTPS": request.get("minProvisionedTPS", 1)}


def _check_config(config: dict[str, Any], version: Record) -> None:
    for name in ("enableMetadataWithRecommendations", "rankingInfluence", "syncWithLatestSolutionVersion"):
        if config.get(name):
            raise unsupported(f"campaignConfig.{name}")
    exploration = config.get("itemExplorationConfig", {})
    chosen = recipe(version.members["recipeArn"])
    if exploration and not chosen.exploration:
        raise invalid_input(f"itemExplorationConfig does not go with the recipe {chosen.name}")
    for name, value in exploration.items():
        if name not in _EXPLORATION:
            raise invalid_input(f"itemExplorationConfig: expected {' or '.join(_EXPLORATION)}, got {name}")
        _check_between(name, value, *_EXPLORATION[name])


_EXPLORATION = {"explorationWeight": (0.0, 1.0), "explorationItemAgeCutOff": (1.0, float("inf"))}


def _check_between(name: str, value: str, low: float, high: float) -> None:
    try:
        fits = low <= float(value) <= high
    except ValueError:
        fits = False
    if not fits:
        raise invalid_input(f"{name}: expected a number from {low:g} to {high:g}, got {value!r}")


def _updating(call: Call, record: Record) -> str | None:
    latest = record.members.get("latestCampaignUpdate")
    if latest is None or latest["status"] in (ACTIVE, "CREATE FAILED"):
        return None
    return f"The given campaign is being updated, the update is {latest['status']}: {record.arn}"


def update_campaign(call: Call, request: Request) -> Members:
    """The old version serves until the update is ACTIVE; the campaign itself stays ACTIVE."""
    record = call.store.get(CAMPAIGN, request["campaignArn"])
    if record.status not in (ACTIVE, "CREATE FAILED"):
        require_active(record)
    reason = _updating(call, record)
    if reason is not None:
        raise in_use(reason)
    request = _normalise(call, request)
    new: dict[str, Any] = {name: request.get(name, record.members.get(name)) for name in _SETTINGS}
    if all(record.members.get(name) == value for name, value in new.items()) and record.status == ACTIVE:
        raise invalid_input(f"The update changes nothing of the given campaign: {record.arn}")
    version = call.store.get(SOLUTION_VERSION, new["solutionVersionArn"])
    require_active(version)
    _check_config(new["campaignConfig"] or {}, version)

    update = {**new, "creationDateTime": call.now, "lastUpdatedDateTime": call.now}
    record.members["latestCampaignUpdate"] = update

    def settled(_: Any) -> None:
        record.ancestors = {**version.ancestors, SOLUTION_VERSION.key: version.arn}
        record.members.update(new, status=ACTIVE, lastUpdatedDateTime=update["lastUpdatedDateTime"])
        record.members.pop("failureReason", None)

    change = Change(
        record=record,
        view=update,
        phase=CREATE,
        started=call.now,
        seconds=call.durations.creation(CAMPAIGN.key),
        settled=settled,
        failure=call.faults.take_failure(CAMPAIGN.key),
    )
    call.lifecycle.begin(call.store, change)
    return {"campaignArn": record.arn}


BEHAVIOUR = Behaviour(normalise=_normalise, prepare=_prepare, blocked=_updating)
