"""Batch segment jobs: the users who will most likely take to an item, or to items of some attributes.

https://docs.aws.amazon.com/personalize/latest/dg/getting-user-segments.html
"""

from __future__ import annotations

from typing import Any

from personalize_sfn.local.personalize.api_errors import invalid_input, unsupported
from personalize_sfn.local.personalize.batch import DEFAULT_RESULTS
from personalize_sfn.local.personalize.batch_work import check_paths, run
from personalize_sfn.local.personalize.environment import Request
from personalize_sfn.local.personalize.lifecycle import Work
from personalize_sfn.local.personalize.operations.behaviour import Behaviour, Call, Members, Parents
from personalize_sfn.local.personalize.recipes import recipe
from personalize_sfn.local.personalize.schemas import read_schema
from personalize_sfn.local.personalize.segments import (
    MOST_ATTRIBUTE_QUERIES,
    MOST_ITEM_QUERIES,
    for_attributes,
    for_items,
    without,
)
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.resources import BATCH_SEGMENT_JOB, DATASET, SCHEMA, SOLUTION_VERSION

MOST_RESULTS = 5_000_000
USER_SEGMENTATION = "USER_SEGMENTATION"
_BY_ATTRIBUTES = "aws-item-attribute-affinity"


def _prepare(call: Call, request: Request, parents: Parents) -> Members:
    chosen = recipe(parents["solutionVersion"].members["recipeArn"])
    if chosen.type != USER_SEGMENTATION:
        raise invalid_input(
            f"A batch segment job needs a solution version with a recipe of type {USER_SEGMENTATION}; "
            f"{chosen.name} is of type {chosen.type}"
        )
    count = request.get("numResults", DEFAULT_RESULTS)
    if not 1 <= count <= MOST_RESULTS:
        raise invalid_input(f"numResults must be from 1 to {MOST_RESULTS}, got {count}")
    if "filterArn" in request:
        raise unsupported("CreateBatchSegmentJob with filterArn")
    check_paths(call, BATCH_SEGMENT_JOB, request)
    return {"numResults": count}


def _work(call: Call, record: Record) -> Work | None:
    version = call.store.get(SOLUTION_VERSION, record.members["solutionVersionArn"])
    model, count = without(version.content.model, version.content.forgotten), record.members["numResults"]
    if recipe(version.members["recipeArn"]).name == _BY_ATTRIBUTES:
        check, answer = for_attributes(model, count, _item_columns(call, record.ancestors["datasetGroup"]))
        most = MOST_ATTRIBUTE_QUERIES
    else:
        check, answer = for_items(model, count)
        most = MOST_ITEM_QUERIES
    members: dict[str, Any] = dict(record.members)
    environment = call.environment
    return lambda: run(environment, members, check, answer, most)


def _item_columns(call: Call, group_arn: str) -> list[str]:
    for dataset in call.store.of(DATASET, datasetGroup=group_arn):
        if dataset.members["datasetType"] == "ITEMS":
            schema = read_schema(call.store.get(SCHEMA, dataset.members["schemaArn"]).members["schema"])
            return [field.name for field in schema.fields if field.name != "ITEM_ID"]
    return []


BEHAVIOUR = Behaviour(prepare=_prepare, work=_work)
