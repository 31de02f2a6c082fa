"""An execution on the real clock: its Waits, backoffs and time limits are scaled, its events have the real time.

A machine's time limit ends it when its own Waits and backoffs add up to more, as on AWS; Waits for real work (the
service trains, a function runs) do not count, because real work takes the time that it takes here.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any, Self

from personalize_sfn.local.stepfunctions.pace import Pace
from personalize_sfn.statemachine import MachineExecution, StateMachine, snapshots
from personalize_sfn.statemachine.failures import StateFailure
from personalize_sfn.statemachine.frames import Frame, Timer

__all__ = ["PacedExecution"]

_LIMITS = ("timeout", "heartbeat", "machine")


class PacedExecution(MachineExecution):
    """What it has of its own is no part of a snapshot, but of its ``state``; its pace is of neither."""

    keeps_items = True
    limit = float("inf")
    """Seconds of its plan after which it ends as TIMED_OUT."""

    def __init__(self, *arguments: Any, pace: Pace | None = None, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.pace = pace or Pace()
        self.planned: dict[int, float] = {}
        """Seconds that each branch has waited by its plan."""
        self.tell: Callable[[float, float], None] = lambda _before, _seconds: None
        """Told of each Wait of the plan: after how many seconds of the plan it begins, and how long it is."""
        self.busy = False
        """Whether real work is under way, so that a Wait that begins now is no part of the plan's time."""
        self.given_up: list[str] = []
        """The tokens of calls that are no longer waited for, until the driver has seen to what they started."""

    def to_now(self) -> None:
        """Let the execution's clock be that of the embedded AWS; it never goes back."""
        self.now = max(self.now, self.pace.clock.now())

    def state(self) -> dict[str, Any]:
        """All of it but its definition, what only becomes more, and its pace, as plain data."""
        limit = None if self.limit == float("inf") else self.limit
        return {**snapshots.state(self), "limit": limit, "planned": list(self.planned.items())}

    @classmethod
    def resumed(cls, definition: StateMachine, state: dict[str, Any], *, pace: Pace, alive: float = 0.0) -> Self:
        """An execution where ``state``, with what only becomes more, left another one.

        Waits that ended in the meantime are over.  Time limits of real work have what they had left: while no process
        ran, after the one that was last ``alive`` (seconds since 1970), none was done.
        """
        made = cls(definition, now=state["now"], context=state["context"], seed=state["seed"], pace=pace)
        snapshots.fill(made, state)
        made.planned = dict(state["planned"])
        made.limit = float("inf") if state["limit"] is None else state["limit"]
        away = max(pace.clock.now() - max(made.now, alive), 0.0)
        for timer in made.timers:
            if timer.kind in _LIMITS and timer.data is not None:
                timer.at, timer.data = timer.at + away, timer.data + away
        heapq.heapify(made.timers)
        return made

    @property
    def elapsed(self) -> float:
        """Seconds that its plan has taken."""
        return max(self.planned.values(), default=0.0)

    def limit_time(self) -> None:
        self.limit = float("inf")
        super().limit_time()

    def set_timer(self, seconds: float, frame: int, kind: str, key: str, data_: Any = None) -> None:
        if kind in ("wait", "retry"):
            before = self.planned.get(frame, 0.0)
            if not self.busy:
                self.planned[frame] = before + seconds
                self._check_limits(self.frames[frame], before, seconds)
                self.tell(before, seconds)
            seconds = self.pace.scaled_wait(seconds)
        elif kind in _LIMITS:
            if kind == "machine":
                self.limit = self.elapsed + seconds
            self._set_limit(self.now + seconds, frame, kind, key)
            return
        super().set_timer(seconds, frame, kind, key, data_)

    def _set_limit(self, end: float, frame: int, kind: str, key: str) -> None:
        """The timer of a shortened limit has with it when the limit as the definition has it would be over."""
        super().set_timer(self.pace.scaled_timeout(end - self.now), frame, kind, key, end)

    def fire(self, timer: Timer) -> None:
        """A shortened time limit waits for real work that is under way, until it would have been over itself."""
        shortened = timer.kind in ("timeout", "machine") and timer.data is not None
        if shortened and self.busy and self.now < timer.data:
            self._set_limit(timer.data, timer.frame, timer.kind, timer.key)
        else:
            super().fire(timer)

    def _check_limits(self, frame: Frame, before: float, seconds: float) -> None:
        """A branch waits ``seconds`` of its plan after ``before``: what is over by then ends in the meantime."""
        if before + seconds > self.limit:
            left = self.pace.scaled_wait(max(self.limit - before, 0.0))
            super().set_timer(left, frame.id, "machine", f"{frame.visit}.{frame.attempt}")

    def child_waits(self, token: str, before: float, seconds: float) -> float | None:
        """The execution that a call waits for waits by its own plan, which this one's time limits cover too.

        Returns:
            After how many seconds of this one's plan that is; None if nothing waits for the call.
        """
        frame = self._waiting(token)
        if frame is None or frame.task is None:
            return None
        self.to_now()
        limit = frame.task.get("timeout")
        if limit is not None and before + seconds > limit:
            super().set_timer(self.pace.scaled_wait(max(limit - before, 0.0)), frame.id, "timeout", token)
        before += self.planned.get(frame.id, 0.0)
        self._check_limits(frame, before, seconds)
        return before

    def spawn(self, parent: Frame | None, *arguments: Any, **more: Any) -> Frame:
        frame = super().spawn(parent, *arguments, **more)
        if parent is not None:
            self.planned[frame.id] = self.planned.get(parent.id, 0.0)
        return frame

    def finished(self, frame: Frame, output: Any) -> None:
        self._count_branch(frame)
        super().finished(frame, output)

    def broken(self, frame: Frame, failure: StateFailure) -> None:
        self._count_branch(frame)
        super().broken(frame, failure)

    def _count_branch(self, frame: Frame) -> None:
        """A state takes as long as the longest of its branches; one that is aborted does not count."""
        if frame.parent is not None:
            took = self.planned.get(frame.id, 0.0)
            self.planned[frame.parent] = max(self.planned.get(frame.parent, 0.0), took)

    def give_up(self, frame: Frame) -> None:
        if frame.task is not None:
            self.given_up.append(frame.task["token"])

    def drop(self, frame: Frame) -> None:
        super().drop(frame)
        self.give_up(frame)
        if frame.parent is not None:
            self.planned.pop(frame.id, None)

    def waited_for(self, token: str, seconds: float) -> None:
        """The call took so many seconds of a plan: those of an execution that it started."""
        frame = self._waiting(token)
        if frame is not None:
            self.planned[frame.id] = self.planned.get(frame.id, 0.0) + seconds
