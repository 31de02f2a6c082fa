"""An interpreter of the Amazon States Language: pure, deterministic, on a virtual clock.  It knows no AWS."""

from personalize_sfn.statemachine.calls import TaskCall, TaskOutcome, Tasks
from personalize_sfn.statemachine.definition import StateMachine
from personalize_sfn.statemachine.execution import MachineExecution
from personalize_sfn.statemachine.one_run import run

__all__ = ["MachineExecution", "StateMachine", "TaskCall", "TaskOutcome", "Tasks", "run"]
