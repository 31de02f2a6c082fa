"""Who goes first: a data deletion job, or what may not run beside it (docs/adr/0007).

Both sides write before they look.  A create function puts an object into ``begun/``, looks for claims, creates, and
removes the object.  ``forget`` puts its claim into ``claims/``, and only then looks at ``begun/`` and at Personalize.
S3 shows every write to all who look later, so of two that start at the same moment at least one sees the other: the
create function gives way, and ``forget`` waits until nothing has begun.

A claim holds the ARN of its execution and counts only while that runs: one that was stopped blocks nobody.

``turns`` in the event is ``{"bucket", "prefix", "datasetGroup"}``: ``{region}`` and ``{account_id}`` in the bucket's
name are filled here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from personalize_sfn.arns import Arns, parse
from personalize_sfn.aws_errors import code_of
from personalize_sfn.errors import InvalidInputError, PendingLimitError
from personalize_sfn.handlers.aws import (
    LambdaEvent,
    LambdaResult,
    client,
    cut,
    describe,
    list_all,
    seconds_since,
    translating_errors,
)
from personalize_sfn.handlers.status import waiting
from personalize_sfn.resources import (
    DATA_DELETION_JOB,
    DATASET,
    RESOURCE_TYPES,
    SOLUTION,
    SOLUTION_VERSION,
    ResourceType,
)

__all__ = ["beside_no_deletion", "claim_deletion_turn", "end_deletion", "refuse_forgotten"]

#: A function that was killed leaves its object in ``begun/``; no function runs longer than this.
#: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_LONGEST_FUNCTION_SECONDS = 900 + 60
#: After so many jobs, because something always ran beside them, someone has to look.
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class _Turns:
    bucket: str
    prefix: str
    group: str
    """ARN of the dataset group."""

    @classmethod
    def of(cls, event: LambdaEvent, arn: str) -> _Turns:
        """``arn``: of anything in the same account and region."""
        turns, arns = event["turns"], Arns.like(arn)
        return cls(
            turns["bucket"].format(region=arns.region, account_id=arns.account_id),
            turns["prefix"],
            arns.personalize(f"dataset-group/{turns['datasetGroup']}"),
        )

    def put(self, name: str, text: str = "") -> None:
        client("s3").put_object(Bucket=self.bucket, Key=f"{self.prefix}{name}", Body=text.encode())

    def delete(self, name: str) -> None:
        client("s3").delete_object(Bucket=self.bucket, Key=f"{self.prefix}{name}")

    def listed(self, folder: str) -> dict[str, datetime]:
        """When each object was written, by its name without the folder."""
        begin = f"{self.prefix}{folder}"
        pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=begin)
        objects = (each for page in pages for each in page.get("Contents", []))
        return {each["Key"].removeprefix(begin): each["LastModified"] for each in objects}


@contextmanager
def beside_no_deletion(row: ResourceType, request: Mapping[str, Any], event: LambdaEvent) -> Iterator[None]:
    """Inside, one of the row may be created: no user is being forgotten, and none begins to be.

    Raises:
        PendingLimitError: some are; Step Functions tries again, for as long as it waits for a slot.
    """
    if "turns" not in event or not row.reads_users:
        yield
        return
    parent = next(request[f"{key}Arn"] for key in row.parents)
    turns = _Turns.of(event, parent)
    begun = f"begun/{uuid.uuid4()}"
    turns.put(begun, row.key)
    try:
        if who := _forgetting(turns, parent):
            raise PendingLimitError(f"users are being forgotten by {who}; {row.words}s wait until that has ended")
        yield
    finally:
        turns.delete(begun)


def _forgetting(turns: _Turns, arn: str) -> str | None:
    """The execution or the job that forgets users now."""
    machine = Arns.like(arn).execution(turns.prefix.partition("/")[0] + "-forget", "")
    for name in turns.listed("claims/"):
        if _is_running(f"{machine}{name}"):
            return f"execution {name}"
    for job in list_all(DATA_DELETION_JOB, datasetGroupArn=turns.group):
        if job["status"] in DATA_DELETION_JOB.pending_statuses:
            return f"data deletion job {job[DATA_DELETION_JOB.name_field]}"
    return None


def _is_running(execution: str) -> bool:
    try:
        return bool(client("stepfunctions").describe_execution(executionArn=execution)["status"] == "RUNNING")
    except ClientError as error:
        if code_of(error) != "ExecutionDoesNotExist":
            raise
        return False  # its state machine was deleted


def claim_deletion_turn(event: LambdaEvent, _context: Any) -> LambdaResult:
    """Put the claim of this execution, then look for what runs in the dataset group.

    The event is ``{"turns", "execution"}`` (the ARN) and what :func:`~personalize_sfn.handlers.status.waiting` needs.
    The answer is ``{"isFree", "running", "waitSeconds", "waitedSeconds", "timedOut"}``; ``running`` names what runs.
    """
    execution = event["execution"]
    turns = _Turns.of(event, execution)
    with translating_errors(event):
        turns.put(f"claims/{parse(execution).name}", execution)
        running = [*_begun(turns), *(arn for _, arn in _reading(turns.group))]
    return {
        "isFree": not running,
        "running": cut(", ".join(running) or "nothing"),
        **waiting(event, bool(running), 0),
    }


def _begun(turns: _Turns) -> list[str]:
    """What create functions are about to create."""
    found = []
    for name, written in turns.listed("begun/").items():
        if seconds_since(written) > _LONGEST_FUNCTION_SECONDS:
            turns.delete(f"begun/{name}")
        else:
            found.append(f"what function call {name} creates")
    return found


def _reading(group: str, since: datetime | None = None) -> Iterator[tuple[ResourceType, str]]:
    """What runs in the dataset group and reads its users, automatic trainings too; with ``since`` also what ended
    after that.  Read from Personalize: people and Personalize itself start them too.
    """
    scopes = {
        row: [{f"{row.key}Arn": each[row.arn_field]} for each in list_all(row, datasetGroupArn=group)]
        for row in (DATASET, SOLUTION)
    }
    solutions = tuple(f"{each['solutionArn']}/" for each in scopes[SOLUTION])
    for row in (row for row in RESOURCE_TYPES if row.reads_users):
        of_parent = next((scopes[parent] for parent in scopes if parent.key == row.scope), None)
        if row.scope == SOLUTION_VERSION.key:  # one list of all, not one for each version: Lists are one a second
            found = [each for each in list_all(row) if str(each.get("solutionVersionArn")).startswith(solutions)]
        elif of_parent is None:
            found = list_all(row, datasetGroupArn=group)
        else:
            found = [each for scope in of_parent for each in list_all(row, **scope)]
        for each in found:
            is_running = each["status"] in (*row.pending_statuses, "CREATE STOPPING")
            if is_running or (since is not None and each["lastUpdatedDateTime"] > since):
                yield row, each[row.arn_field]


def end_deletion(event: LambdaEvent, _context: Any) -> LambdaResult:
    """See what ran beside the job; if anything did, ask for another job, else remove the list of users and the claim.

    The event is ``{"turns", "execution", "list", "dataDeletionJobArn", "round", "numDeleted", "startedAt"}``.
    The answer is ``{"again", "round", "numDeleted", "ranBeside"}``, where ``numDeleted`` is of all rounds, and
    ``ranBeside`` names what ran beside the last job.
    """
    turns = _Turns.of(event, event["execution"])
    with translating_errors(event):
        job = describe(DATA_DELETION_JOB, event["dataDeletionJobArn"])
        beside = [arn for _, arn in _reading(turns.group, since=job["creationDateTime"])]
        again = bool(beside) and event["round"] < ROUNDS
        if not again:
            bucket, _, key = event["list"].removeprefix("s3://").partition("/")
            if bucket == turns.bucket and key.startswith(turns.prefix):
                turns.delete(key.removeprefix(turns.prefix))
            turns.delete(f"claims/{parse(event['execution']).name}")
    return {
        "again": again,
        "round": event["round"] + 1,
        "numDeleted": event["numDeleted"] + job.get("numDeleted", 0),
        "ranBeside": beside,
    }


def refuse_forgotten(location: str, etags: Mapping[str, str], event: LambdaEvent) -> None:
    """Refuse data that were found to name users who were forgotten: an import would bring them back.

    Args:
        location: of the data, for the message.
        etags: by key.
        event: of the create function; without ``turns`` nobody was forgotten.

    Raises:
        InvalidInputError: names the objects.
    """
    if "turns" not in event:
        return
    turns = _Turns.of(event, event["request"]["datasetArn"])
    with translating_errors(event):
        refused = turns.listed("refused/")
    if named := [key for key, etag in etags.items() if etag.strip('"') in refused]:
        raise InvalidInputError(
            f"{location}: {', '.join(named[:5])} names users who were forgotten, and an import would bring them back. "
            "Upload the data without them, or run 'personalize-sfn forget CSV --rewrite-inputs' with their ids"
        )
