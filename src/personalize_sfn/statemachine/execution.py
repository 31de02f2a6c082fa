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

from personalize_sfn.statemachine import branches, map_runs, redrive, states, tasks
from personalize_sfn.statemachine.calls import TaskOutcome, Tasks
from personalize_sfn.statemachine.context import InvalidExecutionInputError, context_of
from personalize_sfn.statemachine.definition import StateMachine
from personalize_sfn.statemachine.failures import RUNTIME, StateFailure, runtime_failure
from personalize_sfn.statemachine.frames import Frame, Timer
from personalize_sfn.statemachine.history import FULL, MOST_EVENTS, data, event, failure_details
from personalize_sfn.statemachine.intrinsics import InvalidIntrinsic
from personalize_sfn.statemachine.json_text import TOO_DEEP, NotJson, compact, strict
from personalize_sfn.statemachine.paths import InvalidPath

__all__ = ["MachineExecution", "run"]

_NAMESPACE = uuid.UUID("5b0c2b52-0a51-4d6c-9a1c-2f8f4f1a7d11")
_PLAIN = (
    *("now", "seed", "draws", "numbers", "context", "status", "output", "error", "cause", "transitions", "events"),
    "map_runs",
)
#: More seconds than an execution of AWS may take; a limit may be a number that is no float.
_LONGEST = 10**12

#: What a checked definition can only raise where it, or the data, is nested more deeply than Python's stack.
_TOO_DEEP_ERRORS = (RecursionError, InvalidPath, InvalidIntrinsic)


class _Ended(Exception):
    """The execution ended while one of its branches was at work."""


class MachineExecution:
    """``status`` is RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED; then ``output``, or ``error`` and ``cause``.

    ``events`` is its history (``history.event`` says their shape), ``transitions`` counts the states entered and the
    retries, ``now`` is its time in seconds since 1970.
    """

    def __init__(self, definition: StateMachine, *, now: float, context: dict[str, Any], seed: int) -> None:
        self.definition = definition
        self.now = now
        self.seed = seed
        self.draws = 0
        self.numbers = 0
        self.context = context
        self.status = "RUNNING"
        self.output: Any = None
        self.error: str | None = None
        self.cause: str | None = None
        self.transitions = 0
        self.events: list[dict[str, Any]] = []
        self.frames: dict[int, Frame] = {}
        self.map_runs: dict[str, dict[str, Any]] = {}  # of each distributed Map that began, by the ARN of its run
        self.ready: deque[int] = deque()
        self.timers: list[Timer] = []
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
    ) -> Self:
        """A new execution, which has not run yet.

        Args:
            context: the context object, as far as the caller knows it: ``Execution`` (Id, Name, RoleArn, ...) and
                ``StateMachine``; the input, start time and redrive count are filled in.

        Raises:
            InvalidExecutionInputError: the input is no JSON, or is nested too deeply.
        """
        try:
            text = strict(input)
        except NotJson as problem:
            raise InvalidExecutionInputError(f"Invalid execution input: {problem}") from None
        started = cls(definition, now=now, context=context_of(context or {}, input, now), seed=seed)
        started.record(
            "ExecutionStarted", 0, {**data("input", text), "roleArn": started.context["Execution"]["RoleArn"]}
        )
        started.spawn(None, [], input, previous=0)
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
        self._drop_timers()
        if self.ready:
            frame = self.frames.get(self.ready.popleft())
            if frame is not None:
                self.guarded(frame, partial(self._step, frame, tasks_))
        elif self.timers and self.timers[0].at <= until:
            timer = heapq.heappop(self.timers)
            self.now = max(self.now, timer.at)
            self.fire(timer)
        else:
            return False
        return True

    def next_due(self) -> float | None:
        """When there is something to run without an outcome from outside; None if there is nothing."""
        if self.status != "RUNNING":
            return None
        self._drop_timers()
        if self.ready:
            return self.now
        return self.timers[0].at if self.timers else None

    def _step(self, frame: Frame, tasks_: Tasks) -> None:
        phase, frame.phase = frame.phase, None
        if phase == "enter":
            states.enter(self, frame)
        elif phase == "attempt":
            states.attempt(self, frame)
        elif phase == "started":
            tasks.call(self, frame, tasks_)

    def _drop_timers(self) -> None:
        """Drop the next timers as long as they are for what is over, so that they do not move the clock."""
        while self.timers and not self._is_due(self.timers[0]):
            heapq.heappop(self.timers)

    def _is_due(self, timer: Timer) -> bool:
        if timer.kind == "machine" and not timer.key:
            return True
        frame = self.frames.get(timer.frame)
        if frame is None:
            return False
        if timer.kind in ("machine", "wait", "retry"):
            return timer.key == f"{frame.visit}.{frame.attempt}"
        return frame.task is not None and timer.key == tasks.timer_key(frame, timer.kind)

    def fire(self, timer: Timer) -> None:
        """Do what is due."""
        if timer.kind == "machine":
            self._end("TIMED_OUT", "ExecutionTimedOut", None, None, None)
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
            said = {} if worker is None else {"workerName": worker}
            self.guarded(frame, lambda: self.say(frame, "ActivityStarted", said))
        return frame is not None

    def heartbeat(self, token: str) -> bool:
        """A sign of life of a pending call; False as in ``complete``."""
        frame = self._waiting(token)
        if frame is not None:
            tasks.set_heartbeat(self, frame)
        return frame is not None

    def _waiting(self, token: str) -> Frame | None:
        for frame in self.frames.values() if self.status == "RUNNING" else ():
            if frame.task is not None and frame.task["token"] == token and frame.phase is None:
                return frame
        return None

    def pending(self) -> list[str]:
        """The tokens of the calls that are waited for; none once the execution has ended."""
        frames = self.frames.values() if self.status == "RUNNING" else ()
        return [frame.task["token"] for frame in frames if frame.task and frame.phase is None]

    def stop(self, error: str | None = None, cause: str | None = None) -> list[str]:
        """End it as ABORTED.

        Returns:
            The tokens of the calls that were waited for, so that what they started can be stopped.
        """
        if self.status != "RUNNING":
            return []
        pending = self.pending()
        self._end("ABORTED", "ExecutionAborted", None, error, cause)
        return pending

    def fail(self, error: str, cause: str) -> None:
        """End it as FAILED, whatever its states are doing."""
        self._end("FAILED", "ExecutionFailed", None, error, cause)

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
        if frame.item is not None:
            self.frames[frame.item].said += 1
            return frame.previous
        if len(self.events) >= MOST_EVENTS - 1:
            self._end("FAILED", "ExecutionFailed", frame, RUNTIME, FULL)
        if self.status != "RUNNING":
            raise _Ended
        frame.previous = self.record(kind, frame.previous if previous is None else previous, said)
        return frame.previous

    def random(self) -> Random:
        """The next source of chance: a function of the seed and of how many were drawn."""
        self.draws += 1
        return Random(f"{self.seed}:{self.draws}")  # noqa: S311 - no secret

    def new_token(self) -> str:
        self.numbers += 1
        return str(uuid.uuid5(_NAMESPACE, f"{self.seed}:{self.context['Execution']['Id']}:{self.numbers}"))

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
        heapq.heappush(self.timers, Timer(at, self.numbers, frame, kind, key, data_))

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
        self.frames[frame.id] = frame
        self.queue(frame, "enter")
        return frame

    def finished(self, frame: Frame, output: Any) -> None:
        """A branch reached its end."""
        self.drop(frame)
        if frame.parent is None:
            self.output = output
            self._end("SUCCEEDED", "ExecutionSucceeded", frame, None, None)
        else:
            parent = self.frames[frame.parent]
            self._rising.append((parent, lambda: branches.branch_finished(self, parent, frame, output)))

    def drop(self, frame: Frame) -> None:
        """A branch is no more: it ended, or it was aborted."""
        del self.frames[frame.id]

    def broken(self, frame: Frame, failure: StateFailure) -> None:
        """A branch failed, and nothing in it caught that."""
        if frame.parent is None:
            self._end("FAILED", "ExecutionFailed", frame, failure.error, failure.cause)
        else:
            parent = self.frames[frame.parent]
            self._rising.append((parent, lambda: branches.branch_failed(self, parent, frame, failure)))

    def _end(self, status: str, kind: str, frame: Frame | None, error: str | None, cause: str | None) -> None:
        if self.status != "RUNNING":
            return
        for each in self.frames.values():
            map_runs.end(self, each, "ABORTED")
        said = data("output", compact(self.output)) if status == "SUCCEEDED" else failure_details(error, cause)
        self.record(kind, frame.previous if frame else len(self.events), said)
        self.status, self.error, self.cause = status, error, cause
        self.ready.clear()
        self.timers.clear()
        self._rising.clear()

    # --- saved and restored -----------------------------------------------------------------------------------------

    def snapshot(self) -> str:
        """All of it but the definition, as JSON."""
        plain = {name: getattr(self, name) for name in _PLAIN}
        plain["frames"] = [frame.plain() for frame in self.frames.values()]
        plain["ready"] = list(self.ready)
        plain["timers"] = [timer.plain() for timer in self.timers]
        return json.dumps(plain, ensure_ascii=False)

    @classmethod
    def restore(cls, definition: StateMachine, snapshot: str) -> Self:
        """An execution where ``snapshot`` left it; ``pending`` names the calls in flight, which are not made again."""
        plain = json.loads(snapshot)
        made = cls(definition, now=plain["now"], context=plain["context"], seed=plain["seed"])
        for name in _PLAIN:
            setattr(made, name, plain[name])
        made.frames = {frame["id"]: Frame(**frame) for frame in plain["frames"]}
        made.ready = deque(plain["ready"])
        made.timers = [Timer(*timer) for timer in plain["timers"]]
        return made


def run(
    definition: StateMachine,
    input: Any,  # noqa: A002 - AWS's word
    *,
    tasks: Tasks,
    now: float = 0.0,
    context: dict[str, Any] | None = None,
    seed: int = 0,
) -> MachineExecution:
    """Start an execution and run it as far as it goes without outcomes from outside."""
    execution = MachineExecution.start(definition, input, now=now, context=context, seed=seed)
    execution.advance(tasks)
    return execution
