"""Dataset export jobs: a dataset's rows as a CSV file in S3.

https://docs.aws.amazon.com/personalize/latest/dg/export-data.html
"""

from __future__ import annotations

from personalize_sfn.local.personalize.batch import s3_files
from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.contents import dataset_content, live_events, schema_of
from personalize_sfn.local.personalize.data.export_csv import ExportRow, event_rows, export, rows_of
from personalize_sfn.local.personalize.lifecycle import Work
from personalize_sfn.local.personalize.resources.hooks import Behaviour, Parents
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.local.personalize.wire.protocol import Members
from personalize_sfn.resources import DATASET, DATASET_EXPORT_JOB, DATASET_GROUP


def _prepare(context: OperationContext, request: Members, parents: Parents) -> Members:
    source_arn = context.store.arns.personalize(DATASET_EXPORT_JOB.arn_path.format_map(request))
    s3_files.check_write(
        context.environment,
        request["roleArn"],
        request["jobOutput"]["s3DataDestination"],
        _file_name(request["jobName"], parents["dataset"]),
        account=context.store.account,
        source_arn=source_arn,
    )
    return {"ingestionMode": request.get("ingestionMode", "PUT")}


def _file_name(job_name: str, dataset: Record) -> str:
    """AWS does not say how it calls the files."""
    return f"{job_name}-{dataset.members['datasetType']}.csv"


def _work(context: OperationContext, record: Record) -> Work | None:
    """Exports the dataset as it is when the job begins."""
    dataset = context.store.get(DATASET, record.ancestors["dataset"])
    schema = schema_of(context, dataset)
    content, mode = dataset_content(dataset), record.members["ingestionMode"]
    parts = {"BULK": content.bulk, "PUT": content.put, "ALL": content.parts}[mode]
    live = live_events(context.store.get(DATASET_GROUP, record.ancestors["datasetGroup"]))
    with_events = mode in ("PUT", "ALL") and schema.dataset_type == "INTERACTIONS"
    events, users = (list(live.events), live.settled_users()) if with_events else ([], {})

    environment, role_arn = context.environment, record.members["roleArn"]
    destination = record.members["jobOutput"]["s3DataDestination"]
    name = _file_name(record.members["jobName"], dataset)

    def work() -> None:
        s3_files.output_folder(destination["path"])
        rows: list[ExportRow] = [*rows_of(parts, schema), *event_rows(events, users, schema)]
        s3_files.write(environment, role_arn, destination, name, export(rows, schema))

    return work


BEHAVIOUR = Behaviour(prepare=_prepare, work=_work)
