"""Data deletion jobs: all references to some users go, from the datasets and from what versions remember.

https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDataDeletionJob.html
"""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

from personalize_sfn.local.personalize.batch import s3_files
from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.contents import dataset_content, live_events
from personalize_sfn.local.personalize.data.delete_users import delete_events, delete_rows, users_of
from personalize_sfn.local.personalize.lifecycle import Work
from personalize_sfn.local.personalize.resources.crud import one_page, shown
from personalize_sfn.local.personalize.resources.hooks import Behaviour, Parents
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.local.personalize.training.solution_version import Trained
from personalize_sfn.local.personalize.wire.errors import invalid_input
from personalize_sfn.local.personalize.wire.protocol import Members
from personalize_sfn.resources import DATA_DELETION_JOB, DATASET, DATASET_GROUP, RECOMMENDER, SOLUTION_VERSION

WITH_USERS = ("INTERACTIONS", "USERS", "ACTION_INTERACTIONS")
_NEWEST_FIRST = 2**53


class _Backwards(NamedTuple):
    number: int
    record: Record


def list_jobs(context: OperationContext, request: Members) -> Members:
    """ListDataDeletionJobs: newest first."""
    group = request.get("datasetGroupArn")
    records = context.store.of(DATA_DELETION_JOB, **({"datasetGroup": group} if group is not None else {}))
    turned = sorted(_Backwards(_NEWEST_FIRST - record.number, record) for record in records)
    page, token = one_page(turned, request, context=[DATA_DELETION_JOB.key, group])
    return {DATA_DELETION_JOB.list_key: [shown(context, entry.record) for entry in page], "nextToken": token}


def _prepare(context: OperationContext, request: Members, parents: Parents) -> Members:
    location = request["dataSource"].get("dataLocation")
    if location is None:
        raise invalid_input("dataSource.dataLocation is required to read the data from Amazon S3")
    source_arn = context.store.arns.personalize(DATA_DELETION_JOB.arn_path.format_map(request))
    s3_files.check_read(
        context.environment, request["roleArn"], location, account=context.store.account, source_arn=source_arn
    )
    return {}


def _work(context: OperationContext, record: Record) -> Work | None:
    environment, role_arn = context.environment, record.members["roleArn"]
    location = record.members["dataSource"]["dataLocation"]
    return lambda: users_of(s3_files.read_folder(environment, role_arn, location))


def _on_active(context: OperationContext, record: Record, result: Any) -> None:
    """Deletes: until the job is COMPLETED the users are there."""
    users: frozenset[str] = result
    group = record.ancestors["datasetGroup"]
    deleted = delete_events(live_events(context.store.get(DATASET_GROUP, group)), users)
    for dataset in context.store.of(DATASET, datasetGroup=group):
        if dataset.members["datasetType"] in WITH_USERS:
            deleted += delete_rows(dataset_content(dataset), users)
    for row in (SOLUTION_VERSION, RECOMMENDER):
        for holder in context.store.of(row, datasetGroup=group):
            if isinstance(holder.content, Trained):
                forgotten = holder.content.forgotten | users
                holder.content = dataclasses.replace(holder.content, forgotten=forgotten)
    record.members["numDeleted"] = deleted


BEHAVIOUR = Behaviour(prepare=_prepare, work=_work, on_active=_on_active)
