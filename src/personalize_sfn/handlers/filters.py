"""Filters: made of an expression that may move with time, and removed once another one has replaced them."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

from botocore.exceptions import ClientError

from personalize_sfn.arns import parse
from personalize_sfn.aws_errors import code_of
from personalize_sfn.filter_expressions.moving import filter_hash, has_filter_name, resolved
from personalize_sfn.handlers.aws import (
    LambdaEvent,
    LambdaResult,
    client,
    list_all,
    now,
    project_of,
    translating_errors,
)
from personalize_sfn.handlers.create import create_or_find
from personalize_sfn.ownership import PROJECT_TAG
from personalize_sfn.resources import DELETING_STATUSES, FILTER


def create_filter(event: LambdaEvent, context: Any) -> LambdaResult:
    """Create the filter of the expression as it is today, or find it.

    The event is a create handler's, whose name lacks the hash of the expression.
    """
    request = event["request"]
    expression = resolved(request["filterExpression"], now())
    made = {**request, "name": f"{request['name']}-{filter_hash(expression)}", "filterExpression": expression}
    with translating_errors(event):
        return create_or_find(FILTER, {**event, "request": made}, context, same=("datasetGroupArn", "filterExpression"))


def delete_old_filters(event: LambdaEvent, _context: Any) -> LambdaResult:
    """Delete the project's filters that another one of their key replaced more than ``keepDays`` ago.

    The event is ``{"filters": [{"key", "filterArn"}], "datasetGroupArn", "keepDays", "tags", "startedAt"}``; the answer
    is ``{"filters": {key: ARN}, "deleted": [ARN, ...]}``.  One that a batch is using stays for now.
    """
    limit = now() - timedelta(days=event["keepDays"])
    deleted = []
    with translating_errors(event):
        there = sorted(
            list_all(FILTER, datasetGroupArn=event["datasetGroupArn"]), key=lambda each: each["creationDateTime"]
        )
        for current in (each["filterArn"] for each in event["filters"]):
            base = parse(current).name.rpartition("-")[0]
            own = [each for each in there if has_filter_name(each["name"], base)]
            for old, newer in pairwise(own):
                arn = old["filterArn"]
                if arn != current and newer["creationDateTime"] <= limit and _delete(old, event["tags"][PROJECT_TAG]):
                    deleted.append(arn)
    return {"filters": {each["key"]: each["filterArn"] for each in event["filters"]}, "deleted": deleted}


def _delete(found: dict[str, Any], project: str) -> bool:
    arn = found["filterArn"]
    if found["status"] in (*DELETING_STATUSES, *FILTER.pending_statuses) or project_of(arn) != project:
        return False
    try:
        client("personalize").delete_filter(filterArn=arn)
    except ClientError as error:
        if code_of(error) != "ResourceInUseException":
            raise
        return False
    return True
