"""Solutions: a recipe with its settings; CreateSolution and UpdateSolution."""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

from typing import Any

from personalize_sfn.local.personalize.api_errors import in_use, invalid_input, unsupported
from personalize_sfn.local.personalize.environment import Request
from personalize_sfn.local.personalize.lifecycle import CREATE, Change
from personalize_sfn.local.personalize.operations.behaviour import Behaviour, Call, Members, Parents
from personalize_sfn.local.personalize.operations.generic import require_active
from personalize_sfn.local.personalize.recipes import check_hyperparameters, trainable_recipe
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.resources import ACTIVE, CAMPAIGN, SOLUTION, SOLUTION_VERSION

_NOT_YET = ("hpoConfig", "autoMLConfig", "eventsConfig", "optimizationObjective")
"""Parts of solutionConfig that change the training and that the embedded AWS cannot do."""


def _prepare(call: Call, request: Request, parents: Parents) -> Members:
    if request.get("performAutoML"):
        raise unsupported("performAutoML")
    if request.get("performHPO"):
        raise unsupported("performHPO")
    if request.get("performIncrementalUpdate"):
        raise invalid_input("performIncrementalUpdate goes with the recipe aws-semantic-similarity only")
    if "recipeArn" not in request:
        raise invalid_input("recipeArn is required unless performAutoML is true")
    recipe = trainable_recipe(request["recipeArn"])
    config = request.get("solutionConfig", {})
    for name in _NOT_YET:
        if name in config:
            raise unsupported(f"solutionConfig.{name}")
    if "eventValueThreshold" in config:
        if "eventType" not in request:
            raise invalid_input("eventValueThreshold needs an eventType")
        _check_number(config["eventValueThreshold"])
    check_hyperparameters(recipe.name, training_parameters(config))
    defaults = {
        "performHPO": False,
        "performAutoML": False,
        "performAutoTraining": True,
        "performIncrementalUpdate": False,
        "solutionConfig": {},
    }
    return defaults | {name: request[name] for name in defaults if name in request}


def training_parameters(config: dict[str, Any]) -> dict[str, str]:
    """A solution's hyperparameters, those of the feature transformation included."""
    return {**config.get("algorithmHyperParameters", {}), **config.get("featureTransformationParameters", {})}


def _check_number(text: str) -> None:
    try:
        float(text)
    except ValueError:
        raise invalid_input(f"eventValueThreshold: expected a number such as '3.5', got {text!r}") from None


def _described(call: Call, record: Record) -> Members:
    """The newest version by creation, whatever its status."""
    versions = sorted(call.store.of(SOLUTION_VERSION, solution=record.arn), key=lambda version: version.number)
    return {"latestSolutionVersion": versions[-1].members} if versions else {}


def _blocked(call: Call, record: Record) -> str | None:
    for campaign in call.store.of(CAMPAIGN, solution=record.arn):
        return f"The given solution has a campaign, delete it first: {campaign.arn}"
    for version in call.store.of(SOLUTION_VERSION, solution=record.arn):
        if version.pending:
            return f"The given solution has a solution version that is {version.status}: {version.arn}"
    return None


def update_solution(call: Call, request: Request) -> Members:
    record = call.store.get(SOLUTION, request["solutionArn"])
    require_active(record)
    latest = record.members.get("latestSolutionUpdate")
    if latest is not None and latest["status"] not in (ACTIVE, "CREATE FAILED"):
        raise in_use(f"The given solution is being updated, the update is {latest['status']}: {record.arn}")
    config = request.get("solutionUpdateConfig", {})
    if "eventsConfig" in config:
        raise unsupported("solutionUpdateConfig.eventsConfig")
    if request.get("performIncrementalUpdate"):
        raise invalid_input("performIncrementalUpdate goes with the recipe aws-semantic-similarity only")
    new = {
        name: value for name, value in request.items() if name in ("performAutoTraining", "performIncrementalUpdate")
    }
    new["solutionConfig"] = record.members["solutionConfig"] | config
    if all(record.members[name] == value for name, value in new.items()):
        raise invalid_input(f"The update changes nothing of the given solution: {record.arn}")

    asked = {name: value for name, value in request.items() if name != "solutionArn"}
    update = {**asked, "creationDateTime": call.now, "lastUpdatedDateTime": call.now}
    record.members["latestSolutionUpdate"] = update
    change = Change(
        record=record,
        view=update,
        phase=CREATE,
        started=call.now,
        seconds=call.durations.creation(SOLUTION.key),
        settled=lambda _: record.members.update(new, lastUpdatedDateTime=update["lastUpdatedDateTime"]),
        failure=call.faults.take_failure(SOLUTION.key),
    )
    call.lifecycle.begin(call.store, change)
    return {"solutionArn": record.arn}


BEHAVIOUR = Behaviour(prepare=_prepare, described=_described, blocked=_blocked)
