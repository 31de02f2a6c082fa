"""A machine with every kind of state that an execution must save, and tasks for it."""

from __future__ import annotations

from fakes.small_machines import LAMBDA, machine
from personalize_sfn.statemachine import StateMachine, TaskCall, TaskOutcome


def three_wishes() -> StateMachine:
    """A machine with branches, waits, retries, tasks and variables."""
    retried = {
        "Type": "Task",
        "Resource": LAMBDA,
        "Retry": [{"ErrorEquals": ["E"], "IntervalSeconds": 5, "JitterStrategy": "FULL"}],
        "ResultPath": "$.t",
        "Next": "W",
    }
    item = {"StartAt": "T", "States": {"T": retried, "W": {"Type": "Wait", "SecondsPath": "$.n", "End": True}}}
    return machine(
        A={"Type": "Pass", "Assign": {"u.$": "States.UUID()"}, "Next": "P"},
        P={
            "Type": "Parallel",
            "Branches": [
                {
                    "StartAt": "M",
                    "States": {
                        "M": {
                            "Type": "Map",
                            "ItemsPath": "$.l",
                            "MaxConcurrency": 2,
                            "ItemProcessor": item,
                            "End": True,
                        }
                    },
                },
                {"StartAt": "V", "States": {"V": {"Type": "Pass", "Parameters": {"u.$": "$u"}, "End": True}}},
            ],
            "Next": "Z",
        },
        Z={"Type": "Pass", "End": True},
    )


def sometimes(call: TaskCall) -> TaskOutcome:
    """Fails at the first attempt of every other item; takes time."""
    if call.arguments["n"] % 2 and call.attempt == 0:
        return TaskOutcome(error="E", cause="first", after=1)
    return TaskOutcome(call.arguments["n"] * 10, after=call.arguments["n"])


WISHES = {"l": [{"n": n} for n in range(1, 6)]}
