"""The executions of a Map Run's items, listed and described."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from fakes.map_runs import CALL, each, executions, run_of
from fakes.state_machines import Gate, machine
from fakes.stepfunctions_aws import Aws


def choosing() -> dict[str, Any]:
    """Items of 0 fail, others are doubled; one may fail."""
    choice = {"Type": "Choice", "Choices": [{"Variable": "$", "NumericEquals": 0, "Next": "F"}], "Default": "D"}
    double = {"Type": "Pass", "Parameters": {"twice.$": "States.MathAdd($, $)"}, "End": True}
    processor = machine("C", C=choice, D=double, F={"Type": "Fail", "Error": "Zero", "Cause": "none"})
    processor["ProcessorConfig"] = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    state = {"Type": "Map", "Label": "each", "ItemProcessor": processor, "ToleratedFailureCount": 1, "End": True}
    return machine("M", M=state)


def test_each_item_of_a_map_run_is_an_execution_with_its_own_history(aws: Aws) -> None:
    client, arn = aws.client("stepfunctions"), aws.create("m", choosing())
    execution = aws.start(arn, [1, 0])
    aws.wait(execution)
    run = run_of(aws, execution)["mapRunArn"]
    failed, succeeded = executions(aws, run)
    assert (failed["status"], succeeded["status"]) == ("FAILED", "SUCCEEDED")
    assert succeeded["executionArn"] == f"{arn.replace(':stateMachine:', ':execution:')}/each:{succeeded['name']}"
    assert (succeeded["stateMachineArn"], succeeded["mapRunArn"]) == (f"{arn}/each", run)
    assert (succeeded["itemCount"], succeeded["startDate"] <= succeeded["stopDate"]) == (1, True)
    assert executions(aws, run, statusFilter="FAILED") == [failed]
    assert executions(aws, run, redriveFilter="REDRIVEN") == []

    described = client.describe_execution(executionArn=succeeded["executionArn"])
    assert (described["input"], described["output"]) == ("1", '{"twice":2}')
    assert (described["mapRunArn"], described["redriveStatus"]) == (run, "NOT_REDRIVABLE")
    described = client.describe_execution(executionArn=failed["executionArn"], includedData="METADATA_ONLY")
    assert (described["error"], described["cause"], "input" in described) == ("Zero", "none", False)
    of = client.describe_state_machine_for_execution(executionArn=failed["executionArn"])
    assert (of["stateMachineArn"], of["mapRunArn"], of["label"]) == (f"{arn}/each", run, "each")

    history = client.get_execution_history(executionArn=succeeded["executionArn"])["events"]
    assert [(each["type"], each["id"], each["previousEventId"]) for each in history] == [
        ("ExecutionStarted", 1, 0),
        ("ChoiceStateEntered", 2, 0),
        ("ChoiceStateExited", 3, 2),
        ("PassStateEntered", 4, 3),
        ("PassStateExited", 5, 4),
        ("ExecutionSucceeded", 6, 5),
    ]
    assert history[0]["executionStartedEventDetails"]["input"] == "1"
    backwards = client.get_execution_history(executionArn=failed["executionArn"], reverseOrder=True, maxResults=1)
    assert backwards["events"][0]["executionFailedEventDetails"] == {"error": "Zero", "cause": "none"}
    assert "nextToken" in backwards


def test_the_executions_of_a_map_run_come_in_pages_the_newest_first(aws: Aws) -> None:
    batches = each({"Type": "Pass", "End": True}, ItemBatcher={"MaxItemsPerBatch": 2})
    execution = aws.start(aws.create("m", batches), [1, 2, 3, 4, 5])
    aws.wait(execution)
    client, run = aws.client("stepfunctions"), run_of(aws, execution)["mapRunArn"]
    first = client.list_executions(mapRunArn=run, maxResults=2)
    assert [each["itemCount"] for each in first["executions"]] == [1, 2]
    (last,) = client.list_executions(mapRunArn=run, maxResults=2, nextToken=first["nextToken"])["executions"]
    assert client.describe_execution(executionArn=last["executionArn"])["input"] == '{"Items":[1,2]}'


def test_a_stop_aborts_the_items_that_run_and_an_item_is_not_stopped_by_itself(aws: Aws) -> None:
    gate = aws.functions["slow"] = Gate()
    execution = aws.start(aws.create("m", each(CALL, MaxConcurrency=1)), [1, 2])
    client = aws.client("stepfunctions")
    assert gate.entered.wait(10)
    run = run_of(aws, execution)["mapRunArn"]
    (item,) = executions(aws, run)
    assert (item["status"], "stopDate" in item) == ("RUNNING", False)
    with pytest.raises(ClientError) as refused:
        client.stop_execution(executionArn=item["executionArn"])
    assert refused.value.response["Error"]["Code"] == "UnsupportedOperation"
    text = "The embedded AWS cannot stop an item of a Map Run: stop the execution that the Map is of."
    assert refused.value.response["Error"]["Message"] == text
    client.stop_execution(executionArn=execution)
    gate.open.set()
    (item,) = executions(aws, run)
    assert item["status"] == "ABORTED"
    with pytest.raises(ClientError, match="redrive the execution that the Map Run is of"):
        client.redrive_execution(executionArn=item["executionArn"])


def test_an_item_that_is_an_express_execution_is_described_and_has_no_history(aws: Aws) -> None:
    definition = each({"Type": "Pass", "End": True})
    definition["States"]["M"]["ItemProcessor"]["ProcessorConfig"]["ExecutionType"] = "EXPRESS"
    execution = aws.start(aws.create("m", definition), [7])
    aws.wait(execution)
    client = aws.client("stepfunctions")
    (item,) = executions(aws, run_of(aws, execution)["mapRunArn"])
    assert client.describe_execution(executionArn=item["executionArn"])["output"] == "7"
    with pytest.raises(ClientError, match="Execution Does Not Exist"):
        client.get_execution_history(executionArn=item["executionArn"])


def test_the_executions_of_a_map_run_that_never_was_are_not_found(aws: Aws) -> None:
    arn = aws.create("m", each({"Type": "Pass", "End": True}))
    with pytest.raises(ClientError, match="Resource not found"):
        executions(aws, f"{arn.replace(':stateMachine:', ':mapRun:')}/each:none")
    with pytest.raises(ClientError, match="PENDING_REDRIVE is for executions of a mapRunArn only"):
        aws.client("stepfunctions").list_executions(stateMachineArn=arn, statusFilter="PENDING_REDRIVE")
