"""Step Functions' API as a client sees it: names, refusals, roles, history."""

from __future__ import annotations

import json
import re
from typing import Any

from fakes.stepfunctions_aws import Aws, refused
from personalize_sfn.local.stepfunctions.wire import write_token

PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
LOOP: dict[str, Any] = {
    "StartAt": "W",
    "States": {
        "W": {"Type": "Wait", "Seconds": 1, "Next": "C"},
        "C": {"Type": "Choice", "Choices": [{"Variable": "$.go", "BooleanEquals": False, "Next": "W"}], "Default": "E"},
        "E": {"Type": "Succeed"},
    },
}


def test_executions_without_a_name_get_one_each(aws: Aws) -> None:
    machine = aws.create("m", PASS)
    names = {aws.start(machine).rpartition(":")[2] for _ in range(3)}
    assert len(names) == 3
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", name) for name in names)


def test_an_input_that_is_no_json_or_too_large_is_refused(aws: Aws) -> None:
    client, arn = aws.client("stepfunctions"), aws.create("m", PASS)
    code, message = refused(client.start_execution, stateMachineArn=arn, input="{nope")
    assert code == "InvalidExecutionInput"
    assert message.startswith("Invalid State Machine Execution Input: 'Expecting property name")
    code, message = refused(client.start_execution, stateMachineArn=arn, input=json.dumps("x" * 262_144))
    assert code == "ValidationException"
    assert message.endswith("Member must have length less than or equal to 262144")


def test_an_empty_input_is_refused_in_awss_words(aws: Aws) -> None:
    machine = aws.create("m", PASS)
    assert refused(aws.client("stepfunctions").start_execution, stateMachineArn=machine, input="") == (
        "InvalidExecutionInput",
        "Invalid State Machine Execution Input: 'Invalid execution input.'",
    )


def test_the_same_name_again_is_refused_once_the_execution_is_over(aws: Aws) -> None:
    arn = aws.create("m", PASS)
    execution = aws.start(arn, name="once")
    aws.wait(execution)
    answer = refused(aws.client("stepfunctions").start_execution, stateMachineArn=arn, name="once", input="{}")
    assert answer == ("ExecutionAlreadyExists", f"Execution Already Exists: '{execution}'")


def test_pagination_of_a_history_works_in_both_directions(aws: Aws) -> None:
    execution = aws.start(aws.create("m", PASS))
    aws.wait(execution)
    client = aws.client("stepfunctions")
    whole = client.get_execution_history(executionArn=execution)
    assert "nextToken" not in whole
    ids = [event["id"] for event in whole["events"]]
    assert [event["type"] for event in whole["events"]] == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]
    for reverse in (False, True):
        pages = client.get_paginator("get_execution_history").paginate(
            executionArn=execution, reverseOrder=reverse, PaginationConfig={"PageSize": 3}
        )
        sizes = [[event["id"] for event in page["events"]] for page in pages]
        assert [len(size) for size in sizes] == [3, 1]
        assert [number for size in sizes for number in size] == (ids[::-1] if reverse else ids)


def test_a_page_read_backwards_does_not_shift_while_events_are_added(aws: Aws) -> None:
    execution = aws.start(aws.create("m", LOOP), {"go": False})
    client = aws.client("stepfunctions")
    first = {"events": []}
    while len(first["events"]) < 5:
        first = client.get_execution_history(executionArn=execution, reverseOrder=True, maxResults=5)
    second = (
        client.get_execution_history(
            executionArn=execution, reverseOrder=True, maxResults=5, nextToken=first["nextToken"]
        )
        if "nextToken" in first
        else {"events": []}
    )
    ids = [event["id"] for event in first["events"] + second["events"]]
    assert ids == list(range(ids[0], ids[-1] - 1, -1))
    client.stop_execution(executionArn=execution)


def test_history_can_leave_out_the_data(aws: Aws) -> None:
    execution = aws.start(aws.create("m", PASS), {"secret": 1})
    aws.wait(execution)
    client = aws.client("stepfunctions")
    with_data = client.get_execution_history(executionArn=execution)
    without = client.get_execution_history(executionArn=execution, includeExecutionData=False)
    assert with_data["events"][0]["executionStartedEventDetails"]["input"] == '{"secret": 1}'
    assert "secret" not in json.dumps(without["events"], default=str)


def test_pagination_refuses_the_token_of_another_history_and_too_large_a_page(aws: Aws) -> None:
    machine = aws.create("m", PASS)
    one, other = aws.start(machine), aws.start(machine)
    aws.wait(one)
    aws.wait(other)
    client = aws.client("stepfunctions")
    token = client.get_execution_history(executionArn=one, maxResults=1)["nextToken"]
    expected = ("InvalidToken", "Invalid Token: 'Token is invalid'")
    assert refused(client.get_execution_history, executionArn=other, nextToken=token) == expected
    assert refused(client.get_execution_history, executionArn=one, nextToken="junk") == expected
    for made_up in (99, -1, "a"):
        token = write_token(f"history of {one} True", made_up)
        assert refused(client.get_execution_history, executionArn=one, nextToken=token, reverseOrder=True) == expected
    assert refused(client.get_execution_history, executionArn=one, maxResults=1001)[0] == "ValidationException"


def test_stopping_what_is_over_changes_nothing_and_what_never_was_is_refused(aws: Aws) -> None:
    client, execution = aws.client("stepfunctions"), aws.start(aws.create("m", PASS))
    ended = aws.wait(execution)
    assert client.stop_execution(executionArn=execution)["stopDate"] == ended["stopDate"]
    assert client.describe_execution(executionArn=execution)["status"] == "SUCCEEDED"
    absent = execution.rpartition(":")[0] + ":absent"
    assert refused(client.stop_execution, executionArn=absent) == (
        "ExecutionDoesNotExist",
        f"Execution Does Not Exist: '{absent}'",
    )


def test_lists_give_the_stop_date_of_an_execution_that_timed_out(aws: Aws) -> None:
    client = aws.client("stepfunctions")
    machine = aws.create("m", {**LOOP, "TimeoutSeconds": 1})
    aws.wait(aws.start(machine, {"go": False}))
    listed = client.list_executions(stateMachineArn=machine, statusFilter="TIMED_OUT")["executions"][0]
    assert listed["stopDate"] > listed["startDate"]
