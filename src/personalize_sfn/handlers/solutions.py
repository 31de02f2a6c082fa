"""Solutions and their versions: which recipe, and whether to train."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from personalize_sfn.arns import parse
from personalize_sfn.aws_errors import code_of
from personalize_sfn.errors import DefinitionConflictError, InvalidInputError, TransientError
from personalize_sfn.handlers.aws import (
    LambdaEvent,
    LambdaResult,
    bring_tags_up_to_date,
    client,
    describe,
    list_all,
    translating_errors,
)
from personalize_sfn.handlers.create import agrees, answer, create, create_or_find, failed, how_found, tell
from personalize_sfn.recipes import RECIPES
from personalize_sfn.resources import DATA_DELETION_JOB, DATASET, DATASET_IMPORT_JOB, SOLUTION, SOLUTION_VERSION

#: What a solution keeps for life.  Automatic training is not among it: that can be changed.
_SAME = (
    "datasetGroupArn",
    "recipeArn",
    "performHPO",
    "eventType",
    "solutionConfig.eventValueThreshold",
    "solutionConfig.algorithmHyperParameters",
    "solutionConfig.featureTransformationParameters",
    "solutionConfig.optimizationObjective",
)
#: So often a training of one execution may fail before someone has to look.
ATTEMPTS = 20


def create_solution(event: LambdaEvent, context: Any) -> LambdaResult:
    """Select the recipe and create the solution, or find it.

    Raises:
        InvalidInputError: there is no such recipe.
        DefinitionConflictError: a solution of that name has another recipe or other settings.
    """
    request = event["request"]
    recipe = request["recipeArn"]
    with translating_errors(event):
        try:
            client("personalize").describe_recipe(recipeArn=recipe)
        except ClientError as error:
            if code_of(error) not in ("ResourceNotFoundException", "InvalidInputException"):
                raise
            raise InvalidInputError(
                f"there is no recipe {parse(recipe).name}: set solution.recipe to a name from "
                "https://docs.aws.amazon.com/personalize/latest/dg/working-with-predefined-recipes.html"
            ) from error
        answer = create_or_find(SOLUTION, event, context, same=_SAME, update=_update_training)
    return tell(answer, recipe=parse(recipe).name)


def _update_training(arn: str, found: Mapping[str, Any], request: Mapping[str, Any]) -> bool:
    """Turn automatic training on or off, or change how often, where the solution says otherwise."""
    latest = found.get("latestSolutionUpdate", {})
    if failed(SOLUTION, latest):
        latest = {}
    wanted_schedule = {"autoTrainingConfig": request.get("solutionConfig", {}).get("autoTrainingConfig", {})}
    on = latest.get("performAutoTraining", found.get("performAutoTraining", False))
    schedule = latest.get("solutionUpdateConfig") or found.get("solutionConfig")
    if on == request["performAutoTraining"] and agrees(wanted_schedule, schedule):
        return False
    config = {"solutionUpdateConfig": wanted_schedule} if wanted_schedule["autoTrainingConfig"] else {}
    update = getattr(client("personalize"), "update_solution", None)
    if update is None:  # boto3 before 1.35, which an older Lambda runtime may have
        raise DefinitionConflictError(
            f"solution {parse(arn).name} exists with another automatic training, which this Lambda runtime's boto3 "
            "cannot change yet: set functions.runtime to a newer one, or clean up first"
        )
    update(solutionArn=arn, performAutoTraining=request["performAutoTraining"], **config)
    return True


def create_solution_version(event: LambdaEvent, _context: Any) -> LambdaResult:
    """Train, or go on with a training that is running or was enough.

    The event is a create handler's and ``"train"`` ("auto": only if data was imported since the latest good version;
    "always"; "update": only add what is new to the latest good version, where the recipe can, else as "auto") and
    ``"rootExecution"`` (the ARN that the version's name comes from: a lost answer does not train twice).  ``made`` of
    the answer says of one that is trained why (``because``: "asked", "update", "first" or "data"), and which was the
    newest ACTIVE one before it (``previous``).
    """
    solution = event["request"]["solutionArn"]
    with translating_errors(event):
        train = event["train"]
        if train not in ("auto", "always", "update"):
            raise InvalidInputError(f"train: expected 'auto', 'always' or 'update', got {train!r}")
        if train == "update" and _can_be_updated(solution):
            updated = {**event, "request": {**event["request"], "trainingMode": "UPDATE"}}
            return _trained(solution, updated, "update")
        current = None if train == "always" else _current_version(solution, event)
        if current is None:
            return _trained(solution, event, "asked" if train == "always" else "data")
        arn = current[SOLUTION_VERSION.arn_field]
        bring_tags_up_to_date(arn, event)
        return answer(SOLUTION_VERSION, arn, how_found(current, event))


def _trained(solution: str, event: LambdaEvent, because: str) -> LambdaResult:
    before = _newest_first(solution)  # asked first: nothing but the training may fail once it is billed
    arn = _train(solution, event)
    others = [each for each in before if each[SOLUTION_VERSION.arn_field] != arn]  # of an earlier attempt of this call
    ready = (each for each in others if each["status"] == SOLUTION_VERSION.ready_status)
    previous = next((each[SOLUTION_VERSION.arn_field] for each in ready), None)
    if not others:
        because = "first"
    elif because == "data" and previous is None:
        because = "failed"
    return tell(answer(SOLUTION_VERSION, arn, "created"), because=because, previous=previous)


#: ``<solutionArn>/$LATEST`` in place of a version's ARN: the newest that is ACTIVE.
LATEST = "/$LATEST"


def latest_active(solution: str) -> str:
    """ARN of the newest version that is ACTIVE.

    Raises:
        InvalidInputError: there is none.
    """
    for version in _newest_first(solution):
        if version["status"] == SOLUTION_VERSION.ready_status:
            return str(version[SOLUTION_VERSION.arn_field])
    raise InvalidInputError(f"solution {parse(solution).name} has no ACTIVE version: run the solution workflow first")


def _can_be_updated(solution: str) -> bool:
    """The recipe can, and there is a version that learned from all of the data.

    https://docs.aws.amazon.com/personalize/latest/dg/API_CreateSolutionVersion.html
    """
    recipe = RECIPES.get(parse(describe(SOLUTION, solution)["recipeArn"]).name)
    if recipe is None or not recipe.can_be_updated:
        return False
    return any(
        each["status"] == SOLUTION_VERSION.ready_status and each.get("trainingMode") == "FULL"
        for each in list_all(SOLUTION_VERSION, solutionArn=solution)
    )


def _newest_first(solution: str) -> list[dict[str, Any]]:
    versions = list_all(SOLUTION_VERSION, solutionArn=solution)
    return sorted(versions, key=lambda version: version["creationDateTime"], reverse=True)


def _current_version(solution: str, event: LambdaEvent) -> Mapping[str, Any] | None:
    """The newest version that has not failed, unless data came or users went since its training began."""
    for version in _newest_first(solution):
        if not failed(SOLUTION_VERSION, version):
            newest_data = max(_data_changed(solution, event), default=None)
            if newest_data is not None and newest_data > version["creationDateTime"]:
                return None
            return version
    return None


def _data_changed(solution: str, event: LambdaEvent) -> Iterator[datetime]:
    """When imports and, in a project whose users can be forgotten, deletions ended."""
    group = describe(SOLUTION, solution)["datasetGroupArn"]
    for deletion in list_all(DATA_DELETION_JOB, datasetGroupArn=group) if "turns" in event else ():
        if deletion["status"] == DATA_DELETION_JOB.ready_status:
            yield deletion["lastUpdatedDateTime"]
    for dataset in list_all(DATASET, datasetGroupArn=group):
        for job in list_all(DATASET_IMPORT_JOB, datasetArn=dataset[DATASET.arn_field]):
            if job["status"] == DATASET_IMPORT_JOB.ready_status:
                yield job["lastUpdatedDateTime"]


def _train(solution: str, event: LambdaEvent) -> str:
    base = f"run-{hashlib.sha256(event['rootExecution'].encode()).hexdigest()[:12]}"
    for attempt in range(1, ATTEMPTS + 1):
        name = base if attempt == 1 else f"{base}-{attempt}"
        try:
            return create(SOLUTION_VERSION, {**event["request"], "name": name}, event)
        except ClientError as error:
            if code_of(error) != "ResourceAlreadyExistsException":
                raise
        version = _named(solution, name)
        if not failed(SOLUTION_VERSION, version):
            return str(version[SOLUTION_VERSION.arn_field])
    raise InvalidInputError(f"{ATTEMPTS} trainings {base} of this execution have failed: start a new execution")


def _named(solution: str, name: str) -> dict[str, Any]:
    """The version of that name.  AWS does not say that the name is in the ARN, so it is looked for in both."""
    for version in _newest_first(solution):
        arn = version[SOLUTION_VERSION.arn_field]
        if parse(arn).name == name or describe(SOLUTION_VERSION, arn).get("name", "").rsplit("/", 1)[-1] == name:
            return version
    raise TransientError(f"solution version {name} exists, says Create; List does not show it yet")
