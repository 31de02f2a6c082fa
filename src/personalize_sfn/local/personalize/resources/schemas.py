"""Schemas: an Avro text, checked; it exists at once and goes only when no dataset uses it."""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.schemas import read_schema
from personalize_sfn.local.personalize.resources.crud import latest_update, update_under_way
from personalize_sfn.local.personalize.resources.hooks import Behaviour, Parents
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.local.personalize.wire.protocol import Members
from personalize_sfn.resources import DATASET


def _prepare(context: OperationContext, request: Members, parents: Parents) -> Members:
    read_schema(request["schema"])
    return {}


def _delete_blocker(context: OperationContext, record: Record) -> str | None:
    users = [
        dataset.arn
        for dataset in context.store.of(DATASET)
        if dataset.ancestors["schema"] == record.arn
        or (update_under_way(dataset) and dataset.members[latest_update(DATASET)]["schemaArn"] == record.arn)
    ]
    return f"The given schema is in use by {', '.join(users)}: {record.arn}" if users else None


BEHAVIOUR = Behaviour(prepare=_prepare, delete_blocker=_delete_blocker)
