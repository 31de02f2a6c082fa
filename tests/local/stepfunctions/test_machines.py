"""State machines as a client sees them: created, updated, described, checked."""

from __future__ import annotations

import json

import pytest

from fakes.stepfunctions_aws import ROLE, Aws, refused
from personalize_sfn.local.stepfunctions.machines import version_number

PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
OTHER = {"StartAt": "P", "States": {"P": {"Type": "Succeed"}}}


def test_creating_the_same_machine_twice_gives_the_same_one(aws: Aws) -> None:
    assert aws.create("m", PASS) == aws.create("m", PASS)


def test_creating_another_machine_of_the_same_name_is_refused(aws: Aws) -> None:
    arn = aws.create("m", PASS)
    client = aws.client("stepfunctions")
    answer = refused(client.create_state_machine, name="m", definition=json.dumps(OTHER), roleArn=ROLE)
    assert answer == ("StateMachineAlreadyExists", f"State Machine Already Exists: '{arn}'")
    with pytest.raises(client.exceptions.StateMachineAlreadyExists):
        client.create_state_machine(name="m", definition=json.dumps(OTHER), roleArn=ROLE)


def test_an_update_replaces_the_definition(aws: Aws) -> None:
    client, arn = aws.client("stepfunctions"), aws.create("m", PASS)
    client.update_state_machine(stateMachineArn=arn, definition=json.dumps(OTHER))
    assert json.loads(client.describe_state_machine(stateMachineArn=arn)["definition"]) == OTHER


DANGLING = {"StartAt": "P", "States": {"P": {"Type": "Pass", "Next": "Nowhere"}}}


DANGLING_TEXT = (
    "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: Nowhere at /States/P/Next'"
)


def test_an_invalid_definition_is_refused_at_creation_and_update(aws: Aws) -> None:
    client, arn = aws.client("stepfunctions"), aws.create("m", PASS)
    text = json.dumps(DANGLING)
    assert refused(client.create_state_machine, name="x", definition=text, roleArn=ROLE) == (
        "InvalidDefinition",
        DANGLING_TEXT,
    )
    assert refused(client.update_state_machine, stateMachineArn=arn, definition=text)[1] == DANGLING_TEXT


def test_a_definition_can_be_validated_without_creating_it(aws: Aws) -> None:
    client = aws.client("stepfunctions")
    assert client.validate_state_machine_definition(definition=json.dumps(PASS))["result"] == "OK"
    answer = client.validate_state_machine_definition(definition=json.dumps(DANGLING))
    assert (answer["result"], answer["diagnostics"][0]) == (
        "FAIL",
        {
            "severity": "ERROR",
            "code": "MISSING_TRANSITION_TARGET",
            "message": "Missing 'Next' target: Nowhere",
            "location": "/States/P/Next",
        },
    )


def test_a_machine_says_which_variables_its_states_refer_to(aws: Aws) -> None:
    client = aws.client("stepfunctions")
    definition = {
        "StartAt": "A",
        "States": {
            "A": {"Type": "Pass", "Assign": {"x": 1}, "Next": "B"},
            "B": {"Type": "Pass", "InputPath": "$x", "End": True},
        },
    }
    arn = aws.create("variables", definition)
    assert client.describe_state_machine(stateMachineArn=arn)["variableReferences"] == {"B": ["x"]}
    execution = aws.start(arn)
    of = client.describe_state_machine_for_execution(executionArn=execution)
    assert of["variableReferences"] == {"B": ["x"]}
    hidden = client.describe_state_machine(stateMachineArn=arn, includedData="METADATA_ONLY")
    assert "variableReferences" not in hidden


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1), ("12", 12), ("0", None), ("01", None), ("$LATEST", None), ("", None), ("1" * 11, None)],
)
def test_a_version_is_a_number_without_a_leading_zero(text: str, number: int | None) -> None:
    assert version_number(text) == number
