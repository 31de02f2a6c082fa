"""Batch inference jobs: recommendations for the users or items of files in S3.

https://docs.aws.amazon.com/personalize/latest/dg/getting-batch-recommendations.html
"""

from __future__ import annotations

from typing import Any

from personalize_sfn.local.personalize.batch.inference import answerer
from personalize_sfn.local.personalize.batch.inference_filter import batch_filter
from personalize_sfn.local.personalize.batch.job import check_paths, run
from personalize_sfn.local.personalize.batch.json_lines import DEFAULT_RESULTS
from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.filters.dataset_group import check_recipe
from personalize_sfn.local.personalize.lifecycle import Work
from personalize_sfn.local.personalize.resources.campaigns import check_config
from personalize_sfn.local.personalize.resources.hooks import Behaviour, Parents
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.local.personalize.training.exploration import exploration
from personalize_sfn.local.personalize.training.recipes import (
    PERSONALIZED_RANKING,
    RELATED_ITEMS,
    USER_PERSONALIZATION,
    recipe,
)
from personalize_sfn.local.personalize.wire.errors import invalid_input, unsupported
from personalize_sfn.local.personalize.wire.protocol import Members
from personalize_sfn.resources import BATCH_INFERENCE_JOB, SOLUTION_VERSION

MOST_RESULTS = 500
_RECIPE_TYPES = (USER_PERSONALIZATION, PERSONALIZED_RANKING, RELATED_ITEMS)


def _prepare(context: OperationContext, request: Members, parents: Parents) -> Members:
    version = parents["solutionVersion"]
    chosen = recipe(version.members["recipeArn"])
    if chosen.type not in _RECIPE_TYPES:
        raise invalid_input(
            f"Batch inference needs a solution version with a recipe of type {', '.join(_RECIPE_TYPES)}; "
            f"{chosen.name} is of type {chosen.type}"
        )
    mode = request.get("batchInferenceJobMode", "BATCH_INFERENCE")
    if mode != "BATCH_INFERENCE":
        raise unsupported(f"batchInferenceJobMode {mode}")
    if "themeGenerationConfig" in request:
        raise invalid_input("themeGenerationConfig goes only with batchInferenceJobMode THEME_GENERATION")
    if not 1 <= request.get("numResults", DEFAULT_RESULTS) <= MOST_RESULTS:
        raise invalid_input(f"numResults must be from 1 to {MOST_RESULTS}, got {request['numResults']}")
    check_config(request.get("batchInferenceJobConfig", {}), version)
    if "filterArn" in request:
        found = batch_filter(context, request["filterArn"], version.ancestors["datasetGroup"])
        check_recipe(found.filter, chosen.type)
    check_paths(context, BATCH_INFERENCE_JOB, request)
    return {"numResults": request.get("numResults", DEFAULT_RESULTS), "batchInferenceJobMode": mode}


def _work(context: OperationContext, record: Record) -> Work | None:
    """Answers by what the version learned; what happened since matters to filters alone."""
    version = context.store.get(SOLUTION_VERSION, record.members["solutionVersionArn"])
    filter_arn, group = record.members.get("filterArn"), record.ancestors["datasetGroup"]
    chosen = None if filter_arn is None else batch_filter(context, filter_arn, group)
    learned = recipe(version.members["recipeArn"])
    tried = exploration(learned, record.members.get("batchInferenceJobConfig", {}))
    check, answer = answerer(learned.type, version.content, record.members["numResults"], chosen, tried)
    members: dict[str, Any] = dict(record.members)
    environment = context.environment
    return lambda: run(environment, members, check, answer)


BEHAVIOUR = Behaviour(prepare=_prepare, work=_work)
