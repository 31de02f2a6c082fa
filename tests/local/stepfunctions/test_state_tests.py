"""TestState: a state by itself, with a mock or with a real call."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fakes.state_machines import LAMBDA, machine
from fakes.stepfunctions_aws import ROLE, Aws

CALL = {"Type": "Task", "Resource": LAMBDA, "Parameters": {"FunctionName": "f"}, "Next": "B"}


def tried(aws: Aws, definition: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = aws.client("stepfunctions").test_state(definition=json.dumps(definition), **more)
    return answer


def test_a_mock_stands_in_for_a_task(aws: Aws) -> None:
    answer = tried(aws, CALL, mock={"result": '{"Payload": 7}'}, inspectionLevel="DEBUG")
    assert (answer["status"], answer["output"], answer["nextState"]) == ("SUCCEEDED", '{"Payload":7}', "B")
    assert json.loads(answer["inspectionData"]["afterParameters"]) == {"FunctionName": "f"}


def test_a_mocked_error_is_caught_or_retried(aws: Aws) -> None:
    state = {**CALL, "Catch": [{"ErrorEquals": ["Broken"], "Next": "C"}]}
    failed = {"errorOutput": {"error": "Broken", "cause": "why"}}
    answer = tried(aws, state, mock=failed)
    assert (answer["status"], answer["nextState"], answer["error"]) == ("CAUGHT_ERROR", "C", "Broken")
    retried = tried(aws, {**state, "Retry": [{"ErrorEquals": ["Broken"]}]}, mock=failed)
    assert retried["status"] == "RETRIABLE"


def test_a_task_without_a_mock_is_called_by_the_role(aws: Aws) -> None:
    aws.functions["f"] = lambda event: "here"
    answer = tried(aws, CALL, roleArn=ROLE)
    assert json.loads(answer["output"])["Payload"] == "here"
    with pytest.raises(ClientError, match="A Task state needs a roleArn or a mock"):
        tried(aws, CALL)


def test_a_state_of_a_whole_machine_is_tried_by_its_name(aws: Aws) -> None:
    whole = machine("A", A={"Type": "Pass", "Next": "B"}, B={"Type": "Pass", "Result": 2, "End": True})
    assert tried(aws, whole, stateName="B")["output"] == "2"
    with pytest.raises(ClientError, match="State not found: C"):
        tried(aws, whole, stateName="C")
