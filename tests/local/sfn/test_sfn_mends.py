"""Each mend of moto's interpreter, and moto without it: when the second test of a pair fails, the mend can go."""

from __future__ import annotations

from typing import Any

from conftest import Aws


def passing(**fields: Any) -> dict[str, Any]:
    return {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True, **fields}}}


def task(resource: str, parameters: Any = None, **fields: Any) -> dict[str, Any]:
    state = {"Type": "Task", "Resource": resource, "End": True, **fields}
    return {"StartAt": "T", "States": {"T": state | ({} if parameters is None else {"Parameters": parameters})}}


def test_a_pass_state_runs(aws: Aws) -> None:
    assert aws.output(passing(Parameters={"a.$": "$.x[0].y"}), {"x": [{"y": 4}]}) == {"a": 4}


def test_lambda(aws: Aws) -> None:
    aws.functions["echo"] = lambda event: {"got": event}
    out = aws.output(task("arn:aws:states:::lambda:invoke", {"FunctionName": "echo", "Payload.$": "$"}), {"n": 1})
    assert out["Payload"] == {"got": {"n": 1}}
    print(out, aws.keys_seen)


def test_nested(aws: Aws) -> None:
    child = aws.create("child", passing(Parameters={"b.$": "$$.Execution.Input.a", "t.$": "$$.Execution.StartTime"}))
    out = aws.output(
        task(
            "arn:aws:states:::states:startExecution.sync:2",
            {"StateMachineArn": child, "Input": {"a": 7}, "Name": "kid"},
        )
    )
    print(out)
    assert out["Output"]["b"] == 7
