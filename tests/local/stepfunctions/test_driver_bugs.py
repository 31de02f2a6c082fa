"""Whatever goes wrong in one execution, the others go on."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fakes.state_machines import LAMBDA, catching, events, machine, nested, passing, task, wait_for
from fakes.stepfunctions_aws import ACCOUNT, REGION, ROLE, Aws
from personalize_sfn.local.stepfunctions import driver, log_groups
from personalize_sfn.statemachine import TaskOutcome

WAITING = machine("W", W={"Type": "Wait", "Seconds": 99_000_000, "End": True})


@pytest.mark.parametrize("field", ["TimeoutSecondsPath", "HeartbeatSecondsPath"])
@pytest.mark.parametrize("value", [10**14, 100_000_000, 0])
def test_a_time_limit_from_a_path_has_the_bounds_of_a_literal(aws: Aws, field: str, value: int) -> None:
    ended = aws.run(task(LAMBDA, {"FunctionName": "f"}, **{field: "$.t"}), {"t": value})
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")
    assert f"{field[:-4]} must be an integer from 1 to 99999999, got {value}" in ended["cause"]


def test_a_wait_longer_than_a_lock_can_wait_stops_no_clock(aws: Aws) -> None:
    aws.install(wait_scale=1_000_000)
    waiting = aws.start(aws.create("waits", WAITING))
    wait_for(lambda: "WaitStateEntered" in events(aws, waiting))
    assert aws.output(passing(Result=1)) == 1


def test_an_execution_that_waits_for_itself_stops_no_clock(aws: Aws) -> None:
    own = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:m"
    circle = aws.start(aws.create("m", nested(own)), name="one")
    wait_for(lambda: "TaskSubmitted" in events(aws, circle))
    assert aws.output(passing(Result=1)) == 1
    aws.client("stepfunctions").stop_execution(executionArn=circle)
    assert aws.wait(circle)["status"] == "ABORTED"


def test_executions_that_wait_for_each_other_stop_no_clock(aws: Aws) -> None:
    def state_machine(name: str) -> str:
        return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}"

    waits = {"W": {"Type": "Wait", "Seconds": 60, "End": True}}
    both = {"Type": "Parallel", "Branches": [nested(state_machine("a")), machine("W", **waits)], "End": True}
    first = aws.create("a", nested(state_machine("b")))
    aws.create("b", machine("B", B=both))
    circle = aws.start(first, name="one")
    wait_for(lambda: aws.states_calls.count("StartExecution") >= 3)
    second = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:b:one"
    wait_for(lambda: "WaitStateExited" in events(aws, second))
    assert aws.output(passing(Result=1)) == 1
    aws.client("stepfunctions").stop_execution(executionArn=circle)
    assert aws.wait(circle)["status"] == "ABORTED"
    assert aws.wait(second)["status"] in ("ABORTED", "FAILED")  # it is stopped, and what it waits for was


def test_a_log_group_that_refuses_events_ends_no_execution(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: Any) -> None:
        raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "PutRecordBatch")

    client = aws.client("logs")
    client.create_log_group(logGroupName="states")
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:states:*"
    logging = {"level": "ALL", "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]}
    arn = aws.client("stepfunctions").create_state_machine(
        name="m", definition=json.dumps(passing(Result=1)), roleArn=ROLE, loggingConfiguration=logging
    )["stateMachineArn"]
    monkeypatch.setattr(log_groups._group(group), "put_log_events", refuse)
    assert aws.wait(aws.start(arn))["output"] == "1"
    assert "could not be written" in caplog.text


def test_a_bug_ends_its_execution_and_no_other(aws: Aws, caplog: pytest.LogCaptureFixture) -> None:
    bugs = [ZeroDivisionError("on purpose")]

    def busy() -> bool:
        if bugs:
            raise bugs.pop()
        return False

    aws.install(busy=busy)
    ended = aws.run(passing(Result=1))
    assert (ended["status"], ended["error"], ended["cause"]) == (
        "FAILED",
        "States.Runtime",
        "ZeroDivisionError: on purpose",
    )
    assert ended["stopDate"] >= ended["startDate"]
    assert "failed outside of any state" in caplog.text
    assert aws.output(passing(Result=1)) == 1


def test_a_bug_in_an_integration_fails_its_task(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> TaskOutcome:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr(driver, "perform", broken)
    ended = aws.run(task(LAMBDA, {"FunctionName": "f"}))
    assert (ended["status"], ended["error"], ended["cause"]) == (
        "FAILED",
        "States.Runtime",
        "ZeroDivisionError: on purpose",
    )
    assert "on purpose" in caplog.text


LIST_BUCKETS = "arn:aws:states:::aws-sdk:s3:listBuckets"


@pytest.mark.parametrize("given", [[1], "text", 5, [], None])
def test_arguments_that_are_no_object_fail_the_task(aws: Aws, given: Any) -> None:
    ended = aws.run(catching(["States.TaskFailed"], task(LIST_BUCKETS, InputPath="$.in")), {"in": given})
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")
    assert f"expected an object as the arguments of {LIST_BUCKETS}, got {json.dumps(given)}" in ended["cause"]


def test_a_test_of_a_state_whose_arguments_are_no_object_answers(aws: Aws) -> None:
    state = json.dumps({"Type": "Task", "Resource": LIST_BUCKETS, "End": True})
    answer = aws.client("stepfunctions").test_state(definition=state, roleArn=ROLE, input="[1]")
    assert (answer["status"], answer["error"]) == ("FAILED", "States.Runtime")


def test_an_activity_at_a_full_history_ends_its_execution_as_a_whole(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    client = aws.client("stepfunctions")
    activity = client.create_activity(name="paint")["activityArn"]
    execution = aws.start(aws.create("m", task(activity)))
    wait_for(lambda: "ActivityScheduled" in events(aws, execution))
    monkeypatch.setattr("personalize_sfn.statemachine.execution.MOST_EVENTS", 4)
    monkeypatch.setattr("personalize_sfn.local.stepfunctions.activities.POLL_SECONDS", 0)
    assert "taskToken" not in client.get_activity_task(activityArn=activity)
    ended = aws.wait(execution)
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")
    assert ended["stopDate"] >= ended["startDate"]


def test_others_have_their_turn_while_many_items_loop(aws: Aws) -> None:
    loop = machine("P", P={"Type": "Pass", "Next": "Q"}, Q={"Type": "Pass", "Next": "P"})
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **loop}
    each = machine("M", M={"Type": "Map", "ItemProcessor": processor, "End": True})
    client = aws.client("stepfunctions")
    execution = aws.start(aws.create("m", each), [{"text": "x" * 500}] * 20)
    begun = time.monotonic()
    for _ in range(20):
        client.list_activities()
    took = time.monotonic() - begun
    assert client.describe_execution(executionArn=execution)["status"] == "RUNNING"
    client.stop_execution(executionArn=execution)
    assert took < 20  # without turns each of them waits for seconds
