"""How a state fails: the error's name, its cause, and where it may be caught.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["RUNTIME", "StateFailure", "matching_rule", "runtime_failure"]

RUNTIME = "States.Runtime"
_TIMEOUT = "States.Timeout"
_HEARTBEAT = "States.HeartbeatTimeout"


class StateFailure(Exception):
    """A state failed with ``error`` and ``cause`` (None: there is none, which is not the same as "").

    ``in_state``: the interpreter itself found it, so that the cause says in which state, entered at which event.
    ``location``: the field whose JSONata failed, for the event EvaluationFailed.
    ``after_entry``: that event follows the one of entering the state, as AWS has it where a value was evaluated and is
    no timestamp; else the one before it.
    ``heartbeat``: the time limit that ran out is that of the heartbeat.
    """

    def __init__(
        self,
        error: str | None,
        cause: str | None,
        *,
        in_state: bool = False,
        location: str | None = None,
        after_entry: bool = False,
        heartbeat: bool = False,
    ) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause
        self.in_state = in_state
        self.location = location
        self.after_entry = after_entry
        self.heartbeat = heartbeat

    def output(self) -> dict[str, Any]:
        """What a Catch hands on.  AWS writes "" where there is no error or no cause."""
        return {"Error": self.error or "", "Cause": self.cause or ""}

    def matches(self, name: str) -> bool:
        """Whether a name in ErrorEquals means this error.  States.Runtime is not caught, even by its own name."""
        if self.error == RUNTIME:
            return False
        if name == "States.ALL":
            return True
        if name == "States.TaskFailed":
            return self.error != _TIMEOUT
        return name == self.error or (self.heartbeat and name == _HEARTBEAT)


def runtime_failure(cause: str) -> StateFailure:
    return StateFailure(RUNTIME, cause, in_state=True)


def matching_rule(rules: Iterable[dict[str, Any]], failure: StateFailure) -> tuple[int, dict[str, Any]] | None:
    """The first Retry or Catch rule for a failure, with its index."""
    for index, rule in enumerate(rules):
        if any(failure.matches(name) for name in rule["ErrorEquals"]):
            return index, rule
    return None
