"""Datasets: one of each type in a dataset group, with a schema that fits the type and the group's domain."""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

import uuid

from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.contents import schema_of
from personalize_sfn.local.personalize.data.schemas import ParsedSchema, check_dataset, read_schema
from personalize_sfn.local.personalize.resources.crud import being_updated, require_no_update, update, update_under_way
from personalize_sfn.local.personalize.resources.hooks import Behaviour, Parents
from personalize_sfn.local.personalize.store import UPDATE, Record, require_active
from personalize_sfn.local.personalize.wire.errors import in_use, invalid_input
from personalize_sfn.local.personalize.wire.protocol import Members
from personalize_sfn.resources import DATASET, DATASET_GROUP, DATASET_IMPORT_JOB, SCHEMA, SOLUTION_VERSION


def _normalise(context: OperationContext, request: Members) -> Members:
    return request | {"datasetType": request["datasetType"].upper()}


def _prepare(context: OperationContext, request: Members, parents: Parents) -> Members:
    schema, group = parents["schema"].members, parents["datasetGroup"].members
    if schema.get("domain") != group.get("domain"):
        domains = f"{schema.get('domain') or 'none'} and {group.get('domain') or 'none'}"
        raise invalid_input(f"The domains of the schema and of the dataset group must be the same, got {domains}")
    check_dataset(read_schema(schema["schema"]), request["datasetType"], group.get("domain"))
    # Interactions with actions come through the dataset itself, not through an event tracker.
    return {"trackingId": str(uuid.uuid4())} if request["datasetType"] == "ACTION_INTERACTIONS" else {}


def _delete_blocker(context: OperationContext, record: Record) -> str | None:
    if (reason := being_updated(context, record)) is not None:
        return reason
    jobs = list(context.store.of(DATASET_IMPORT_JOB, dataset=record.arn))
    versions = list(context.store.of(SOLUTION_VERSION, datasetGroup=record.ancestors["datasetGroup"]))
    for user in jobs + versions:
        if user.pending:
            return f"The given dataset is in use by a {user.row.words} that is {user.status}: {user.arn}"
    return None


def update_dataset(context: OperationContext, request: Members) -> Members:
    """Another schema for Items or Users: all that the old one has, and more that can be null."""
    record = context.store.get(DATASET, request["datasetArn"])
    require_active(record)
    require_no_update(context, record)
    for job in context.store.of(DATASET_IMPORT_JOB, dataset=record.arn):
        if job.pending:
            raise in_use(f"The given dataset is in use by a dataset import job that is {job.status}: {job.arn}")
    kind = record.members["datasetType"]
    if kind not in ("ITEMS", "USERS"):
        raise invalid_input(f"Only the schema of an ITEMS or USERS dataset can be replaced, this one is of type {kind}")
    new = context.store.get(SCHEMA, request["schemaArn"])
    if new.arn == record.members["schemaArn"]:
        raise invalid_input(f"The update changes nothing of the given dataset: {record.arn}")
    _check_replacement(schema_of(context, record), read_schema(new.members["schema"]))
    group = context.store.get(DATASET_GROUP, record.ancestors["datasetGroup"])
    check_dataset(read_schema(new.members["schema"]), kind, group.members.get("domain"))

    def settled(_: object) -> None:
        record.ancestors = record.ancestors | {SCHEMA.key: new.arn}
        record.members["schemaArn"] = new.arn

    update(context, record, {"schemaArn": new.arn}, settled, phase=UPDATE)
    return {"datasetArn": record.arn}


def _check_replacement(old: ParsedSchema, new: ParsedSchema) -> None:
    for field in old.fields:
        if new.field(field.name) != field:
            raise invalid_input(f"The new schema must have all fields of the old one as they are: {field.name}")
    for field in new.fields:
        if old.field(field.name) is None and not field.nullable:
            raise invalid_input(f"The new field {field.name} must be nullable: the rows that are there have no value")


def _computed_members(context: OperationContext, record: Record) -> Members:
    """While its schema is replaced the dataset's own status is that of the update, as recorded in AWS's notebooks."""
    status = update_under_way(record)
    return {} if status is None else {"status": status}


BEHAVIOUR = Behaviour(
    normalise=_normalise, prepare=_prepare, delete_blocker=_delete_blocker, computed_members=_computed_members
)
