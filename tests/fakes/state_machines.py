"""State machines in a line each, and what tests of them need."""

from __future__ import annotations

import threading
import time
from typing import Any

from fakes.stepfunctions_aws import Aws, FunctionError

LAMBDA = "arn:aws:states:::lambda:invoke"
CHILD = "arn:aws:states:::states:startExecution.sync:2"


def machine(first: str, **states: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": first, "States": states}


def passing(**fields: Any) -> dict[str, Any]:
    return machine("P", P={"Type": "Pass", "End": True, **fields})


def task(resource: str, parameters: Any = None, **fields: Any) -> dict[str, Any]:
    more = {} if parameters is None else {"Parameters": parameters}
    return machine("T", T={"Type": "Task", "Resource": resource, "End": True, **more, **fields})


def calling(function: str, **fields: Any) -> dict[str, Any]:
    return task(LAMBDA, {"FunctionName": function, "Payload.$": "$"}, **fields)


def nested(arn: str, **fields: Any) -> dict[str, Any]:
    return task(CHILD, {"StateMachineArn": arn, "Input.$": "$", "Name.$": "$$.Execution.Name"}, **fields)


def choosing(variable: str, value: Any = 4, operator: str = "NumericEquals", **more: Any) -> dict[str, Any]:
    return machine(
        "C",
        C={"Type": "Choice", "Choices": [{"Variable": variable, operator: value, "Next": "Yes"}], **more},
        Yes={"Type": "Pass", "Result": "yes", "End": True},
        No={"Type": "Pass", "Result": "no", "End": True},
    )


def events(aws: Aws, arn: str) -> list[str]:
    history = aws.client("stepfunctions").get_execution_history(executionArn=arn, maxResults=1000)
    return [event["type"] for event in history["events"]]


class Gate:
    """A function that says when it was called and returns only when told to."""

    def __init__(self) -> None:
        self.entered, self.open = threading.Event(), threading.Event()

    def __call__(self, event: Any) -> str:
        self.entered.set()
        assert self.open.wait(20)
        return "done"


def fails_with(name: str, message: str = "why") -> Any:
    def function(event: Any) -> None:
        raise FunctionError(name, message)

    return function


def catching(names: list[str], state: dict[str, Any]) -> dict[str, Any]:
    first = {**state["States"]["T"], "Catch": [{"ErrorEquals": names, "Next": "Caught"}]}
    return machine("T", T=first, Caught={"Type": "Pass", "End": True})


def parallel(*branches: dict[str, Any], **fields: Any) -> dict[str, Any]:
    first = {"Type": "Parallel", "Branches": list(branches), "End": True, **fields}
    return machine("Both", Both=first)


def wait_for(condition: Any, seconds: float = 10) -> None:
    pause = threading.Event()
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "still not so"
        pause.wait(0.01)
