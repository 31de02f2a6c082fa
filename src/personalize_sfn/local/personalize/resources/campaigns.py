"""Campaigns: they serve a solution version; CreateCampaign and UpdateCampaign.

https://docs.aws.amazon.com/personalize/latest/dg/API_CampaignConfig.html
"""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

from typing import Any

from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.resources.crud import being_updated, require_no_update, update, update_under_way
from personalize_sfn.local.personalize.resources.hooks import Behaviour, Parents
from personalize_sfn.local.personalize.resources.solution_versions import newest_relearned
from personalize_sfn.local.personalize.store import Record, require_active
from personalize_sfn.local.personalize.training.recipe_features import recipes_with, training_rules
from personalize_sfn.local.personalize.training.recipes import USER_SEGMENTATION, ServiceRecipe, recipe
from personalize_sfn.local.personalize.wire.errors import invalid_input, not_found
from personalize_sfn.local.personalize.wire.protocol import Members
from personalize_sfn.resources import ACTIVE, CAMPAIGN, SOLUTION, SOLUTION_VERSION

LATEST = "/$LATEST"
_SETTINGS = ("solutionVersionArn", "minProvisionedTPS", "campaignConfig")


def _normalise(context: OperationContext, request: Members) -> Members:
    """``<solution>/$LATEST`` becomes the solution's newest ACTIVE version."""
    alias = request.get("solutionVersionArn", "")
    if not alias.endswith(LATEST):
        if request.get("campaignConfig", {}).get("syncWithLatestSolutionVersion"):
            raise invalid_input("syncWithLatestSolutionVersion needs a solutionVersionArn that ends in /$LATEST")
        return request
    solution = context.store.get(SOLUTION, alias.removesuffix(LATEST))
    versions = [
        version for version in context.store.of(SOLUTION_VERSION, solution=solution.arn) if version.status == ACTIVE
    ]
    if not versions:
        raise not_found(f"The given solution has no ACTIVE solution version: {solution.arn}")
    return request | {"solutionVersionArn": max(versions, key=lambda version: version.number).arn}


def _prepare(context: OperationContext, request: Members, parents: Parents) -> Members:
    config = request.get("campaignConfig", {})
    check_config(config, parents["solutionVersion"])
    return {"minProvisionedTPS": request.get("minProvisionedTPS", 1)}


def check_config(config: dict[str, Any], version: Record) -> None:
    """Raises InvalidInputException unless a campaignConfig, or batchInferenceJobConfig, goes with the version."""
    chosen = recipe(version.members["recipeArn"])
    if chosen.type == USER_SEGMENTATION:
        raise invalid_input(
            f"The recipe {chosen.name} is of type {USER_SEGMENTATION}: its solution versions cannot be deployed, "
            "create a batch segment job"
        )
    if config.get("rankingInfluence") and not training_rules(chosen.name).ranking_influence:
        raise invalid_input(
            f"rankingInfluence does not go with the recipe {chosen.name}, only with {recipes_with('ranking_influence')}"
        )
    check_exploration(config.get("itemExplorationConfig", {}), chosen)


def check_exploration(exploration: dict[str, str], chosen: ServiceRecipe) -> None:
    """Raises InvalidInputException when the recipe does not explore, or a setting cannot be."""
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
        expected = f"of at least {low:g}" if high == float("inf") else f"from {low:g} to {high:g}"
        raise invalid_input(f"{name}: expected a number {expected}, got {value!r}")


def update_campaign(context: OperationContext, request: Members) -> Members:
    """The old version serves until the update is ACTIVE; the campaign itself stays ACTIVE."""
    record = context.store.get(CAMPAIGN, request["campaignArn"])
    if record.status not in (ACTIVE, "CREATE FAILED"):
        require_active(record)
    require_no_update(context, record)
    if (
        _synchronised(record)
        and "campaignConfig" not in request
        and not request.get("solutionVersionArn", LATEST).endswith(LATEST)
    ):
        raise invalid_input("syncWithLatestSolutionVersion needs a solutionVersionArn that ends in /$LATEST")
    request = _normalise(context, request)
    new: dict[str, Any] = {name: request.get(name, record.members.get(name)) for name in _SETTINGS}
    if all(record.members.get(name) == value for name, value in new.items()) and record.status == ACTIVE:
        raise invalid_input(f"The update changes nothing of the given campaign: {record.arn}")
    version = context.store.get(SOLUTION_VERSION, new["solutionVersionArn"])
    require_active(version)
    check_config(new["campaignConfig"] or {}, version)
    _begin_update(context, record, new, version)
    return {"campaignArn": record.arn}


def follow_latest(context: OperationContext, record: Record) -> None:
    """Begin to redeploy a campaign that follows its solution once a newer version has learned from all of the data.

    AWS does so within an hour of that version's completion; here it begins with the next operation.
    """
    if record.status != ACTIVE or not _synchronised(record) or update_under_way(record) is not None:
        return
    newest = newest_relearned(context, record.ancestors["solution"])
    deployed = context.store.find(record.members["solutionVersionArn"])
    tried = record.members.get("latestCampaignUpdate", {}).get("solutionVersionArn")
    if newest is None or deployed is None or newest.number <= deployed.number or newest.arn == tried:
        return
    new = {name: record.members.get(name) for name in _SETTINGS} | {"solutionVersionArn": newest.arn}
    _begin_update(context, record, new, newest)


def _synchronised(record: Record) -> bool:
    return bool((record.members.get("campaignConfig") or {}).get("syncWithLatestSolutionVersion"))


def _begin_update(context: OperationContext, record: Record, new: dict[str, Any], version: Record) -> None:
    def settled(_: Any) -> None:
        record.ancestors = {**version.ancestors, SOLUTION_VERSION.key: version.arn}
        record.members.update(new, status=ACTIVE)
        record.members.pop("failureReason", None)

    update(context, record, new, settled)


BEHAVIOUR = Behaviour(normalise=_normalise, prepare=_prepare, delete_blocker=being_updated)
