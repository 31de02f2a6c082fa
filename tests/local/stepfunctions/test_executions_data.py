"""Tests of ``values``: what goes into a task's request and what comes out of its response."""

from __future__ import annotations

import re

from botocore.exceptions import ClientError

from fakes.state_machines import (
    calling,
    passing,
)
from fakes.stepfunctions_aws import ROLE, Aws


def test_the_context_object_is_json_with_milliseconds(aws: Aws) -> None:
    output = aws.output(passing(Parameters={"c.$": "$$", "start.$": "$$.Execution.StartTime"}), {"x": 1})
    assert output["c"]["Execution"]["Input"] == {"x": 1}
    assert output["c"]["Execution"]["RoleArn"] == ROLE
    for text in (output["start"], output["c"]["State"]["EnteredTime"]):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text)


def test_a_result_selector_picks_from_the_payload(aws: Aws) -> None:
    aws.functions["f"] = lambda event: {"items": [{"arn": "a"}], "status": "ACTIVE"}
    selector = {
        "status.$": "$.Payload.status",
        "arn.$": "$.Payload.items[0].arn",
        "n.$": "States.ArrayLength($.Payload.items)",
    }
    output = aws.output(calling("f", ResultSelector=selector, ResultPath="$.r"), {"kept": 1})
    assert output == {"kept": 1, "r": {"status": "ACTIVE", "arn": "a", "n": 1}}


def test_intrinsics_merge_and_format(aws: Aws) -> None:
    parameters = {
        "merged.$": "States.JsonMerge($.a, $.b, false)",
        "text.$": "States.Format('{} of {}', $.a.x, $$.Execution.Name)",
    }
    output = aws.output(passing(Parameters=parameters), {"a": {"x": 1, "y": 1}, "b": {"y": 2}})
    assert output == {"merged": {"x": 1, "y": 2}, "text": "1 of run"}


def test_an_input_that_is_nested_too_deeply_is_refused(aws: Aws) -> None:
    client, arn = aws.client("stepfunctions"), aws.create("m", passing())

    def refusal(depth: int) -> str:
        try:
            client.start_execution(stateMachineArn=arn, input="[" * depth + "]" * depth)
        except ClientError as error:
            return str(error.response["Error"]["Code"] + ": " + error.response["Error"]["Message"])
        return ""

    said = "InvalidExecutionInput: Invalid State Machine Execution Input: 'The data is nested too deeply.'"
    # where Python's stack ends depends on who calls
    assert {refusal(depth) for depth in range(800, 1_100, 10)} <= {"", said}
    assert refusal(2_000) == said
