"""State machines log the histories of their executions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fakes.state_machines import machine, passing
from fakes.stepfunctions_aws import ACCOUNT, REGION, ROLE, Aws


def refused(call: Any, **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as error:
        call(**request)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


def test_logging_needs_one_log_group_that_is_there(aws: Aws) -> None:
    client = aws.client("stepfunctions")
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/vendedlogs/states/m:*"
    logging = {"level": "ALL", "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]}
    made = {"name": "m", "definition": json.dumps(passing()), "roleArn": ROLE}
    none = refused(client.create_state_machine, loggingConfiguration={"level": "ALL"}, **made)
    assert none == (
        "InvalidLoggingConfiguration",
        "Invalid Logging Configuration: Must specify exactly one Log Destination.",
    )
    assert refused(client.create_state_machine, loggingConfiguration=logging, **made) == (
        "InvalidLoggingConfiguration",
        "Invalid Logging Configuration: Log Destination not found.",
    )
    aws.client("logs").create_log_group(logGroupName="/aws/vendedlogs/states/m")
    arn = client.create_state_machine(loggingConfiguration=logging, **made)["stateMachineArn"]
    kept = client.describe_state_machine(stateMachineArn=arn)["loggingConfiguration"]
    assert kept == {"includeExecutionData": False, **logging}


GROUP = "/aws/vendedlogs/states/m"


def logged(aws: Aws, definition: dict[str, Any], **settings: Any) -> list[dict[str, Any]]:
    """What an execution of a machine with these settings writes."""
    aws.client("logs").create_log_group(logGroupName=GROUP)
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}:*"
    logging = {"destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": arn}}], **settings}
    made = aws.client("stepfunctions").create_state_machine(
        name="m", definition=json.dumps(definition), roleArn=ROLE, loggingConfiguration=logging
    )
    aws.wait(aws.start(made["stateMachineArn"], {"secret": 1}))
    written = aws.client("logs").filter_log_events(logGroupName=GROUP)["events"]
    return [json.loads(event["message"]) for event in written]


def test_everything_is_logged_with_data_where_that_is_asked_for(aws: Aws) -> None:
    written = logged(aws, passing(), level="ALL", includeExecutionData=True)
    assert [(each["id"], each["type"]) for each in written] == [
        ("1", "ExecutionStarted"),
        ("2", "PassStateEntered"),
        ("3", "PassStateExited"),
        ("4", "ExecutionSucceeded"),
    ]
    assert json.loads(written[1]["details"]["input"]) == {"secret": 1}


def test_only_errors_are_logged_without_data(aws: Aws) -> None:
    failing = machine("F", F={"Type": "Fail", "Error": "E"})
    written = logged(aws, failing, level="ERROR")
    assert [each["type"] for each in written] == ["FailStateEntered", "ExecutionFailed"]
    assert "secret" not in json.dumps(written)


def test_a_role_that_may_not_deliver_logs_is_refused(aws: Aws) -> None:
    aws.denied = {"logs:CreateLogDelivery"}
    with pytest.raises(ClientError, match="The state machine IAM Role is not authorized to access the Log Destination"):
        logged(aws, passing(), level="ALL")


def test_a_log_group_of_no_region_is_not_there(aws: Aws) -> None:
    group = f"arn:aws:logs:nowhere-1:{ACCOUNT}:log-group:{GROUP}:*"
    logging = {"level": "ALL", "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]}
    made = {"name": "m", "definition": json.dumps(passing()), "roleArn": ROLE}
    assert refused(aws.client("stepfunctions").create_state_machine, loggingConfiguration=logging, **made) == (
        "InvalidLoggingConfiguration",
        "Invalid Logging Configuration: Log Destination not found.",
    )
