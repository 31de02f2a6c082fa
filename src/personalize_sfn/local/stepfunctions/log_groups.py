"""The histories of executions, written into a log group as far as the machine's logging configuration says.

https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from personalize_sfn.arns import parse
from personalize_sfn.statemachine.history import details

if TYPE_CHECKING:
    from personalize_sfn.local.stepfunctions.records import ExecutionRecord

__all__ = ["EXECUTION_DATA", "exists", "write"]

EXECUTION_DATA = (
    "input",
    "output",
    "parameters",
    "inputDetails",
    "outputDetails",
    "resourceOutput",
    "assignedVariables",
)
"""What an event is without where includeExecutionData is false."""

_FATAL = ("ExecutionAborted", "ExecutionFailed", "ExecutionTimedOut")
_ERROR_ENDINGS = ("Aborted", "Failed", "TimedOut")


def _is_logged(kind: str, level: str) -> bool:
    """https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-log-level"""
    if level == "ERROR":
        return kind.endswith(_ERROR_ENDINGS) or kind == "FailStateEntered"
    return level == "ALL" or (level == "FATAL" and kind in _FATAL)


def _group(arn: str) -> Any | None:
    from moto.logs.models import logs_backends

    try:
        parts = parse(arn)
        groups = logs_backends[parts.account_id][parts.region].groups if parts.service == "logs" else {}
    except (ValueError, KeyError):  # no ARN, or of a region that is none
        return None
    return groups.get(parts.resource.removeprefix("log-group:").removesuffix(":*"))


def exists(arn: str) -> bool:
    """Whether an ARN (``...:log-group:NAME:*``) names a log group that is there."""
    return _group(arn) is not None


def write(record: ExecutionRecord) -> None:
    """Write the events since the last time; nothing where the log group is gone by now."""
    configured, events = record.revision.logging, record.execution.events[record.logged :]
    record.logged += len(events)
    if configured["level"] == "OFF" or not events:
        return
    group = _group(configured["destinations"][0]["cloudWatchLogsLogGroup"]["logGroupArn"])
    messages = [
        {"timestamp": int(event["timestamp"] * 1000), "message": json.dumps(_entry(event, record))}
        for event in events
        if _is_logged(event["type"], configured["level"])
    ]
    if group is None or not messages:
        return
    day = dt.datetime.fromtimestamp(record.started, dt.UTC).date()
    stream = f"states/{record.machine.name}/{day}/{record.name}"
    if stream not in group.streams:
        group.create_log_stream(stream)
    group.put_log_events(stream, messages)


def _entry(event: dict[str, Any], record: ExecutionRecord) -> dict[str, Any]:
    said = event.get(details(event["type"])) or {}
    if not record.revision.logging["includeExecutionData"]:
        said = {name: value for name, value in said.items() if name not in EXECUTION_DATA}
    return {
        "id": str(event["id"]),
        "type": event["type"],
        "details": {name: value for name, value in said.items() if value is not None},
        "previous_event_id": str(event["previousEventId"]),
        "event_timestamp": str(int(event["timestamp"] * 1000)),
        "execution_arn": record.arn,
        "redrive_count": str(record.execution.context["Execution"]["RedriveCount"]),
    }
