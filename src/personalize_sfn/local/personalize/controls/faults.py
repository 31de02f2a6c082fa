"""Failures on demand, so that tests (ours and users') can see what a pipeline does when Personalize misbehaves.

aws.personalize.faults.fail("campaign", reason="no capacity")       # the next campaign becomes CREATE FAILED
aws.personalize.faults.throttle("DescribeCampaign", times=3)
aws.personalize.faults.lose_response_once("CreateSolutionVersion")  # it is created, the client sees a 500
aws.personalize.faults.not_found_once("solution_version")           # its first Describe comes too early
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from typing import Any

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.personalize.store import Store
from personalize_sfn.local.personalize.wire.protocol import Members, operations
from personalize_sfn.resources import RESOURCE_TYPES


def row_key(kind: str) -> str:
    """``"solution_version"`` or ``"solutionVersion"`` to the row's key.  Raises ValueError for another kind."""
    for row in RESOURCE_TYPES:
        if kind in (row.key, row.snake):
            return row.key
    known = ", ".join(row.snake for row in RESOURCE_TYPES)
    raise ValueError(f"unknown kind of resource {kind!r}: expected one of {known}")


def _operation(name: str) -> str:
    if name not in operations():
        raise ValueError(f"Amazon Personalize has no operation {name!r}; expected a name such as 'CreateCampaign'")
    return name


_ROWS_BY_CREATE = {row.operation("Create"): row for row in RESOURCE_TYPES}
_ROWS_BY_DESCRIBE = {row.operation("Describe"): row for row in RESOURCE_TYPES}


class Faults:
    """What is going to go wrong; each fault is used up by what it hits.  Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures: dict[str, deque[str]] = defaultdict(deque)
        self._errors: dict[str, deque[AwsError]] = defaultdict(deque)
        self._lost: dict[str, int] = defaultdict(int)
        self._unseen: dict[str, deque[int]] = defaultdict(deque)
        self._hidden: dict[str, int] = {}

    def fail(self, kind: str, *, reason: str, times: int = 1) -> None:
        """The next ``times`` creations or updates of that kind of resource end in CREATE FAILED for ``reason``."""
        with self._lock:
            self._failures[row_key(kind)].extend([reason] * times)

    def error_once(self, operation: str, code: str, message: str, *, status: int | None = None, times: int = 1) -> None:
        """The next ``times`` calls of the operation are refused with this error and do nothing."""
        with self._lock:
            self._errors[_operation(operation)].extend(AwsError(code, message, status) for _ in range(times))

    def throttle(self, operation: str, *, times: int = 1) -> None:
        """The next ``times`` calls of the operation are throttled (botocore does not model this error here)."""
        self.error_once(operation, "ThrottlingException", "Rate exceeded", times=times)

    def lose_response_once(self, operation: str, *, times: int = 1) -> None:
        """The next ``times`` calls of the operation take effect, but the client sees an HTTP 500 instead of the answer.

        botocore sends such a call again by itself, as after a broken connection.
        """
        with self._lock:
            self._lost[_operation(operation)] += times

    def not_found_once(self, kind: str, *, times: int = 1) -> None:
        """The next created resource of that kind answers its first ``times`` Describes with not found.

        As on AWS right after a create, when the read comes before the write has spread.
        """
        with self._lock:
            self._unseen[row_key(kind)].append(times)

    def clear(self) -> None:
        """Forget every fault that has not been used up."""
        with self._lock:
            self._failures.clear()
            self._errors.clear()
            self._lost.clear()
            self._unseen.clear()
            self._hidden.clear()

    def planned(self) -> list[dict[str, Any]]:
        """The faults that have not been used up, as a plan says them."""
        with self._lock:
            fails = [
                {"fault": "fail", "kind": key, "reason": reason, "times": 1}
                for key, reasons in self._failures.items()
                for reason in reasons
            ]
            errors = [
                {"fault": "error", "operation": name, "code": error.code, "message": error.message, "times": 1}
                | ({"status": error.status} if error.status is not None else {})
                for name, waiting in self._errors.items()
                for error in waiting
            ]
            lost = [{"fault": "lose_response", "operation": name, "times": n} for name, n in self._lost.items() if n]
            unseen = [
                {"fault": "not_found", "kind": key, "times": times}
                for key, waiting in self._unseen.items()
                for times in waiting
            ]
            return [*fails, *errors, *lost, *unseen]

    # What the service asks.

    def take_failure(self, key: str) -> str | None:
        with self._lock:
            return self._failures[key].popleft() if self._failures[key] else None

    def take_error(self, operation: str) -> AwsError | None:
        with self._lock:
            return self._errors[operation].popleft() if self._errors[operation] else None

    def take_lost(self, operation: str) -> bool:
        with self._lock:
            lost = self._lost[operation] > 0
            self._lost[operation] -= lost
            return lost

    def created(self, operation: str, response: Members) -> None:
        """Tells of an operation that succeeded; a new resource may be hidden from now on."""
        row = _ROWS_BY_CREATE.get(operation)
        if row is None:
            return
        with self._lock:
            if self._unseen[row.key]:
                self._hidden[response[row.arn_field]] = self._unseen[row.key].popleft()

    def check_hidden(self, operation: str, request: Members, store: Store) -> None:
        """Raises ResourceNotFoundException for a Describe of a resource that is still hidden."""
        row = _ROWS_BY_DESCRIBE.get(operation)
        arn = request.get(row.arn_field) if row is not None else None
        if row is None or arn not in self._hidden:
            return
        with self._lock:
            left = self._hidden.pop(arn, 0)
            if left > 1:
                self._hidden[arn] = left - 1
        if left:
            raise store.missing(row, arn)
