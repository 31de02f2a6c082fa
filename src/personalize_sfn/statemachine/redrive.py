"""Going on with an execution that did not succeed: the states that failed or were running are tried again.

https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from personalize_sfn.errors import PersonalizeSfnError
from personalize_sfn.statemachine import times
from personalize_sfn.statemachine.branches import mode
from personalize_sfn.statemachine.history import MOST_EVENTS

if TYPE_CHECKING:
    from personalize_sfn.statemachine.execution import MachineExecution

__all__ = ["UnsupportedRedriveError", "redrive"]


class UnsupportedRedriveError(PersonalizeSfnError):
    """The execution stopped in a distributed Map."""


def redrive(execution: MachineExecution) -> bool:
    """Go on; False if it runs or succeeded, or its history is full.

    Raises:
        UnsupportedRedriveError: it stopped in a distributed Map.
    """
    if execution.status in ("RUNNING", "SUCCEEDED") or len(execution.events) >= MOST_EVENTS - 1:
        return False
    for frame in execution.frames.values():
        if mode(execution.definition.state(frame.at, frame.state)) == "DISTRIBUTED":
            raise UnsupportedRedriveError(
                f"the state '{frame.state}' is a distributed Map, which cannot be redriven here: start a new execution"
            )
    execution.status, execution.error, execution.cause = "RUNNING", None, None
    about = execution.context["Execution"]
    count = about["RedriveCount"] + 1
    # a new object: data may hold the old one
    redriven = {**about, "RedriveCount": count, "RedriveTime": times.written(execution.now)}
    execution.context = {**execution.context, "Execution": redriven}
    execution.record("ExecutionRedriven", len(execution.events), {"redriveCount": count})
    for frame in execution.frames.values():
        if frame.branches is None or not frame.branches["running"]:
            execution.queue(frame, "enter")
    execution.limit_time()
    return True
