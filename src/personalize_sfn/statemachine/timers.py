"""The timers of an execution: a heap, in which those for what is over stay until they are next, or are too many."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from personalize_sfn.statemachine import tasks
from personalize_sfn.statemachine.frames import Timer

if TYPE_CHECKING:
    from personalize_sfn.statemachine.execution import MachineExecution

__all__ = ["add", "next_timer"]

_SPARE = 64


def add(execution: MachineExecution, timer: Timer) -> None:
    """Set a timer."""
    heapq.heappush(execution.timers, timer)
    if len(execution.timers) > execution.most_timers:  # most are of heartbeats that others followed
        execution.timers = [each for each in execution.timers if _is_due(execution, each)]
        heapq.heapify(execution.timers)
        execution.most_timers = 2 * len(execution.timers) + _SPARE


def next_timer(execution: MachineExecution) -> Timer | None:
    """The next timer, which stays.  Those for what is over do not move the clock."""
    while execution.timers and not _is_due(execution, execution.timers[0]):
        heapq.heappop(execution.timers)
    return execution.timers[0] if execution.timers else None


def _is_due(execution: MachineExecution, timer: Timer) -> bool:
    if timer.kind == "machine" and not timer.key:
        return True
    frame = execution.frames.get(timer.frame)
    if frame is None:
        return False
    if timer.kind in ("machine", "wait", "retry"):
        return timer.key == f"{frame.visit}.{frame.attempt}"
    return frame.task is not None and timer.key == tasks.timer_key(frame, timer.kind)
