"""Executions by their API: Express, redrive, idempotent starts, what outlives what, limits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fakes.state_machines import calling, events, fails_with, machine, passing, task
from fakes.stepfunctions_aws import ROLE, Aws
from personalize_sfn.local.stepfunctions import records
from personalize_sfn.statemachine.definition import InvalidDefinitionError

WAITING = machine("W", W={"Type": "Wait", "Seconds": 99_000_000, "End": True})


def refused(call: Any, **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as error:
        call(**request)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


def express(aws: Aws, definition: dict[str, Any]) -> str:
    client = aws.client("stepfunctions")
    made = client.create_state_machine(name="e", definition=json.dumps(definition), roleArn=ROLE, type="EXPRESS")
    return str(made["stateMachineArn"])


def test_an_express_machine_answers_at_once(aws: Aws) -> None:
    client, arn = aws.client("stepfunctions"), express(aws, passing(Parameters={"b.$": "$.a"}))
    answer = client.start_sync_execution(stateMachineArn=arn, input='{"a": 7}')
    assert (answer["status"], answer["output"]) == ("SUCCEEDED", '{"b":7}')
    assert answer["billingDetails"]["billedDurationInMilliseconds"] >= 100
    assert refused(client.describe_execution, executionArn=answer["executionArn"]) == (
        "InvalidArn",
        "Invalid Arn: 'Resource type not valid in this context: express'",
    )


def test_a_standard_machine_does_not_answer_at_once(aws: Aws) -> None:
    client, arn = aws.client("stepfunctions"), aws.create("m", passing())
    assert refused(client.start_sync_execution, stateMachineArn=arn) == (
        "StateMachineTypeNotSupported",
        "This operation is not supported by this type of state machine",
    )


def test_an_express_machine_waits_for_nobody(aws: Aws) -> None:
    waits = task("arn:aws:states:::lambda:invoke.waitForTaskToken", {"FunctionName": "f"})
    with pytest.raises(ClientError, match="Express state machine does not support"):
        express(aws, waits)


def test_a_failed_execution_is_redriven_from_the_state_that_failed(aws: Aws) -> None:
    client = aws.client("stepfunctions")
    definition = calling("f")
    definition["States"]["P"] = {"Type": "Pass", "Result": {"n": 1}, "Next": "T"}
    definition["StartAt"] = "P"
    aws.functions["f"] = fails_with("Broken")
    execution = aws.start(aws.create("m", definition))
    assert aws.wait(execution)["redriveStatus"] == "REDRIVABLE"
    aws.functions["f"] = lambda event: event["n"]
    client.redrive_execution(executionArn=execution)
    ended = aws.wait(execution)
    assert (ended["status"], json.loads(ended["output"])["Payload"], ended["redriveCount"]) == ("SUCCEEDED", 1, 1)
    assert events(aws, execution).count("PassStateEntered") == 1
    assert refused(client.redrive_execution, executionArn=execution) == (
        "ExecutionNotRedrivable",
        "Execution is SUCCEEDED and cannot be redriven",
    )


def test_starting_a_running_execution_again_gives_the_same_one(aws: Aws) -> None:
    client, arn = aws.client("stepfunctions"), aws.create("m", WAITING)
    first = client.start_execution(stateMachineArn=arn, name="one", input="{}")
    again = client.start_execution(stateMachineArn=arn, name="one", input="{ }")
    assert (again["executionArn"], again["startDate"]) == (first["executionArn"], first["startDate"])
    code, _ = refused(client.start_execution, stateMachineArn=arn, name="one", input='{"other": 1}')
    assert code == "ExecutionAlreadyExists"


def test_an_execution_outlives_its_machine(aws: Aws) -> None:
    client, arn = aws.client("stepfunctions"), aws.create("m", passing(Result=1))
    execution = aws.start(arn)
    aws.wait(execution)
    client.delete_state_machine(stateMachineArn=arn)
    assert client.describe_execution(executionArn=execution)["output"] == "1"
    described = client.describe_state_machine_for_execution(executionArn=execution)
    assert json.loads(described["definition"]) == passing(Result=1)
    assert refused(client.list_executions, stateMachineArn=arn)[0] == "StateMachineDoesNotExist"


def test_executions_are_listed_newest_first_page_by_page(aws: Aws) -> None:
    client, arn = aws.client("stepfunctions"), aws.create("m", passing())
    names = [aws.start(arn, name=f"run-{number}").rpartition(":")[2] for number in range(5)]
    pages = client.get_paginator("list_executions").paginate(stateMachineArn=arn, PaginationConfig={"PageSize": 2})
    sizes = [[each["name"] for each in page["executions"]] for page in pages]
    assert [len(size) for size in sizes] == [2, 2, 1]
    assert [name for size in sizes for name in size] == names[::-1]


def test_requests_are_validated_by_the_model(aws: Aws) -> None:
    client, arn = aws.client("stepfunctions"), aws.create("m", passing())
    assert refused(client.list_executions, stateMachineArn=arn, statusFilter="succeeded") == (
        "ValidationException",
        "1 validation error detected: Value 'succeeded' at 'statusFilter' failed to satisfy constraint: "
        "Member must satisfy enum value set: [RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, PENDING_REDRIVE]",
    )
    assert refused(client.start_execution, stateMachineArn=arn, name="a b") == ("InvalidName", "Invalid Name: 'a b'")
    assert refused(client.update_state_machine, stateMachineArn=arn)[0] == "MissingRequiredParameter"
    code, message = refused(client.describe_state_machine, stateMachineArn="m")
    assert (code, message) == ("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: m'")


def test_a_machine_with_jsonata_and_variables_runs(aws: Aws) -> None:
    definition = machine(
        "A",
        A={"Type": "Pass", "Assign": {"n": "{% $states.input.n + 1 %}"}, "Next": "B"},
        B={"Type": "Pass", "Output": {"n": "{% $n * 2 %}"}, "End": True},
    )
    assert aws.output(definition | {"QueryLanguage": "JSONata"}, {"n": 20}) == {"n": 42}


def test_a_kept_definition_that_this_version_refuses_is_described_and_neither_started_nor_redriven(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    definition = machine("Old", Old={"Type": "Fail", "Error": "Boom"})
    client, arn = aws.client("stepfunctions"), aws.create("m", definition)
    failed = aws.start(arn)
    assert aws.wait(failed)["redriveStatus"] == "REDRIVABLE"

    def refusing(text: str) -> Any:
        raise InvalidDefinitionError(["no such state type"])

    monkeypatch.setattr(records, "parsed", refusing)
    records.references.cache_clear()
    for described in (
        client.describe_state_machine(stateMachineArn=arn),
        client.describe_state_machine_for_execution(executionArn=failed),
    ):
        assert json.loads(described["definition"]) == definition
        assert "variableReferences" not in described
    why = (
        "This version of the embedded AWS does not take the definition any more: "
        "Invalid State Machine StateMachine: 'no such state type'"
    )
    said = client.describe_execution(executionArn=failed)
    assert (said["redriveStatus"], said["redriveStatusReason"]) == ("NOT_REDRIVABLE", why)
    assert refused(client.redrive_execution, executionArn=failed) == ("ExecutionNotRedrivable", why)
    assert refused(client.start_execution, stateMachineArn=arn) == (
        "UnsupportedOperation",
        f"{why}. Update the state machine with one that it takes.",
    )
    records.references.cache_clear()
