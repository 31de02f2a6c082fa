"""Batch segment jobs: the users who will most likely take to an item, or to items of some attributes.

https://docs.aws.amazon.com/personalize/latest/dg/getting-user-segments.html
"""

from __future__ import annotations

from typing import Any

from personalize_sfn.local.personalize.batch.job import check_paths, run
from personalize_sfn.local.personalize.batch.json_lines import DEFAULT_RESULTS, segment_line
from personalize_sfn.local.personalize.batch.segment_filter import allowing, segment_filter
from personalize_sfn.local.personalize.batch.segments import (
    MOST_ATTRIBUTE_QUERIES,
    MOST_ITEM_QUERIES,
    for_attributes,
    for_items,
)
from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.contents import schema_of
from personalize_sfn.local.personalize.lifecycle import Work
from personalize_sfn.local.personalize.resources.hooks import Behaviour, Parents
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.local.personalize.training.recipes import USER_SEGMENTATION, recipe
from personalize_sfn.local.personalize.training.training_data import training_data
from personalize_sfn.local.personalize.wire.errors import invalid_input
from personalize_sfn.local.personalize.wire.protocol import Members
from personalize_sfn.resources import BATCH_SEGMENT_JOB, DATASET, SOLUTION_VERSION

MOST_RESULTS = 5_000_000


def _prepare(context: OperationContext, request: Members, parents: Parents) -> Members:
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
        segment_filter(context, request["filterArn"], parents["solutionVersion"].ancestors["datasetGroup"], chosen)
    check_paths(context, BATCH_SEGMENT_JOB, request)
    return {"numResults": count}


def _work(context: OperationContext, record: Record) -> Work | None:
    version = context.store.get(SOLUTION_VERSION, record.members["solutionVersionArn"])
    used, group, trained = recipe(version.members["recipeArn"]), record.ancestors["datasetGroup"], version.content
    filter_arn, data = record.members.get("filterArn"), training_data(context, group, {})
    chosen = None if filter_arn is None else segment_filter(context, filter_arn, group, used)
    columns = _item_columns(context, group)
    members: dict[str, Any] = dict(record.members)
    environment, model, count = context.environment, trained.model, members["numResults"]

    def work() -> None:
        allow = allowing(chosen, data, model.user_ids, trained.forgotten)
        if used.by_attributes:
            parts, most = for_attributes(model, count, columns, allow), MOST_ATTRIBUTE_QUERIES
        else:
            parts, most = for_items(model, count, allow), MOST_ITEM_QUERIES
        run(environment, members, *parts, most, encode=segment_line)

    return work


def _item_columns(context: OperationContext, group_arn: str) -> list[str]:
    for dataset in context.store.of(DATASET, datasetGroup=group_arn):
        if dataset.members["datasetType"] == "ITEMS":
            schema = schema_of(context, dataset)
            return [field.name for field in schema.fields if field.name != "ITEM_ID"]
    return []


BEHAVIOUR = Behaviour(prepare=_prepare, work=_work)
