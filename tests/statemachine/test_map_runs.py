"""What is told of a distributed Map: its Map Run."""

import pytest

from fakes.maps_of_items import PASS, TASK, WAIT, each
from fakes.small_machines import (
    kinds,
    machine,
    no_tasks,
    one,
    ran,
)
from personalize_sfn.statemachine import MachineExecution, TaskOutcome, map_runs


def test_a_distributed_map_keeps_its_items_out_of_the_history():
    execution = ran(each(PASS, mode="DISTRIBUTED", Label="L"), [1, 2])
    assert execution.output == [1, 2]
    assert kinds(execution)[2:] == [
        "MapStateStarted",
        "MapRunStarted",
        "MapRunSucceeded",
        "MapStateSucceeded",
        "MapStateExited",
        "ExecutionSucceeded",
    ]
    run = execution.events[3]["mapRunStartedEventDetails"]["mapRunArn"]
    assert run.startswith("arn:aws:states:us-east-1:123456789012:mapRun:StateMachine/L:")


@pytest.mark.parametrize(
    ("fields", "fails"),
    [
        ({}, True),
        ({"ToleratedFailureCount": 1}, True),
        ({"ToleratedFailureCount": 2}, False),
        ({"ToleratedFailurePercentage": 49.9}, True),
        ({"ToleratedFailurePercentage": 50}, False),
    ],
)
def test_a_distributed_map_tolerates_as_many_failures_as_it_says(fields, fails):
    def tasks(call):
        return TaskOutcome(error="E", cause="why") if call.arguments < 2 else TaskOutcome(call.arguments)

    execution = ran(each(TASK, mode="DISTRIBUTED", **fields), [0, 1, 2, 3], tasks)
    if fails:
        said = "The specified tolerated failure threshold was exceeded"
        assert (execution.error, execution.cause) == ("States.ExceedToleratedFailureThreshold", said)
        assert kinds(execution)[-3:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]
    else:
        assert execution.output == [{"Error": "E", "Cause": "why"}] * 2 + [2, 3]


NO_JSON = {"ItemSelector": {"n.$": "States.StringToJson($$.Map.Item.Value)"}}


AFTER_FAILURE = {
    "caught": {"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "W"}]},
    "retried": {"Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 60}]},
}


@pytest.mark.parametrize("after", AFTER_FAILURE.values(), ids=AFTER_FAILURE)
def test_a_map_run_whose_state_fails_before_its_first_item_has_failed(after):
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **one(PASS)}
    state = {"Type": "Map", "ItemProcessor": processor, "End": True, **NO_JSON, **after}
    execution = MachineExecution.start(machine(S=state, W=WAIT["W"]), ["no JSON"])
    execution.advance(no_tasks, until=0)
    assert execution.status == "RUNNING"
    (run,) = execution.map_runs.values()
    assert (run["status"], run["stopped"], run["counts"]["items"]["total"]) == ("FAILED", 0, 0)
    failed = next(event for event in execution.events if event["type"] == "MapRunFailed")
    assert failed["mapRunFailedEventDetails"]["error"] == "States.IntrinsicFailure"
    assert kinds(execution).count("MapRunFailed") == 1


def test_a_map_run_counts_its_items_while_it_runs_and_afterwards():
    execution = MachineExecution.start(each(TASK, mode="DISTRIBUTED", MaxConcurrency=2), [1, 2, 3])
    execution.advance(lambda call: TaskOutcome(pending=True), until=0)
    ((frame, run),) = [(execution.frames[run["frame"]], run) for run in execution.map_runs.values()]
    counted = map_runs.counts(execution, frame)["items"]
    assert (counted["running"], counted["pending"], counted["total"]) == (2, 1, 3)
    execution.stop()
    assert (run["status"], run["counts"]["items"]["aborted"], run["counts"]["items"]["running"]) == ("ABORTED", 3, 0)
