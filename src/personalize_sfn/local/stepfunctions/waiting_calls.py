"""Calls of tasks that are answered when an execution ends or has a task for them: while one waits, time may pass."""

from __future__ import annotations

import threading
from collections.abc import Callable

from personalize_sfn.statemachine import TaskCall

__all__ = ["WaitingCalls"]

#: Resources that wait, each with the argument that says what for.
_WAITING = {
    "aws-sdk:sfn:startSyncExecution": "StateMachineArn",
    "aws-sdk:sfn:getActivityTask": "ActivityArn",
}


class WaitingCalls:
    """The calls under way, and the requests they have made that still wait; all under the lock of ``news``.

    Args:
        news: told when what a request waits for may be there.
    """

    def __init__(self, news: threading.Condition) -> None:
        self._news = news
        self._calls: dict[str, str] = {}
        """By a call's token the ARN, without version or alias, that its request has."""
        self._listening: dict[str, Callable[[], bool]] = {}
        """By a call's token whether what its request waits for is there."""

    def begin(self, call: TaskCall) -> bool:
        """Whether a call waits for executions; it is under way until ``end``."""
        argument = _WAITING.get(call.resource.partition(":states:::")[2])
        if argument is None:
            return False
        given = call.arguments.get(argument) if isinstance(call.arguments, dict) else None
        self._calls[call.token] = ":".join(str(given).split(":")[:7])
        return True

    def end(self, call: TaskCall) -> None:
        self._calls.pop(call.token, None)

    def listen(self, arn: str, done: Callable[[], bool], seconds: float) -> bool:
        """Let a request about a machine or an activity wait until something is so; whether it is after so long."""
        token = next((token for token, of in self._calls.items() if of == arn and token not in self._listening), None)
        if token is not None:
            self._listening[token] = done
        try:
            return self._news.wait_for(done, seconds)
        finally:
            if token is not None:
                del self._listening[token]

    @property
    def busy(self) -> bool:
        """Whether the request or the answer of a call is on its way."""
        return any(token not in self._listening or self._listening[token]() for token in self._calls)
