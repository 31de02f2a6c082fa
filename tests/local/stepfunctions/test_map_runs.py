"""Map Runs of distributed Maps, while they run and afterwards."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from fakes.map_runs import CALL, each, run_of
from fakes.state_machines import Gate, events, wait_for
from fakes.stepfunctions_aws import Aws


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


def test_results_that_stay_in_the_state_count_as_written_too(aws: Aws) -> None:
    """As recorded on AWS."""
    execution = aws.start(aws.create("m", each({"Type": "Pass", "End": True})), [1, 2])
    aws.wait(execution)
    assert run_of(aws, execution)["executionCounts"]["resultsWritten"] == 2
