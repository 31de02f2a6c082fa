"""Dataset import jobs: access is checked when a job is created, the data while it runs."""

from __future__ import annotations

from typing import Any

from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.contents import dataset_content, schema_of
from personalize_sfn.local.personalize.data.import_csv import Imported, check_access, import_csv, imported_beside
from personalize_sfn.local.personalize.data.schemas import ID_COLUMNS
from personalize_sfn.local.personalize.data.tables import DatasetContent, Table
from personalize_sfn.local.personalize.lifecycle import Work
from personalize_sfn.local.personalize.resources.crud import require_no_update
from personalize_sfn.local.personalize.resources.hooks import Behaviour, Parents
from personalize_sfn.local.personalize.resources.metric_attributions import reporting
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.local.personalize.wire.errors import WorkFailed, invalid_input
from personalize_sfn.local.personalize.wire.protocol import Members
from personalize_sfn.resources import DATASET, DATASET_IMPORT_JOB


def _prepare(context: OperationContext, request: Members, parents: Parents) -> Members:
    if request.get("publishAttributionMetricsToS3"):
        reporting(context, parents["dataset"])
    location = request["dataSource"].get("dataLocation")
    if location is None or "roleArn" not in request:
        missing = "dataSource.dataLocation" if location is None else "roleArn"
        raise invalid_input(f"{missing} is required to read the data from Amazon S3")
    require_no_update(context, parents["dataset"])
    mode = request.get("importMode", "FULL")
    if mode == "INCREMENTAL" and not dataset_content(parents["dataset"]).bulk:
        raise invalid_input("importMode INCREMENTAL adds to what a FULL import brought; this dataset has had none")
    job_arn = context.store.arns.personalize(DATASET_IMPORT_JOB.arn_path.format_map(request))
    check_access(context.environment, request["roleArn"], location, account=context.store.account, source_arn=job_arn)
    return {"importMode": mode}


def _work(context: OperationContext, record: Record) -> Work | None:
    dataset = context.store.get(DATASET, record.ancestors["dataset"])
    schema = schema_of(context, dataset)
    role_arn, location = record.members["roleArn"], record.members["dataSource"]["dataLocation"]

    publish = reporting(context, dataset) if record.members.get("publishAttributionMetricsToS3") else None

    content = dataset_content(dataset)
    mode: str = record.members["importMode"]
    appends = mode == "INCREMENTAL" and schema.dataset_type not in ID_COLUMNS

    def read() -> Table | Imported:
        try:
            table = import_csv(context.environment, role_arn, location, schema, mode)
        except WorkFailed as failure:
            kind = f"{schema.dataset_type} dataset {dataset.members['name']}"
            raise WorkFailed(f"Failed to create a data import job for {kind}. {failure}") from failure
        if publish is not None:
            publish(table)
        return imported_beside(table, content.bulk) if appends else table

    return read


def _on_active(context: OperationContext, record: Record, result: Any) -> None:
    dataset = context.store.get(DATASET, record.ancestors["dataset"])
    content = dataset_content(dataset)
    if record.members["importMode"] == "FULL":
        content.full(result)
    elif isinstance(result, Imported):
        _append(content, result)
    else:
        content.add(result, ID_COLUMNS[dataset.members["datasetType"]])


def _append(content: DatasetContent, result: Imported) -> None:
    if content.bulk is not result.beside:  # another import ended in the meantime
        result = imported_beside(result.table, content.bulk)
    if result.fresh.all():
        content.add(result.table)
    elif result.fresh.any():
        content.add({name: column[result.fresh] for name, column in result.table.items()})


BEHAVIOUR = Behaviour(prepare=_prepare, work=_work, on_active=_on_active)
