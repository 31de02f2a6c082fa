"""The status of a resource, and how long to wait before looking again."""

from __future__ import annotations

import os
from typing import Any

from botocore.exceptions import ClientError

from personalize_sfn.arns import parse
from personalize_sfn.aws_errors import code_of
from personalize_sfn.errors import TransientError
from personalize_sfn.handlers.aws import (
    LambdaEvent,
    LambdaHandler,
    LambdaResult,
    cut,
    describe,
    seconds_since,
    translating_errors,
)
from personalize_sfn.polling import next_wait
from personalize_sfn.resources import ResourceType

#: An environment variable that only the embedded AWS sets, where waits are shorter than they say: seconds.
MIN_TIMEOUT = "PERSONALIZE_SFN_MIN_TIMEOUT_SECONDS"


def status_handler(row: ResourceType) -> LambdaHandler:
    """The handler of one row's describe function.

    The event is ``{"<arnField>", "updating", "waitedSeconds", "since", "startedAt", "typicalSeconds",
    "timeoutSeconds"}``; the answer is ``{"status", "failureReason", "waitSeconds", "waitedSeconds", "timedOut"}``.
    ``failureReason`` is always a text: where the service gives none, the status.

    Raises:
        TransientError: it cannot be seen; right after Create that passes.
    """

    def handler(event: LambdaEvent, _context: Any) -> LambdaResult:
        with translating_errors(event):
            try:
                found = describe(row, event[row.arn_field])
            except ClientError as error:
                if code_of(error) != "ResourceNotFoundException":
                    raise
                raise TransientError(
                    f"{row.words} {parse(event[row.arn_field]).name} does not exist, or not yet"
                ) from None
        if event.get("updating") and row.latest_update:
            # Until the update shows, it is pending: the resource itself stays ACTIVE as it was.
            found = found.get(row.latest_update) or {"status": row.pending_statuses[0]}
        status = str(found["status"])
        age_seconds = seconds_since(found.get("creationDateTime", now_of(event)))
        return {
            "status": status,
            "failureReason": cut(str(found.get("failureReason") or status)),
            **waiting(event, status in row.pending_statuses, age_seconds),
        }

    return handler


def now_of(event: LambdaEvent) -> str:
    """When to count from if the resource does not tell: the start of this execution."""
    return str(event["startedAt"])


def waiting(event: LambdaEvent, pending: bool, age_seconds: float) -> LambdaResult:
    """The next wait, the sum of all planned ones, and whether the time limit is over.

    Planned waits count as much as the clock does, so that the plan is the same where time is scaled.  There the real
    work takes its own time all the same, so the limit is never over before MIN_TIMEOUT of the clock.
    """
    waited, limit = float(event["waitedSeconds"]), float(event["timeoutSeconds"])
    clock = seconds_since(event["since"])
    left = limit - max(clock, waited)
    wait = next_wait(max(age_seconds, waited), event["typicalSeconds"]) if pending else 0
    if left > 0:
        wait = min(wait, max(1, round(left)))
    over = left <= 0 and clock >= min(limit, float(os.environ.get(MIN_TIMEOUT, "0")))
    return {"waitSeconds": wait, "waitedSeconds": waited + wait, "timedOut": pending and over}
