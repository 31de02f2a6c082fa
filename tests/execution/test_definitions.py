"""Definitions as Step Functions has them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from personalize_sfn.execution.definitions import definition_of

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:movies-main"
RUN = "arn:aws:states:us-east-1:123456789012:execution:movies-main:run"
DEFINITION = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}


def test_a_machines_and_an_executions_definition_are_read_by_their_arn(client):
    client.machines[MACHINE] = {"definition": json.dumps(DEFINITION)}
    assert definition_of(client, MACHINE) == DEFINITION
    assert definition_of(client, RUN) == DEFINITION


def test_a_machine_that_is_not_there_is_the_services_error(client, make_client: Callable):
    with pytest.raises(ClientError) as raised:
        definition_of(client, MACHINE)
    assert raised.value.response["Error"] == {
        "Code": "StateMachineDoesNotExist",
        "Message": f"State Machine Does Not Exist: '{MACHINE}'",
    }
