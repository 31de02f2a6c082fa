"""What an execution begins with: its input, and its context object as far as it does not depend on a state.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
"""

from __future__ import annotations

from typing import Any

from personalize_sfn.errors import PersonalizeSfnError
from personalize_sfn.statemachine import times

__all__ = ["InvalidExecutionInputError", "context_of"]


class InvalidExecutionInputError(PersonalizeSfnError):
    """The input of an execution is no JSON (NaN and infinity are none), or is nested too deeply."""


def context_of(given: dict[str, Any], value: Any, now: float) -> dict[str, Any]:
    """The context object of an execution that starts; ``given`` is what the caller knows of it."""
    about = {
        "Id": "arn:aws:states:us-east-1:123456789012:execution:StateMachine:execution",
        "Input": value,
        "Name": "execution",
        "RoleArn": "arn:aws:iam::123456789012:role/StateMachine",
        "StartTime": times.written(now),
        "RedriveCount": 0,
        **given.get("Execution", {}),
    }
    machine = {
        "Id": "arn:aws:states:us-east-1:123456789012:stateMachine:StateMachine",
        "Name": "StateMachine",
        **given.get("StateMachine", {}),
    }
    return {**given, "Execution": about, "StateMachine": machine}
