"""Carry a plan out.  Writes only; when it stops half-way, a new plan holds what is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from personalize_sfn.aws_errors import code_of, message_of
from personalize_sfn.deploy.changes import ApiCall, Await, Change, ChangeStep, EmptyBucket, Kind, reading
from personalize_sfn.deploy.plan import PARALLEL, SERVICES, make_clients
from personalize_sfn.errors import DeployError
from personalize_sfn.session import Session

__all__ = ["Progress", "apply"]

Progress = Callable[[Change], None]

#: What can be made at once; each group needs the one before it.  Removal goes the other way.
_ORDER: tuple[tuple[Kind, ...], ...] = (("bucket", "role"), ("bucket policy", "function"), ("state machine",))


@dataclass(frozen=True, slots=True)
class Passing:
    """An error of AWS that passes by itself, because what was just written is not known everywhere yet."""

    service: str
    code: str
    text: str = ""
    """Part of the message; empty: any message."""
    methods: str = ""
    """Start of the client's method; empty: any method."""


#: Sources: the error tables of the operations, and "changes that I make are not always immediately visible" in
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html
PASSING: tuple[Passing, ...] = (
    Passing("lambda", "InvalidParameterValueException", "cannot be assumed by Lambda"),
    Passing("lambda", "ResourceConflictException", "in progress"),
    Passing("stepfunctions", "AccessDeniedException", "authorized to assume the provided role"),
    Passing("stepfunctions", "AccessDeniedException", "not authorized to create managed-rule"),
    Passing("stepfunctions", "StateMachineDeleting"),
    Passing("iam", "NoSuchEntity", methods="put_"),
    Passing("iam", "ConcurrentModification"),
    Passing("s3", "OperationAborted"),
    Passing("s3", "NoSuchBucket", methods="put_"),
)
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 8.0
GIVE_UP_SECONDS = 120.0


def apply(
    session: Session,
    changes: Iterable[Change],
    progress: Progress | None = None,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Make ``changes``, in the order in which one needs another, several at a time.

    Args:
        session: the AWS to change.
        changes: a plan.
        progress: called after each change that is made, one at a time.
        sleep: how to pause between tries, in seconds.

    Raises:
        DeployError: AWS refused a change for good.  Changes beside it are finished; those that need it are not begun.
    """
    todo = list(changes)
    make_clients(session, SERVICES)
    removing = [change for change in todo if change.action == "delete"]
    making = [change for change in todo if change.action != "delete"]
    groups = [(removing, kinds) for kinds in reversed(_ORDER)] + [(making, kinds) for kinds in _ORDER]
    for among, kinds in groups:
        _apply_group(session, [change for change in among if change.kind in kinds], progress, sleep)


def _apply_group(
    session: Session, changes: list[Change], progress: Progress | None, sleep: Callable[[float], None]
) -> None:
    failed: list[DeployError] = []
    with ThreadPoolExecutor(PARALLEL) as pool:
        running = {pool.submit(_make, session, change, sleep): change for change in changes}
        for done in as_completed(running):
            try:
                done.result()
            except DeployError as error:
                failed.append(error)
                continue
            if progress is not None:
                progress(running[done])
    if failed:
        others = f" ({len(failed) - 1} more changes failed)" if len(failed) > 1 else ""
        raise DeployError(
            f"{failed[0]}{others}. What was done stays done; run the same again and it resumes there"
        ) from failed[0]


def _make(session: Session, change: Change, sleep: Callable[[float], None]) -> None:
    with reading(change.sentence):
        for step in change.steps:
            _persist(session, step, sleep)


def _persist(session: Session, step: ChangeStep, sleep: Callable[[float], None]) -> None:
    """Try ``step`` until it succeeds or fails for good, with pauses that double."""
    from botocore.exceptions import ClientError

    pause, paused = FIRST_PAUSE_SECONDS, 0.0
    while True:
        try:
            _perform(session, step)
        except ClientError as error:
            if paused >= GIVE_UP_SECONDS or not _passes(step, error):
                raise
            sleep(pause)
            paused += pause
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        else:
            return


def _passes(step: ChangeStep, error: Exception) -> bool:
    return isinstance(step, ApiCall) and any(
        step.service == row.service
        and code_of(error) == row.code
        and row.text in message_of(error)
        and step.method.startswith(row.methods)
        for row in PASSING
    )


def _perform(session: Session, step: ChangeStep) -> None:
    if isinstance(step, ApiCall):
        getattr(session.client(step.service), step.method)(**step.parameters)
    elif isinstance(step, Await):
        session.client(step.service).get_waiter(step.waiter).wait(**step.parameters)
    else:
        _empty(session, step)


def _empty(session: Session, step: EmptyBucket) -> None:
    """Delete page by page: a page of versions holds up to 1,000 keys, as many as DeleteObjects takes."""
    s3 = session.client("s3")
    owned = {"Bucket": step.bucket, "ExpectedBucketOwner": step.owner}
    for page in s3.get_paginator("list_object_versions").paginate(**owned):
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if not found:
            continue
        objects = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]
        answer = s3.delete_objects(**owned, Delete={"Objects": objects, "Quiet": True})
        if errors := answer.get("Errors"):
            raise DeployError(
                f"cannot delete s3://{step.bucket}/{errors[0]['Key']}: {errors[0].get('Message', 'refused')}"
            )
