"""Datasets: one of each type in a dataset group, with a schema that fits the type and the group's domain."""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

from personalize_sfn.local.personalize.api_errors import invalid_input, unsupported
from personalize_sfn.local.personalize.environment import Request
from personalize_sfn.local.personalize.operations.behaviour import Behaviour, Call, Members, Parents
from personalize_sfn.local.personalize.schemas import check_dataset, read_schema
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.local.personalize.tables import DatasetContent
from personalize_sfn.resources import DATASET_IMPORT_JOB, SOLUTION_VERSION


def dataset_content(dataset: Record) -> DatasetContent:
    """What the dataset holds; empty before the first import."""
    if dataset.content is None:
        dataset.content = DatasetContent()
    content: DatasetContent = dataset.content
    return content


def _normalise(call: Call, request: Request) -> Request:
    return request | {"datasetType": request["datasetType"].upper()}


def _prepare(call: Call, request: Request, parents: Parents) -> Members:
    schema, group = parents["schema"].members, parents["datasetGroup"].members
    if schema.get("domain") != group.get("domain"):
        domains = f"{schema.get('domain') or 'none'} and {group.get('domain') or 'none'}"
        raise invalid_input(f"The domains of the schema and of the dataset group must be the same, got {domains}")
    check_dataset(read_schema(schema["schema"]), request["datasetType"], group.get("domain"))
    return {}


def _blocked(call: Call, record: Record) -> str | None:
    jobs = list(call.store.of(DATASET_IMPORT_JOB, dataset=record.arn))
    versions = list(call.store.of(SOLUTION_VERSION, datasetGroup=record.ancestors["datasetGroup"]))
    for user in jobs + versions:
        if user.pending:
            return f"The given dataset is in use by a {user.row.words} that is {user.status}: {user.arn}"
    return None


def update_dataset(call: Call, request: Request) -> Members:
    raise unsupported("UpdateDataset")


BEHAVIOUR = Behaviour(normalise=_normalise, prepare=_prepare, blocked=_blocked)
