"""An execution as JSON, and as it was again."""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Any

from personalize_sfn.statemachine.frames import Frame, Timer

if TYPE_CHECKING:
    from personalize_sfn.statemachine.execution import MachineExecution

__all__ = ["GROWING", "fill", "state", "written"]

_PLAIN = ("now", "seed", "draws", "numbers", "context", "status", "output", "error", "cause", "transitions", "map_runs")
GROWING = ("events", "item_events")
"""What only becomes more."""


def state(execution: MachineExecution) -> dict[str, Any]:
    """All of it but the definition and what only becomes more."""
    plain = {name: getattr(execution, name) for name in _PLAIN}
    plain["frames"] = [frame.plain() for frame in execution.frames.values()]
    plain["ready"] = list(execution.ready)
    plain["timers"] = [timer.plain() for timer in execution.timers]
    return plain


def written(execution: MachineExecution) -> str:
    """All of it but the definition."""
    growing = {name: getattr(execution, name) for name in GROWING}
    return json.dumps({**state(execution), **growing}, ensure_ascii=False)


def fill(execution: MachineExecution, plain: dict[str, Any]) -> None:
    """Let an execution be where a snapshot, parsed, left another."""
    for name in (*_PLAIN, *GROWING):
        setattr(execution, name, plain[name])
    execution.frames = {frame["id"]: Frame(**frame) for frame in plain["frames"]}
    execution.ready = deque(plain["ready"])
    execution.timers = [Timer(*timer) for timer in plain["timers"]]
