"""An execution from its start to where it waits for the world outside."""

from __future__ import annotations

from typing import Any

from personalize_sfn.statemachine.calls import Tasks
from personalize_sfn.statemachine.definition import StateMachine
from personalize_sfn.statemachine.execution import MachineExecution

__all__ = ["run"]


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
