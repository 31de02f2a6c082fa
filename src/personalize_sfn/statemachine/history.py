"""Events of an execution's history, in the shape that GetExecutionHistory answers, times in seconds since 1970.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
"""

from __future__ import annotations

import re
from typing import Any

__all__ = ["FULL", "MOST_EVENTS", "Resource", "data", "details", "event", "failure_details"]

#: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
MOST_EVENTS = 25_000
FULL = f"The execution reached the maximum number of history events ({MOST_EVENTS})."
_NOT_TRUNCATED = {"truncated": False}
_SERVICE = re.compile(r"arn:[a-z-]+:states:([a-z0-9-]*):(\d*):([^.]+):([A-Za-z0-9]+(?:\.[A-Za-z0-9:]+)?)")
_ACTIVITY = re.compile(r"arn:[a-z-]+:states:[a-z0-9-]*:\d*:activity:.+")


class Resource:
    """A task's Resource as the history sees it: which events it makes and what they say of it.

    ``events`` is the prefix of its events: Task, LambdaFunction or Activity.  ``pattern`` is ``.sync``, ``.sync:2``,
    ``.waitForTaskToken`` or "".
    """

    __slots__ = ("arn", "events", "name", "pattern", "service")

    def __init__(self, arn: str) -> None:
        self.arn = arn
        self.service = self.name = self.pattern = ""
        if _ACTIVITY.fullmatch(arn):
            self.events = "Activity"
        elif found := _SERVICE.fullmatch(arn):
            self.events = "Task"
            self.service, self.name = found[3], found[4]
            self.pattern = self.name[self.name.index(".") :] if "." in self.name else ""
        else:
            self.events = "LambdaFunction"

    @property
    def said(self) -> dict[str, Any]:
        """``resourceType`` and ``resource`` of the events of a service integration."""
        return {"resourceType": self.service, "resource": self.name} if self.events == "Task" else {}


def details(kind: str) -> str:
    """The member that holds an event's details: ``PassStateEntered`` has ``stateEnteredEventDetails``."""
    for state in ("StateEntered", "StateExited"):
        if kind.endswith(state):
            kind = state
    return f"{kind[0].lower()}{kind[1:]}EventDetails"


def data(name: str, text: str) -> dict[str, Any]:
    """``{name: JSON text, nameDetails: ...}``."""
    return {name: text, f"{name}Details": _NOT_TRUNCATED}


def failure_details(error: str | None, cause: str | None) -> dict[str, Any]:
    """What is None is left out."""
    return {name: value for name, value in (("error", error), ("cause", cause)) if value is not None}


def event(number: int, previous: int, now: float, kind: str, said: dict[str, Any] | None) -> dict[str, Any]:
    made: dict[str, Any] = {"timestamp": now, "type": kind, "id": number, "previousEventId": previous}
    if said is not None:
        made[details(kind)] = said
    return made
