"""Map Runs of distributed Maps, while they run and afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from fakes.state_machines import LAMBDA, Gate, events, machine, wait_for
from fakes.stepfunctions_aws import Aws


def each(state: dict[str, Any], **fields: Any) -> dict[str, Any]:
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **machine("P", P=state)}
    return machine("M", M={"Type": "Map", "Label": "each", "ItemProcessor": processor, "End": True, **fields})


CALL = {"Type": "Task", "Resource": LAMBDA, "Parameters": {"FunctionName": "slow"}, "End": True}


def run_of(aws: Aws, execution: str) -> dict[str, Any]:
    client = aws.client("stepfunctions")
    (listed,) = client.list_map_runs(executionArn=execution)["mapRuns"]
    described: dict[str, Any] = client.describe_map_run(mapRunArn=listed["mapRunArn"])
    return described


def test_a_map_run_counts_what_runs_and_what_is_done(aws: Aws) -> None:
    gate = aws.functions["slow"] = Gate()
    execution = aws.start(aws.create("m", each(CALL, MaxConcurrency=1)), [1, 2, 3])
    assert gate.entered.wait(10)
    running = run_of(aws, execution)
    assert (running["status"], running["maxConcurrency"]) == ("RUNNING", 1)
    assert ":mapRun:m/each:" in running["mapRunArn"]
    counts = running["executionCounts"]
    assert (counts["running"], counts["pending"], counts["total"]) == (1, 2, 3)
    aws.client("stepfunctions").update_map_run(mapRunArn=running["mapRunArn"], maxConcurrency=3)
    assert run_of(aws, execution)["executionCounts"]["running"] == 3
    gate.open.set()
    aws.wait(execution)
    ended = run_of(aws, execution)
    assert (ended["status"], ended["itemCounts"]["succeeded"]) == ("SUCCEEDED", 3)
    with pytest.raises(ClientError, match="Map Run is not RUNNING"):
        aws.client("stepfunctions").update_map_run(mapRunArn=running["mapRunArn"], maxConcurrency=1)


def test_a_map_run_counts_failures_and_items_of_batches(aws: Aws) -> None:
    batches = each({"Type": "Fail"}, ItemBatcher={"MaxItemsPerBatch": 2}, ToleratedFailureCount=1)
    execution = aws.start(aws.create("m", batches), [1, 2, 3, 4, 5])
    assert aws.wait(execution)["error"] == "States.ExceedToleratedFailureThreshold"
    run = run_of(aws, execution)
    assert (run["status"], run["toleratedFailureCount"]) == ("FAILED", 1)
    assert (run["executionCounts"]["total"], run["itemCounts"]["total"]) == (3, 5)
    assert run["executionCounts"]["failed"] >= 2


def test_a_stop_aborts_the_map_run(aws: Aws) -> None:
    gate = aws.functions["slow"] = Gate()
    execution = aws.start(aws.create("m", each(CALL)), [1, 2])
    wait_for(lambda: "MapRunStarted" in events(aws, execution) and gate.entered.is_set())
    aws.client("stepfunctions").stop_execution(executionArn=execution)
    gate.open.set()
    run = run_of(aws, execution)
    assert (run["status"], run["executionCounts"]["aborted"]) == ("ABORTED", 2)


def test_a_map_run_that_failed_is_described_and_not_updated_while_its_execution_goes_on(aws: Aws) -> None:
    waits = {"Type": "Wait", "Seconds": 99_000_000, "End": True}
    caught = {"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "W"}]}
    selector = {"ItemSelector": {"n.$": "States.StringToJson($$.Map.Item.Value)"}}
    definition = each({"Type": "Pass", "End": True}, **selector, **caught)
    definition["States"]["W"] = waits
    execution = aws.start(aws.create("m", definition), ["no JSON"])
    wait_for(lambda: "WaitStateEntered" in events(aws, execution))
    run = run_of(aws, execution)
    assert (run["status"], run["itemCounts"]["total"]) == ("FAILED", 0)
    with pytest.raises(ClientError, match="Map Run is not RUNNING"):
        aws.client("stepfunctions").update_map_run(mapRunArn=run["mapRunArn"], maxConcurrency=1)


def executions(aws: Aws, map_run: str, **request: Any) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = aws.client("stepfunctions").list_executions(mapRunArn=map_run, **request)[
        "executions"
    ]
    return listed


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


def test_results_that_stay_in_the_state_count_as_written_too(aws: Aws) -> None:
    """As recorded on AWS."""
    execution = aws.start(aws.create("m", each({"Type": "Pass", "End": True})), [1, 2])
    aws.wait(execution)
    assert run_of(aws, execution)["executionCounts"]["resultsWritten"] == 2
