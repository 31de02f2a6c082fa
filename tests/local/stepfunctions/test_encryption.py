"""Tests of ``encryption``: what AWS refuses of an encryption configuration."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fakes.state_machines import passing
from fakes.stepfunctions_aws import ROLE, Aws

KEY = "arn:aws:kms:us-east-1:123456789012:key/7e1f0d1c-5a0b-4d1c-9b60-1c0b6b1c2d3e"


@pytest.mark.parametrize(
    ("encryption", "problem"),
    [
        ({"type": "CUSTOMER_MANAGED_KMS_KEY"}, "kmsKeyId must be set when type is CUSTOMER_MANAGED_KMS_KEY"),
        ({"type": "AWS_OWNED_KEY", "kmsKeyId": KEY}, "kmsKeyId must not be set when type is AWS_OWNED_KEY"),
    ],
)
def test_a_key_is_named_where_it_is_the_customers_and_only_there(
    aws: Aws, encryption: dict[str, Any], problem: str
) -> None:
    client, machine = aws.client("stepfunctions"), aws.create("there", passing())
    definition = json.dumps(passing())
    for call, request in (
        (client.create_state_machine, {"name": "m", "definition": definition, "roleArn": ROLE}),
        (client.update_state_machine, {"stateMachineArn": machine}),
        (client.create_activity, {"name": "a"}),
    ):
        with pytest.raises(ClientError) as error:
            call(**request, encryptionConfiguration=encryption)
        assert error.value.response["Error"]["Code"] == "InvalidEncryptionConfiguration"
        assert error.value.response["Error"]["Message"] == f"Invalid Encryption Configuration: '{problem}'"
    assert [each["name"] for each in client.list_state_machines()["stateMachines"]] == ["there"]


def test_a_machine_says_the_key_it_was_given(aws: Aws) -> None:
    client, machine = aws.client("stepfunctions"), aws.create("m", passing())
    given = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": KEY}
    client.update_state_machine(stateMachineArn=machine, encryptionConfiguration=given)
    assert client.describe_state_machine(stateMachineArn=machine)["encryptionConfiguration"] == given
