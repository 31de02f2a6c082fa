"""Create a job that writes to S3: a batch, or an export.  Each job has a folder of its own, which bears its name.

The event is a create handler's, whose request has as ``jobName`` the beginning of the name and as ``jobOutput`` the
folder of the folders; beside it ``"again"`` and ``"rootExecution"``: with ``again`` each execution has a job of its
own, without it the same input, version and settings are one job, which is paid for once.

The request's ``solutionVersionArn`` may end in ``/$LATEST``: the newest that is ACTIVE.  ``"filter": {"name",
"datasetGroupArn"}`` in it stands for the newest ACTIVE filter whose name is that and a hash.
"""

from __future__ import annotations

import json
from typing import Any

from personalize_sfn.arns import parse
from personalize_sfn.errors import InvalidInputError, TransientError
from personalize_sfn.filter_expressions.moving import has_filter_name
from personalize_sfn.handlers.aws import LambdaEvent, LambdaHandler, LambdaResult, list_all, translating_errors
from personalize_sfn.handlers.jobs import create_job
from personalize_sfn.handlers.recommendations import newest_filter
from personalize_sfn.handlers.s3_objects import etags_beginning
from personalize_sfn.handlers.solutions import LATEST, latest_active
from personalize_sfn.resources import FILTER, ResourceType

__all__ = ["output_job_handler"]


def output_job_handler(row: ResourceType) -> LambdaHandler:
    """The handler of one row's create function.

    The answer has ``outputLocation``, ``s3://bucket/folder/``, and for batches ``solutionVersionArn`` as well.

    Raises:
        InvalidInputError: there is no ACTIVE version or filter, or no input.
        TransientError: the filter is being made.
    """

    def handler(event: LambdaEvent, context: Any) -> LambdaResult:
        request = dict(event["request"])
        prefix = request.pop("jobName")
        identity = [str(event["rootExecution"])] if event["again"] else []
        with translating_errors(event):
            if str(request.get("solutionVersionArn", "")).endswith(LATEST):
                request["solutionVersionArn"] = latest_active(request["solutionVersionArn"].removesuffix(LATEST))
            if "filter" in request:
                request["filterArn"] = _newest_filter(**request.pop("filter"))
        if "jobInput" in request:
            found = etags_beginning(request["jobInput"]["s3DataSource"]["path"], event)
            identity += [f"{key} {etag}" for key, etag in sorted(found.items())]
        identity.append(json.dumps(request, sort_keys=True))
        given = {**event, "request": request, "namePrefix": prefix}
        made = create_job(row, given, context, identity, complete=_with_own_folder)
        job = {**request, row.name_field: parse(made[row.arn_field]).name}
        output = {"outputLocation": _with_own_folder(job)["jobOutput"]["s3DataDestination"]["path"]}
        version = {name: request[name] for name in ("solutionVersionArn",) if name in request}
        return made | output | version

    return handler


def _with_own_folder(request: dict[str, Any]) -> dict[str, Any]:
    target = request["jobOutput"]["s3DataDestination"]
    path = f"{target['path']}{request['jobName']}/"
    return {**request, "jobOutput": {"s3DataDestination": {**target, "path": path}}}


def _newest_filter(name: str, datasetGroupArn: str) -> str:
    """ARN of the newest ACTIVE filter of that name and a hash: its expression may have moved since it was deployed."""
    found = list_all(FILTER, datasetGroupArn=datasetGroupArn)
    arn = newest_filter(name, found)
    if arn is not None:
        return arn
    if any(has_filter_name(each["name"], name) and each["status"] in FILTER.pending_statuses for each in found):
        raise TransientError(f"filter {name} is being made; the batch begins when it is ACTIVE")
    raise InvalidInputError(f"there is no ACTIVE filter {name}-<hash>: run the filters workflow, or main, first")
