"""An interpreter of the Amazon States Language: pure, deterministic, on a virtual clock.  It knows no AWS."""

from personalize_sfn.statemachine.calls import Call, Outcome, Tasks
from personalize_sfn.statemachine.definition import Definition
from personalize_sfn.statemachine.execution import Execution, run

__all__ = ["Call", "Definition", "Execution", "Outcome", "Tasks", "run"]
