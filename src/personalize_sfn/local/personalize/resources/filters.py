"""Filters: which items, users or actions may be answered; checked against the schemas of their dataset group."""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

from personalize_sfn.filter_expressions import FilterExpressionError, check_columns, parse
from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.contents import schemas_of
from personalize_sfn.local.personalize.resources.hooks import Behaviour, Parents
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.local.personalize.wire.errors import invalid_input, limit_exceeded
from personalize_sfn.local.personalize.wire.protocol import Members
from personalize_sfn.resources import BATCH_INFERENCE_JOB, BATCH_SEGMENT_JOB, FILTER

MOST_COLUMNS = 20
"""Different columns in all filters of a dataset group (AWS's quota)."""


def _prepare(context: OperationContext, request: Members, parents: Parents) -> Members:
    group_arn = request["datasetGroupArn"]
    schemas = {kind: schema.fields for kind, schema in schemas_of(context, group_arn).items()}
    try:
        found = parse(request["filterExpression"])
        check_columns(found, schemas)
    except FilterExpressionError as error:
        raise invalid_input(f"Could not create filter. {error}") from error
    others = [parse(each.members["filterExpression"]) for each in context.store.of(FILTER, datasetGroup=group_arn)]
    columns = found.columns().union(*(other.columns() for other in others))
    if len(columns) > MOST_COLUMNS:
        raise limit_exceeded(
            f"The filters of a dataset group may use at most {MOST_COLUMNS} different columns, with this one they "
            f"would use {len(columns)}"
        )
    return {}


def _delete_blocker(context: OperationContext, record: Record) -> str | None:
    for row in (BATCH_INFERENCE_JOB, BATCH_SEGMENT_JOB):
        for job in context.store.of(row):
            if job.pending and job.members.get("filterArn") == record.arn:
                return f"The given filter is in use by a {row.words} that is {job.status}: {job.arn}"
    return None


BEHAVIOUR = Behaviour(prepare=_prepare, delete_blocker=_delete_blocker)
