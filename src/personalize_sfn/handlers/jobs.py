"""Create a job whose name is a hash of what it does: safe to run again, and the same work is not paid for twice.

The event is a create handler's, whose request has no ``jobName``, and ``"namePrefix"``.  With ``"rootExecution"`` in
it, each execution has a job of its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any, TypeAlias

from botocore.exceptions import ClientError

from personalize_sfn.aws_errors import code_of
from personalize_sfn.errors import QuotaError
from personalize_sfn.handlers.aws import (
    LambdaEvent,
    LambdaHandler,
    LambdaResult,
    bring_tags_up_to_date,
    describe,
    translating_errors,
)
from personalize_sfn.handlers.create import answer, arn_of, create, failed, how_found
from personalize_sfn.handlers.s3_objects import etags
from personalize_sfn.resources import ResourceType

#: So many jobs may be made for the same work, because one failed or was replaced, before someone has to look.
ATTEMPTS = 20

#: Completes the Create request, which has the job's name already.
CompleteRequest: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
#: Whether the result of a job that has not failed counts no more.
IsReplaced: TypeAlias = Callable[[Mapping[str, Any]], bool]


def job_handler(row: ResourceType, *, data: str | None = None) -> LambdaHandler:
    """The handler of one job row's create function.

    ``data`` names the member of the request (``a.b`` for the member b of a) that says where in S3 its input is: when
    the objects there change, there is new work to do.
    """

    def handler(event: LambdaEvent, context: Any) -> LambdaResult:
        request = event["request"]
        identity = [json.dumps(request, sort_keys=True), str(event.get("rootExecution", ""))]
        if data is not None:
            location = reduce(lambda value, name: value[name], data.split("."), request)
            identity += etags(str(location), event).values()
        return create_job(row, event, context, identity)

    return handler


def create_job(
    row: ResourceType,
    event: LambdaEvent,
    context: Any,
    identity: Iterable[str],
    *,
    complete: CompleteRequest = dict,
    is_replaced: IsReplaced = lambda _: False,
) -> LambdaResult:
    """Create the job, or find the one that does the same, unless that failed or was replaced.

    Args:
        row: the job's.
        event: as the module says.
        context: Lambda's.
        identity: what the name comes from: the same texts are the same work.
        complete: adds to the request what depends on other jobs.
        is_replaced: whether a job's result counts no more, so that its work is new again.

    Raises:
        QuotaError: so many jobs of the same work failed that someone has to look.
    """
    base = f"{event['namePrefix']}-{hashlib.sha256('|'.join(identity).encode()).hexdigest()[:12]}"
    for attempt in range(1, ATTEMPTS + 1):
        name = base if attempt == 1 else f"{base}-{attempt}"
        request = {**event["request"], row.name_field: name}
        with translating_errors(event):
            try:
                return answer(row, create(row, complete(request), event), "created")
            except ClientError as error:
                if code_of(error) != "ResourceAlreadyExistsException":
                    raise
            arn = arn_of(row, request, context)
            job = describe(row, arn)
            if not failed(row, job) and not is_replaced(job):
                bring_tags_up_to_date(arn, event)
                return answer(row, arn, how_found(job, event))
    raise QuotaError(
        f"{ATTEMPTS} {row.words}s {base} of the same data failed or were replaced: read their failure reasons and "
        "fix the data"
    )
