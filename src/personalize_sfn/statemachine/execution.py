"""One execution of a state machine: deterministic, on a clock that only moves when told, and plain data throughout.

The same definition, input, task outcomes and seed give the same events.  Nothing sleeps and nothing runs in threads:
``advance`` runs what is due and goes from timer to timer.  ``snapshot`` is JSON, from which ``restore`` goes on.
Branches take turns, one state each.
"""

from __future__ import annotations

import heapq
import json
import uuid
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from random import Random
from typing import Any, Self

from personalize_sfn.statemachine import (
    branches,
    item_histories,
    map_runs,
    redrive,
    snapshots,
    states,
    tasks,
    timers,
    tokens,
)
from personalize_sfn.statemachine.calls import TaskOutcome, Tasks
from personalize_sfn.statemachine.context import InvalidExecutionInputError, context_of
from personalize_sfn.statemachine.definition import StateMachine
from personalize_sfn.statemachine.failures import RUNTIME, StateFailure, runtime_failure
from personalize_sfn.statemachine.frames import Frame, Timer
from personalize_sfn.statemachine.history import FULL, MOST_EVENTS, data, event, failure_details
from personalize_sfn.statemachine.intrinsics import InvalidIntrinsic
from personalize_sfn.statemachine.json_text import TOO_DEEP, NotJson, strict
from personalize_sfn.statemachine.paths import InvalidPath

__all__ = ["MachineExecution"]

_NAMESPACE = uuid.UUID("5b0c2b52-0a51-4d6c-9a1c-2f8f4f1a7d11")
#: More seconds than an execution of AWS may take; a limit may be a number that is no float.
_LONGEST = 10**12
#: What a checked definition can only raise where it, or the data, is nested more deeply than Python's stack.
_TOO_DEEP_ERRORS = (RecursionError, InvalidPath, InvalidIntrinsic)


class _Ended(Exception):
    """The execution ended while one of its branches was at work."""


class MachineExecution:
    """``status`` is RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED; then ``output``, or ``error`` and ``cause``.

    ``events`` is its history (``history.event`` says their shape), ``item_events`` that of the items of distributed
    Maps, ``transitions`` counts the states entered and the retries, ``now`` is its time in seconds since 1970.
    """

    keeps_items = False
    """Whether the events of the items of distributed Maps are kept."""

    def __init__(self, definition: StateMachine, *, now: float, context: dict[str, Any], seed: int) -> None:
        self.definition = definition
        self.now, self.seed, self.context = now, seed, context
        self.draws = self.numbers = self.transitions = 0
        self.status = "RUNNING"
        self.output: Any = None
        self.error: str | None = None
        self.cause: str | None = None
        self.events: list[dict[str, Any]] = []
        self.item_events: list[list[Any]] = []
        self.frames: dict[int, Frame] = {}
        self.map_runs: dict[str, dict[str, Any]] = {}  # of each distributed Map that began, by the ARN of its run
        self.ready: deque[int] = deque()
        self.timers: list[Timer] = []
        self.most_timers = 0
        """With more timers than that, those for what is over are dropped."""
        self._rising: list[tuple[Frame, Callable[[], object]]] = []
        self.tried = 0
        """How often each Retry was tried before the execution began: for a test of one state."""

    @classmethod
    def start(
        cls,
        definition: StateMachine,
        input: Any,  # noqa: A002 - AWS's word
        *,
        now: float = 0.0,
        context: dict[str, Any] | None = None,
        seed: int = 0,
        **own: Any,
    ) -> Self:
        """A new execution, which has not run yet.

        Args:
            own: what a subclass takes besides.
            context: the context object, as far as the caller knows it: ``Execution`` (Id, Name, RoleArn, ...) and
                ``StateMachine``; the input, start time and redrive count are filled in.

        Raises:
            InvalidExecutionInputError: the input is no JSON, or is nested too deeply.
        """
        try:
            text = strict(input)
        except NotJson as problem:
            raise InvalidExecutionInputError(f"Invalid execution input: {problem}") from None
        started = cls(definition, now=now, context=context_of(context or {}, input, now), seed=seed, **own)
        started.record(
            "ExecutionStarted", 0, {**data("input", text), "roleArn": started.context["Execution"]["RoleArn"]}
        )
        started.spawn(None, [], input, previous=0).say_as(input, text)
        started.limit_time()
        return started

    # --- running ----------------------------------------------------------------------------------------------------

    def advance(self, tasks_: Tasks, until: float = float("inf")) -> None:
        """Run what is due until ``until`` (seconds since 1970), or until only outcomes from outside are waited for."""
        while self.step(tasks_, until):
            pass
        if self.status == "RUNNING" and until != float("inf"):
            self.now = max(self.now, until)

    def step(self, tasks_: Tasks, until: float = float("inf")) -> bool:
        """One state of one branch, or the next timer; False if nothing is due until then."""
        if self.status != "RUNNING":
            return False
        timer = timers.next_timer(self)
        if self.ready:
            frame = self.frames.get(self.ready.popleft())
            if frame is not None:
                self.guarded(frame, partial(self._step, frame, tasks_))
        elif timer is not None and timer.at <= until:
            heapq.heappop(self.timers)
            self.now = max(self.now, timer.at)
            self.fire(timer)
        else:
            return False
        return True

    def next_due(self) -> float | None:
        """When there is something to run without an outcome from outside; None if there is nothing."""
        if self.status != "RUNNING":
            return None
        if self.ready:
            return self.now
        timer = timers.next_timer(self)
        return None if timer is None else timer.at

    def _step(self, frame: Frame, tasks_: Tasks) -> None:
        phase, frame.phase = frame.phase, None
        if phase == "enter":
            states.enter(self, frame)
        elif phase == "attempt":
            states.attempt(self, frame)
        elif phase == "started":
            tasks.call(self, frame, tasks_)

    def fire(self, timer: Timer) -> None:
        """Do what is due."""
        if timer.kind == "machine":
            self._end("TIMED_OUT", None, {})
            return
        frame = self.frames[timer.frame]
        if timer.kind == "retry":
            self.queue(frame, "attempt")
        elif timer.kind == "wait":
            self.guarded(frame, lambda: states.waited(self, frame))
        else:
            self.guarded(frame, lambda: tasks.timer_fired(self, frame, timer.kind, timer.data))

    def guarded(self, frame: Frame, action: Callable[[], object]) -> None:
        """Do something for a frame, then what follows from it for the states around it, from the inside out."""
        with suppress(_Ended):
            self._try(frame, action)
            while self._rising:
                self._try(*self._rising.pop())

    def _try(self, frame: Frame, action: Callable[[], object]) -> None:
        """How its state fails is the state's affair."""
        try:
            try:
                action()
            except StateFailure as failure:
                states.failed(self, frame, failure)
        except _TOO_DEEP_ERRORS:
            states.failed(self, frame, runtime_failure(TOO_DEEP))

    # --- from outside -----------------------------------------------------------------------------------------------

    def complete(self, token: str, outcome: TaskOutcome, *, failed: bool = False) -> bool:
        """The outcome of a pending call; ``failed`` where it failed without an error's name.

        Returns:
            False if no call waits for this token: it ended or timed out before (AWS: TaskTimedOut).
        """
        frame = self._waiting(token)
        if frame is None:
            return False
        self.guarded(frame, lambda: tasks.ended(self, frame, outcome, failed=failed or outcome.error is not None))
        return True

    def submitted(self, token: str, answer: Any) -> bool:
        """The first answer of a call that is waited for arrived later than the call."""
        frame = self._waiting(token)
        if frame is not None:
            self.guarded(frame, lambda: tasks.submitted(self, frame, answer))
        return frame is not None

    def taken(self, token: str, worker: str | None = None) -> bool:
        """A worker took the task of an activity."""
        frame = self._waiting(token)
        if frame is not None:
            self.guarded(frame, lambda: tasks.taken(self, frame, worker))
        return frame is not None

    def heartbeat(self, token: str) -> bool:
        """A sign of life of a pending call; False as in ``complete``."""
        frame = self._waiting(token)
        if frame is not None:
            tasks.set_heartbeat(self, frame)
        return frame is not None

    def _waiting(self, token: str) -> Frame | None:
        of = tokens.read(token)
        frame = self.frames.get(of.frame) if of is not None and self.status == "RUNNING" else None
        if frame is None or frame.task is None or frame.task["token"] != token or frame.phase is not None:
            return None
        return frame

    def waits_for(self, token: str) -> bool:
        """Whether a call has been made, and its outcome is waited for."""
        return self._waiting(token) is not None

    def issued(self, token: str) -> bool:
        """Whether a call of this execution ever had this token."""
        of = tokens.read(token)
        return of is not None and of.number <= self.numbers and of.proof == self._unique(of.number)

    def pending(self) -> list[str]:
        """The tokens of the calls that are waited for; none once the execution has ended."""
        frames = self.frames.values() if self.status == "RUNNING" else ()
        return [frame.task["token"] for frame in frames if frame.task and frame.phase is None]

    def stop(self, error: str | None = None, cause: str | None = None) -> list[str]:
        """End it as ABORTED.

        Returns:
            The tokens of the calls that were waited for, so that what they started can be stopped.
        """
        pending = self.pending()
        self._end("ABORTED", None, failure_details(error, cause))
        return pending

    def fail(self, error: str, cause: str) -> None:
        """End it as FAILED, whatever its states are doing."""
        self._end("FAILED", None, failure_details(error, cause))

    def redrive(self) -> bool:
        """Go on with an execution that did not succeed; False, or an error, where ``redrive.redrive`` says so."""
        return redrive.redrive(self)

    # --- what a test of one state looks into ------------------------------------------------------------------------

    def inspect(self, name: str, value: Any) -> None:
        """Data on the way through a state, by the name of TestState's inspectionData."""

    def failing(self, failure: StateFailure) -> None:
        """A state fails, before its Retry and Catch are looked at."""

    def context_object(self, made: dict[str, Any]) -> dict[str, Any]:
        return made

    # --- what states use --------------------------------------------------------------------------------------------

    def record(self, kind: str, previous: int, said: dict[str, Any] | None = None) -> int:
        """Add an event; its id."""
        made = event(len(self.events) + 1, previous, self.now, kind, said)
        self.events.append(made)
        return len(self.events)

    def say(self, frame: Frame, kind: str, said: dict[str, Any] | None = None, *, previous: int | None = None) -> int:
        """Add an event of a branch, after the last one of it; its id.

        Raises:
            _Ended: the execution has ended, or ends here because its history is full.
        """
        previous = frame.previous if previous is None else previous
        if frame.item is not None:
            frame.previous = item_histories.say(self, frame, previous, kind, said)
            return frame.previous
        if len(self.events) >= MOST_EVENTS - 1:
            self._end("FAILED", frame, failure_details(RUNTIME, FULL))
        if self.status != "RUNNING":
            raise _Ended
        frame.previous = self.record(kind, previous, said)
        return frame.previous

    def random(self) -> Random:
        """The next source of chance: a function of the seed and of how many were drawn."""
        self.draws += 1
        return Random(f"{self.seed}:{self.draws}")  # noqa: S311 - no secret

    def new_id(self) -> str:
        self.numbers += 1
        return self._unique(self.numbers)

    def _unique(self, number: int) -> str:
        return str(uuid.uuid5(_NAMESPACE, f"{self.seed}:{self.context['Execution']['Id']}:{number}"))

    def call_token(self, frame: Frame) -> str:
        proof = self.new_id()
        return tokens.CallToken(self.context["Execution"]["Id"], frame.id, self.numbers, proof).text()

    def queue(self, frame: Frame, phase: str) -> None:
        frame.phase = phase
        self.ready.append(frame.id)

    def limit_time(self) -> None:
        """The machine's own time limit begins now."""
        if (limit := self.definition.root.get("TimeoutSeconds")) is not None:
            self.set_timer(limit, 0, "machine", "")

    def set_timer(self, seconds: float, frame: int, kind: str, key: str, data_: Any = None) -> None:
        self.numbers += 1
        at = self.now + min(seconds, _LONGEST)
        timers.add(self, Timer(at, self.numbers, frame, kind, key, data_))

    def spawn(self, parent: Frame | None, at: list[str | int], given: Any, *, previous: int, index: int = 0) -> Frame:
        """A new branch, which will take its turn."""
        self.numbers += 1
        frame = Frame(
            self.numbers,
            parent.id if parent else None,
            at,
            index,
            self.definition.machine(at)["StartAt"],
            given,
            previous,
        )
        if parent is not None:
            frame.variables, frame.map_item, frame.item = parent.variables, parent.map_item, parent.item
            frame.said_last = parent.said_last
        self.frames[frame.id] = frame
        self.queue(frame, "enter")
        return frame

    def finished(self, frame: Frame, output: Any) -> None:
        """A branch reached its end."""
        self.drop(frame)
        if frame.parent is None:
            self.output = output
            self._end("SUCCEEDED", frame, data("output", frame.text(output)))
        else:
            parent = self.frames[frame.parent]
            self._rising.append((parent, lambda: branches.branch_finished(self, parent, frame, output)))

    def give_up(self, frame: Frame) -> None:
        """The outcome of a branch's call, if it has made one, is no longer waited for."""

    def drop(self, frame: Frame) -> None:
        """A branch is no more: it ended, or it was aborted."""
        del self.frames[frame.id]

    def broken(self, frame: Frame, failure: StateFailure) -> None:
        """A branch failed, and nothing in it caught that."""
        if frame.parent is None:
            self._end("FAILED", frame, failure_details(failure.error, failure.cause))
        else:
            parent = self.frames[frame.parent]
            self._rising.append((parent, lambda: branches.branch_failed(self, parent, frame, failure)))

    def _end(self, status: str, frame: Frame | None, said: dict[str, Any]) -> None:
        if self.status != "RUNNING":
            return
        for each in self.frames.values():
            map_runs.end(self, each, "ABORTED")
        kind = f"Execution{status.title().replace('_', '')}"
        self.record(kind, frame.previous if frame else len(self.events), said)
        self.status, self.error, self.cause = status, said.get("error"), said.get("cause")
        self.ready.clear()
        self.timers.clear()
        self._rising.clear()

    # --- saved and restored -----------------------------------------------------------------------------------------

    def snapshot(self) -> str:
        """All of it but the definition, as JSON."""
        return snapshots.written(self)

    @classmethod
    def restore(cls, definition: StateMachine, snapshot: str) -> Self:
        """An execution where ``snapshot`` left it; ``pending`` names the calls in flight, which are not made again."""
        plain = json.loads(snapshot)
        made = cls(definition, now=plain["now"], context=plain["context"], seed=plain["seed"])
        snapshots.fill(made, plain)
        return made
