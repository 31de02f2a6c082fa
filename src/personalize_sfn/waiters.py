"""Waiters for Python callers, made from the rows: botocore has none for Amazon Personalize.

The workflows do not use them: there Step Functions waits.
"""

from __future__ import annotations

import json
from typing import Any

from personalize_sfn.errors import PersonalizeSfnError
from personalize_sfn.resources import ResourceType

__all__ = ["wait_until_active", "wait_until_deleted", "waiter_config"]

_ATTEMPTS_WITHOUT_DELAY = 1000


def waiter_config(row: ResourceType) -> dict[str, Any]:
    """The row's waiters ``Active`` and ``Deleted``, in botocore's format (version 2).

    >>> from personalize_sfn.resources import CAMPAIGN
    >>> waiter_config(CAMPAIGN)["waiters"]["Active"]["operation"]
    'DescribeCampaign'
    """
    status = f"{row.key}.status"
    gone = {"matcher": "error", "expected": "ResourceNotFoundException"}
    # What is neither ready nor on its way to it (CREATE STOPPED, INACTIVE, a status of tomorrow) is no reason to wait.
    on_its_way = f"contains(`{json.dumps(row.pending_statuses)}`, {status})"
    active: list[dict[str, Any]] = [
        {"matcher": "path", "argument": status, "expected": row.ready_status, "state": "success"},
        {"matcher": "path", "argument": on_its_way, "expected": False, "state": "failure"},
    ]
    deleted = [{**gone, "state": "success"}]
    deleted += [
        {"matcher": "path", "argument": status, "expected": kept, "state": "failure"} for kept in row.pending_statuses
    ]
    common = {"operation": row.operation("Describe"), "delay": 30, "maxAttempts": 120}
    return {
        "version": 2,
        "waiters": {
            "Active": {**common, "acceptors": active},
            "Deleted": {**common, "acceptors": deleted},
        },
    }


def wait_until_active(
    client: Any, row: ResourceType, arn: str, *, delay_seconds: float = 30, timeout_seconds: float = 6 * 3600
) -> dict[str, Any]:
    """Wait until the resource is ACTIVE (a data deletion job: COMPLETED) and return what Describe says of it.

    Args:
        client: a boto3 client for ``personalize``.
        row: what kind of resource it is, such as :data:`personalize_sfn.resources.CAMPAIGN`.
        arn: its ARN.
        delay_seconds: time between two looks; the first is taken at once.
        timeout_seconds: when to give up.

    Raises:
        PersonalizeSfnError: it failed, was stopped, is being deleted, or took too long; says its status and the
            failure reason.  A status that does not lead to ACTIVE is told at once.
    """
    _wait("Active", client, row, arn, delay_seconds=delay_seconds, timeout_seconds=timeout_seconds)
    return dict(getattr(client, row.method("Describe"))(**{row.arn_field: arn})[row.key])


def wait_until_deleted(
    client: Any, row: ResourceType, arn: str, *, delay_seconds: float = 10, timeout_seconds: float = 3600
) -> None:
    """Wait until the resource is gone.  Arguments and errors are those of :func:`wait_until_active`."""
    _wait("Deleted", client, row, arn, delay_seconds=delay_seconds, timeout_seconds=timeout_seconds)


def _wait(name: str, client: Any, row: ResourceType, arn: str, *, delay_seconds: float, timeout_seconds: float) -> None:
    from botocore.exceptions import WaiterError
    from botocore.waiter import WaiterModel, create_waiter_with_client

    if not row.has_status:
        raise PersonalizeSfnError(f"a {row.words} has no status: it is there, or gone, at once")
    waiter: Any = create_waiter_with_client(name, WaiterModel(waiter_config(row)), client)
    attempts = 1 + int(timeout_seconds // delay_seconds) if delay_seconds > 0 else _ATTEMPTS_WITHOUT_DELAY
    try:
        waiter.wait(**{row.arn_field: arn}, WaiterConfig={"Delay": delay_seconds, "MaxAttempts": attempts})
    except WaiterError as error:
        answer: Any = error.last_response
        last = answer.get(row.key, {})
        reason = last.get("failureReason") or error.kwargs["reason"]
        raise PersonalizeSfnError(f"{row.words} {arn} is {last.get('status', 'not there')}: {reason}") from error
