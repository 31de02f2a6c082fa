"""Activities, and tasks that wait for a token."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fakes.state_machines import catching, events, machine, task, wait_for
from fakes.stepfunctions_aws import Aws

INVOKE = "arn:aws:states:::lambda:invoke.waitForTaskToken"
ASK = {"FunctionName": "f", "Payload": {"token.$": "$$.Task.Token"}}


def refused(call: Any, **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as error:
        call(**request)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


def test_a_worker_takes_the_task_of_an_activity_and_answers_it(aws: Aws) -> None:
    client = aws.client("stepfunctions")
    activity = client.create_activity(name="paint")["activityArn"]
    assert client.create_activity(name="paint")["activityArn"] == activity
    execution = aws.start(aws.create("m", task(activity)), {"colour": "red"})
    taken = client.get_activity_task(activityArn=activity, workerName="me")
    assert json.loads(taken["input"]) == {"colour": "red"}
    client.send_task_heartbeat(taskToken=taken["taskToken"])
    client.send_task_success(taskToken=taken["taskToken"], output='{"painted": true}')
    assert json.loads(aws.wait(execution)["output"]) == {"painted": True}
    assert events(aws, execution)[2:5] == ["ActivityScheduled", "ActivityStarted", "ActivitySucceeded"]
    assert refused(client.send_task_success, taskToken=taken["taskToken"], output="1") == (
        "TaskTimedOut",
        "Task Timed Out: 'Provided task does not exist anymore'",
    )


def test_a_task_waits_for_its_token(aws: Aws) -> None:
    asked: list[Any] = []
    aws.functions["f"] = asked.append
    client, definition = aws.client("stepfunctions"), task(INVOKE, ASK)
    execution = aws.start(aws.create("m", definition))
    wait_for(lambda: "TaskSubmitted" in events(aws, execution))
    assert aws.client("stepfunctions").describe_execution(executionArn=execution)["status"] == "RUNNING"
    client.send_task_success(taskToken=asked[0]["token"], output='"approved"')
    assert json.loads(aws.wait(execution)["output"]) == "approved"


def test_a_refusal_by_token_is_the_error_of_the_task(aws: Aws) -> None:
    asked: list[Any] = []
    aws.functions["f"] = asked.append
    execution = aws.start(aws.create("m", catching(["Refused"], task(INVOKE, ASK))))
    wait_for(lambda: asked)
    aws.client("stepfunctions").send_task_failure(taskToken=asked[0]["token"], error="Refused", cause="too dear")
    assert json.loads(aws.wait(execution)["output"]) == {"Error": "Refused", "Cause": "too dear"}


def test_a_missing_sign_of_life_ends_the_task(aws: Aws) -> None:
    aws.functions["f"] = lambda event: None
    aws.install(timeout_floor_seconds=0.1)
    ended = aws.run(task(INVOKE, ASK, HeartbeatSeconds=60))
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Timeout")


def test_tokens_and_activities_that_never_were_are_refused(aws: Aws) -> None:
    client = aws.client("stepfunctions")
    assert refused(client.send_task_success, taskToken="made up", output="1") == (
        "InvalidToken",
        "Invalid Token: 'Invalid token'",
    )
    absent = "arn:aws:states:us-east-1:123456789012:activity:absent"
    assert refused(client.get_activity_task, activityArn=absent) == (
        "ActivityDoesNotExist",
        f"Activity Does Not Exist: '{absent}'",
    )
    assert refused(client.describe_activity, activityArn=absent.replace("activity", "stateMachine")) == (
        "InvalidArn",
        "Invalid Arn: 'Resource type not valid in this context: stateMachine'",
    )


def test_an_activity_keeps_its_tags_until_it_is_deleted(aws: Aws) -> None:
    client = aws.client("stepfunctions")
    arn = client.create_activity(name="a", tags=[{"key": "k", "value": "v"}])["activityArn"]
    client.tag_resource(resourceArn=arn, tags=[{"key": "l", "value": "w"}])
    client.untag_resource(resourceArn=arn, tagKeys=["k"])
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "l", "value": "w"}]
    assert [each["name"] for each in client.list_activities()["activities"]] == ["a"]
    client.delete_activity(activityArn=arn)
    assert refused(client.list_tags_for_resource, resourceArn=arn)[0] == "ResourceNotFound"


def test_a_stopped_execution_leaves_no_task_for_workers(aws: Aws) -> None:
    client = aws.client("stepfunctions")
    activity = client.create_activity(name="paint")["activityArn"]
    arn = aws.create("m", machine("T", T={"Type": "Task", "Resource": activity, "End": True}))
    stopped, runs = aws.start(arn), aws.start(arn, {"n": 2})
    client.stop_execution(executionArn=stopped)
    taken = client.get_activity_task(activityArn=activity)
    assert json.loads(taken["input"]) == {"n": 2}
    client.send_task_success(taskToken=taken["taskToken"], output="{}")
    assert aws.wait(runs)["status"] == "SUCCEEDED"
