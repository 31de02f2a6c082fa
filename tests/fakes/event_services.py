"""The Personalize clients that an event sender asks, and a session that gives them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from personalize_sfn.arns import Arns

__all__ = ["FakeEvents", "FakeTrackers", "client_error", "session_with"]


def client_error(code: str, message: str = "no", status: int = 400) -> ClientError:
    answer = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "PutEvents")  # type: ignore[arg-type]


class FakeEvents:
    """PutEvents: keeps what it is sent, unless ``fail`` gives an error for the request."""

    def __init__(self, fail: Callable[[dict[str, Any]], Exception | None] = lambda _: None) -> None:
        self.fail = fail
        self.calls: list[dict[str, Any]] = []
        """Of those that succeeded."""
        self.attempts = 0
        self.gate = threading.Event()
        """Requests wait for it."""
        self.gate.set()
        self.entered = threading.Event()
        """A request has come."""

    def put_events(self, **request: Any) -> dict[str, Any]:
        self.entered.set()
        assert self.gate.wait(20)
        self.attempts += 1
        error = self.fail(request)
        if error is not None:
            raise error
        self.calls.append(request)
        return {}

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for call in self.calls for event in call["eventList"]]

    @property
    def items(self) -> list[str]:
        return [event["itemId"] for event in self.events]


class FakeTrackers:
    """The control API: the event trackers of dataset group ``shop``."""

    def __init__(self, *statuses: str, error: Exception | None = None) -> None:
        self.statuses, self.error = statuses, error
        self.described = 0

    def get_paginator(self, operation: str) -> Any:
        assert operation == "list_event_trackers"
        return self

    def paginate(self, *, datasetGroupArn: str) -> list[dict[str, Any]]:
        assert datasetGroupArn == "arn:aws:personalize:us-east-1:123456789012:dataset-group/shop"
        if self.error is not None:
            raise self.error
        found = [{"eventTrackerArn": f"tracker-{n}", "status": status} for n, status in enumerate(self.statuses)]
        return [{"eventTrackers": []}, {"eventTrackers": found}]

    def describe_event_tracker(self, *, eventTrackerArn: str) -> dict[str, Any]:
        self.described += 1
        return {"eventTracker": {"trackingId": f"id-of-{eventTrackerArn}-{self.described}"}}


def session_with(events: FakeEvents, trackers: FakeTrackers | None = None) -> Any:
    """A session of the account 123456789012 with these clients."""
    return SimpleNamespace(
        client=lambda _: trackers or FakeTrackers("ACTIVE"),
        new_client=lambda service, **_: {"personalize-events": events}[service],
        arns=Arns("us-east-1", "123456789012"),
        region="us-east-1",
        account_id="123456789012",
    )
