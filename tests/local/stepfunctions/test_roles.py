"""Tests of ``roles``: what Step Functions checks of a state machine's role before it accepts it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fakes.stepfunctions_aws import ACCOUNT, REGION, ROLE, Aws

PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
NESTED = {
    "StartAt": "T",
    "States": {
        "T": {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {"StateMachineArn": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:child"},
            "End": True,
        }
    },
}
UNTRUSTED = f"arn:aws:iam::{ACCOUNT}:role/unknown"


def refused(call: Any, **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as error:
        call(**request)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


def test_a_role_that_step_functions_may_not_assume_is_refused(aws: Aws) -> None:
    code, message = refused(
        aws.client("stepfunctions").create_state_machine, name="m", definition=json.dumps(PASS), roleArn=UNTRUSTED
    )
    assert code == "AccessDeniedException"
    assert message == (
        "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume "
        f"the provided role: {UNTRUSTED}"
    )


@pytest.mark.parametrize("role", ["my-role", f"arn:aws:iam::{ACCOUNT}:user/me", "arn:aws:iam::1:role/short"])
def test_what_is_no_arn_of_a_role_is_said_to_be_none(aws: Aws, role: str) -> None:
    client, machine = aws.client("stepfunctions"), aws.create("there", PASS)
    expected = ("InvalidArn", f"Invalid Arn: 'Invalid ARN prefix: {role}'")
    assert refused(client.create_state_machine, name="m", definition=json.dumps(PASS), roleArn=role) == expected
    assert refused(client.update_state_machine, stateMachineArn=machine, roleArn=role) == expected


@pytest.mark.parametrize("action", ["events:PutTargets", "events:PutRule", "events:DescribeRule"])
def test_a_role_that_may_not_create_the_managed_rule_is_refused(aws: Aws, action: str) -> None:
    aws.denied = {action}
    client = aws.client("stepfunctions")
    expected = ("AccessDeniedException", f"'{ROLE}' is not authorized to create managed-rule.")
    assert refused(client.create_state_machine, name="m", definition=json.dumps(NESTED), roleArn=ROLE) == expected
    arn = aws.create("m", PASS)  # without .sync no rule is needed
    assert refused(client.update_state_machine, stateMachineArn=arn, definition=json.dumps(NESTED)) == expected
