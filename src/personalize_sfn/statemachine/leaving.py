"""Leaving a state: its output, its variables, and where the branch goes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from personalize_sfn.statemachine.failures import StateFailure
from personalize_sfn.statemachine.fields import StateFields
from personalize_sfn.statemachine.frames import Frame
from personalize_sfn.statemachine.history import data
from personalize_sfn.statemachine.json_text import compact, too_large

if TYPE_CHECKING:
    from personalize_sfn.statemachine.execution import MachineExecution

__all__ = ["finish", "leave", "leave_by"]


def finish(execution: MachineExecution, frame: Frame, result: Any) -> None:
    """The state has done what it does: make its output of the result, and go on."""
    fields = StateFields.of(execution, frame)
    leave_by(execution, frame, fields, result, fields.state.get("Next"))


def leave_by(execution: MachineExecution, frame: Frame, fields: StateFields, result: Any, target: str | None) -> None:
    assigned, output = fields.assigned(result), fields.output(result)
    leave(execution, frame, output, assigned, target)


def leave(execution: MachineExecution, frame: Frame, output: Any, assigned: dict[str, Any], target: str | None) -> None:
    text = frame.text(output)
    if too_large(text):
        raise StateFailure(
            "States.DataLimitExceeded",
            f"The state/task '{frame.state}' returned a result with a size exceeding the maximum number of bytes "
            "service limit.",
        )
    said = {"name": frame.state, **data("output", text)}
    if assigned:
        said["assignedVariables"] = {name: compact(value) for name, value in assigned.items()}
        said["assignedVariablesDetails"] = {"truncated": False}
        frame.variables = {**frame.variables, **assigned}
    kind = execution.definition.state(frame.at, frame.state)["Type"]
    execution.say(frame, f"{kind}StateExited", said)
    frame.task = frame.branches = None
    if target is None:
        execution.finished(frame, output)
    else:
        frame.state, frame.input = target, output
        execution.queue(frame, "enter")
