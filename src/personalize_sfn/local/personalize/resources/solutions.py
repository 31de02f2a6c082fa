"""Solutions: a recipe with its settings; CreateSolution and UpdateSolution.

https://docs.aws.amazon.com/personalize/latest/dg/API_CreateSolution.html
https://docs.aws.amazon.com/personalize/latest/dg/API_UpdateSolution.html
"""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

from typing import Any

from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.resources.crud import require_no_update, shown, update
from personalize_sfn.local.personalize.resources.hooks import Behaviour, Parents
from personalize_sfn.local.personalize.store import Record, require_active
from personalize_sfn.local.personalize.training.columns import objective_of
from personalize_sfn.local.personalize.training.recipe_features import AUTO_ML_RECIPES, recipes_with, training_rules
from personalize_sfn.local.personalize.training.recipes import (
    ARN,
    USER_PERSONALIZATION,
    USER_SEGMENTATION,
    recipe,
    trainable_recipe,
)
from personalize_sfn.local.personalize.training.schedule import start_schedule
from personalize_sfn.local.personalize.training.solution_config import check_auto_training, check_config, check_events
from personalize_sfn.local.personalize.wire.errors import invalid_input, unsupported
from personalize_sfn.local.personalize.wire.protocol import Members
from personalize_sfn.resources import CAMPAIGN, SOLUTION, SOLUTION_VERSION

METRICS = (
    "coverage",
    "mean_reciprocal_rank_at_25",
    *(f"{name}_at_{k}" for name in ("normalized_discounted_cumulative_gain", "precision") for k in (5, 10, 25)),
)
"""What autoMLConfig.metricName can be."""


def _prepare(context: OperationContext, request: Members, parents: Parents) -> Members:
    defaults = {
        "performHPO": False,
        "performAutoML": False,
        "performAutoTraining": True,
        "performIncrementalUpdate": False,
        "solutionConfig": {},
    }
    members = defaults | {name: request[name] for name in defaults if name in request}
    if request.get("performAutoML"):
        _check_auto_ml(request)
        check_auto_training(request.get("solutionConfig", {}))
        return members | {"performHPO": True}
    if "recipeArn" not in request:
        raise invalid_input("recipeArn is required unless performAutoML is true")
    chosen = recipe(request["recipeArn"])
    if chosen.domain is not None:
        raise invalid_input(
            f"The recipe {chosen.name} is a use case of the domain {chosen.domain}: create a recommender with it"
        )
    trainable_recipe(chosen.arn)
    if "autoMLConfig" in request.get("solutionConfig", {}):
        raise invalid_input("solutionConfig.autoMLConfig goes with performAutoML only")
    if request.get("performHPO") and not training_rules(chosen.name).tunable:
        raise invalid_input(
            f"performHPO does not go with the recipe {chosen.name}, only with {recipes_with('tunable')}"
        )
    _check_incremental(request, chosen.name)
    check_config(context, request, chosen.name)
    return members


def _check_auto_ml(request: Members) -> None:
    if "recipeArn" in request:
        raise invalid_input("recipeArn must be left out when performAutoML is true")
    if request.get("performIncrementalUpdate"):
        raise invalid_input(f"performIncrementalUpdate goes with the recipe {recipes_with('incremental')} only")
    if objective_of(request.get("solutionConfig", {})) is not None:
        raise invalid_input(
            f"optimizationObjective does not go with performAutoML, only with {recipes_with('objective')}"
        )
    config = request.get("solutionConfig", {}).get("autoMLConfig", {})
    metric = config.get("metricName")
    if metric is not None and metric not in METRICS:
        raise invalid_input(f"autoMLConfig.metricName: expected one of {', '.join(METRICS)}, got {metric}")
    for arn in config.get("recipeList", []):
        if recipe(arn).type != USER_PERSONALIZATION or recipe(arn).domain is not None:
            raise invalid_input(f"autoMLConfig.recipeList: expected recipes of type {USER_PERSONALIZATION}, got {arn}")
    for arn in auto_ml_recipes(request.get("solutionConfig", {})):
        trainable_recipe(arn)


def auto_ml_recipes(config: dict[str, Any]) -> list[str]:
    """The ARNs of the recipes that AutoML tries."""
    named: list[str] = config.get("autoMLConfig", {}).get("recipeList", [])
    return named or [ARN.format(kind="recipe", name=name) for name in AUTO_ML_RECIPES]


def _check_incremental(request: Members, recipe_name: str) -> None:
    if not request.get("performIncrementalUpdate"):
        return
    if not training_rules(recipe_name).incremental:
        raise invalid_input(f"performIncrementalUpdate goes with the recipe {recipes_with('incremental')} only")
    raise unsupported("performIncrementalUpdate")


def _on_active(context: OperationContext, record: Record, result: Any) -> None:
    start_schedule(record, record.members["lastUpdatedDateTime"])


def _computed_members(context: OperationContext, record: Record) -> Members:
    """The newest version by creation, whatever its status."""
    versions = sorted(context.store.of(SOLUTION_VERSION, solution=record.arn), key=lambda version: version.number)
    return config_shown(record) | ({"latestSolutionVersion": shown(context, versions[-1])} if versions else {})


def config_shown(record: Record) -> Members:
    """Of a solution or version of user segmentation AWS shows no solutionConfig, unless it was given one."""
    arn = record.members.get("recipeArn")
    is_bare = arn is not None and recipe(arn).type == USER_SEGMENTATION and not record.members["solutionConfig"]
    return {"solutionConfig": None} if is_bare else {}


def _delete_blocker(context: OperationContext, record: Record) -> str | None:
    for campaign in context.store.of(CAMPAIGN, solution=record.arn):
        return f"The given solution has a campaign, delete it first: {campaign.arn}"
    for version in context.store.of(SOLUTION_VERSION, solution=record.arn):
        if version.pending:
            return f"The given solution has a solution version that is {version.status}: {version.arn}"
    return None


def update_solution(context: OperationContext, request: Members) -> Members:
    """Only how often it trains by itself, and what its events weigh; the solution stays ACTIVE."""
    record = context.store.get(SOLUTION, request["solutionArn"])
    require_active(record)
    require_no_update(context, record)
    config = request.get("solutionUpdateConfig", {})
    check_auto_training(config)
    recipe_name = record.members.get("recipeArn", "").rpartition("/")[2]
    if "eventsConfig" in config:
        if "eventType" in record.members:
            raise invalid_input(f"The given solution has an eventType, which excludes eventsConfig: {record.arn}")
        check_events(config["eventsConfig"], recipe_name)
    _check_incremental(request, recipe_name)
    new = {
        name: value for name, value in request.items() if name in ("performAutoTraining", "performIncrementalUpdate")
    }
    new["solutionConfig"] = record.members["solutionConfig"] | config
    if all(record.members[name] == value for name, value in new.items()):
        raise invalid_input(f"The update changes nothing of the given solution: {record.arn}")

    asked = {name: value for name, value in request.items() if name != "solutionArn"}

    def settled(_: Any) -> None:
        was_on = record.members["performAutoTraining"]
        record.members.update(new)
        if record.members["performAutoTraining"] != was_on or "autoTrainingConfig" in config:
            start_schedule(record, record.members["lastUpdatedDateTime"], first=not was_on)

    update(context, record, asked, settled)
    return {"solutionArn": record.arn}


BEHAVIOUR = Behaviour(
    pending_first=False,
    prepare=_prepare,
    on_active=_on_active,
    computed_members=_computed_members,
    delete_blocker=_delete_blocker,
)
