"""Test a state machine without AWS: its tasks mocked, its waits skipped, one line an assertion.

    from personalize_sfn.testing import attempts, fails, run_states

    busy = fails("Lambda.TooManyRequestsException")
    run = run_states(definition, {"user": "1"}, mocks={"Ask": attempts(busy, {"ok": True})})
    assert run.path == ["Ask", "Wait a Day", "Done"]
    assert run.retries("Ask") == 1
    assert run.seconds > 86_400

It runs on the interpreter of :mod:`personalize_sfn.statemachine`, which was compared with executions recorded on AWS.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from personalize_sfn.errors import PersonalizeSfnError
from personalize_sfn.statemachine import MachineExecution, StateMachine, TaskCall, TaskOutcome, run
from personalize_sfn.statemachine.history import details

__all__ = ["MissingMockError", "StatesRun", "attempts", "fails", "run_states", "takes"]

Mock = Callable[[TaskCall], Any]


class MissingMockError(PersonalizeSfnError):
    """A Task state was reached for which there is no mock, or ``attempts`` was given none."""


@dataclass(frozen=True, slots=True)
class _Attempts:
    mocks: tuple[Any, ...]


def fails(error: str, cause: str = "", after: float = 0) -> TaskOutcome:
    """A mock: the task fails, ``after`` so many seconds on the clock of the state machine."""
    return TaskOutcome(error=error, cause=cause, after=after)


def takes(seconds: float, output: Any = None) -> TaskOutcome:
    """A mock: the task succeeds with ``output`` after so many seconds."""
    return TaskOutcome(output, after=seconds)


def attempts(*mocks: Any) -> Any:
    """A mock for each attempt of the task; the last one is for all attempts after it, too.

    Attempts are counted from the first again at each visit of the state, and for each item of a Map.

    Raises:
        MissingMockError: there is none.
    """
    if not mocks:
        raise MissingMockError("attempts() needs at least one mock, such as attempts(fails('E'), {'ok': True})")
    return _Attempts(mocks)


@dataclass(frozen=True, slots=True)
class StatesRun:
    """How a state machine ran: what its history says, ready to be asserted on.

    Items of a distributed Map have histories of their own on AWS: their states are not in ``path``, their tasks are
    in ``calls``.
    """

    execution: MachineExecution
    calls: list[TaskCall]
    """Every attempt of every task, in order."""

    @property
    def status(self) -> str:
        """SUCCEEDED, FAILED or TIMED_OUT; RUNNING if a task is ``pending``."""
        return self.execution.status

    @property
    def output(self) -> Any:
        """The output of the execution; None if it did not succeed."""
        return self.execution.output

    @property
    def error(self) -> str | None:
        return self.execution.error

    @property
    def cause(self) -> str | None:
        return self.execution.cause

    @property
    def seconds(self) -> float:
        """How long it took on the clock of the state machine: waits, retries and what ``takes`` says."""
        first: float = self.execution.events[0]["timestamp"]
        return self.execution.now - first

    @property
    def path(self) -> list[str]:
        """The states in the order they were entered."""
        return [event["stateEnteredEventDetails"]["name"] for event in self._entered()]

    def inputs(self, state: str) -> list[Any]:
        """The input of each visit of a state."""
        return [json.loads(event["stateEnteredEventDetails"]["input"]) for event in self._entered(state)]

    def outputs(self, state: str) -> list[Any]:
        """The output of each visit of a state that was left."""
        return [json.loads(event["stateExitedEventDetails"]["output"]) for event in self._left(state)]

    def arguments(self, state: str) -> list[Any]:
        """What each attempt of a task was called with: its Parameters or Arguments, evaluated."""
        return [call.arguments for call in self.calls if call.state == state]

    def retries(self, state: str) -> int:
        """How many attempts of a task were retries."""
        return sum(call.state == state and call.attempt > 0 for call in self.calls)

    def waits(self, state: str) -> list[float]:
        """How many seconds passed in each visit of a state that was left."""
        events = self.execution.events
        found = []
        for left in self._left(state):
            event = left
            while event.get("stateEnteredEventDetails", {}).get("name") != state:
                event = events[event["previousEventId"] - 1]
            found.append(left["timestamp"] - event["timestamp"])
        return found

    def _entered(self, state: str | None = None) -> Iterator[dict[str, Any]]:
        return self._of("StateEntered", state)

    def _left(self, state: str) -> Iterator[dict[str, Any]]:
        return self._of("StateExited", state)

    def _of(self, kind: str, state: str | None) -> Iterator[dict[str, Any]]:
        member = details(kind)
        for event in self.execution.events:
            if member in event and state in (None, event[member]["name"]):
                yield event


def run_states(
    definition: Mapping[str, Any] | str | Any,
    input: Any = None,  # noqa: A002 - AWS's word
    *,
    mocks: Mapping[str, Any] | None = None,
    seed: int = 0,
    now: float = 0.0,
) -> StatesRun:
    """Run a definition to its end, at once.

    Args:
        definition: a dict, its JSON text, or what the Data Science SDK makes: a Chain or a state.
        input: of the execution; ``{}`` if None.
        mocks: by the name of each Task state: what it answers, ``fails(...)``, ``takes(...)``, ``attempts(...)``,
            or a function of the :class:`TaskCall` that returns one of these; an ItemReader by its Map's name.
        seed: of jitter, UUIDs and random numbers.
        now: when it starts, in seconds since 1970.

    Raises:
        InvalidDefinitionError: the definition cannot be run.
        MissingMockError: a task without a mock was reached.
    """
    given = mocks or {}
    calls: list[TaskCall] = []

    def tasks(call: TaskCall) -> TaskOutcome:
        calls.append(replace(call, arguments=deepcopy(call.arguments)))
        if call.state not in given:
            message = (
                f"the task state '{call.state}' ({call.resource}) has no mock: give one, mocks={{'{call.state}': ...}}"
            )
            raise MissingMockError(message)
        # copies: a mock may change what it is given, and what it answered before
        return deepcopy(_outcome(given[call.state], replace(call, arguments=deepcopy(call.arguments))))

    value = {} if input is None else input
    return StatesRun(run(_state_machine(definition), value, tasks=tasks, now=now, seed=seed), calls)


def _outcome(mock: Any, call: TaskCall) -> TaskOutcome:
    if isinstance(mock, _Attempts):
        return _outcome(mock.mocks[min(call.attempt, len(mock.mocks) - 1)], call)
    if callable(mock):
        return _outcome(mock(call), call)
    return mock if isinstance(mock, TaskOutcome) else TaskOutcome(mock)


def _state_machine(definition: Any) -> StateMachine:
    if isinstance(definition, str):
        return StateMachine.parse(definition)
    if isinstance(definition, Mapping):
        return StateMachine(definition)
    from personalize_sfn.sdk import Graph

    return StateMachine.parse(Graph(definition).to_json())
