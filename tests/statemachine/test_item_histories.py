"""The histories of the items of distributed Maps."""

from __future__ import annotations

from fakes.small_machines import LAMBDA, only
from personalize_sfn.statemachine import MachineExecution, TaskOutcome

DISTRIBUTED = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}


class Keeping(MachineExecution):
    keeps_items = True


def mapped(states, first, **fields):
    processor = {"ProcessorConfig": DISTRIBUTED, "StartAt": first, "States": states}
    return {"Type": "Map", "ItemProcessor": processor, "End": True, **fields}


def nested():
    """Items that run branches, a task that fails at its first attempt, and a distributed Map of their own."""
    retry = [{"ErrorEquals": ["E"], "IntervalSeconds": 1}]
    states = {
        "P": {
            "Type": "Parallel",
            "Branches": [
                {"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": LAMBDA, "Retry": retry, "End": True}}},
                {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3, "End": True}}},
            ],
            "Next": "M2",
        },
        "M2": mapped({"I": {"Type": "Pass", "End": True}}, "I"),
    }
    return only(**mapped(states, "P", ToleratedFailureCount=1))


def once(call):
    return TaskOutcome(error="E") if call.attempt == 0 else TaskOutcome(call.arguments, after=2)


def histories(execution):
    found = {}
    for number, event in execution.item_events:
        found.setdefault(number, []).append(event)
    return list(found.values())


def test_the_events_of_an_item_are_numbered_by_themselves_and_follow_each_other():
    execution = Keeping.start(nested(), [1, 2])
    execution.advance(once)
    assert execution.status == "SUCCEEDED"
    found = histories(execution)
    assert len(found) == 6, "two items, of two items each"
    for events in found:
        assert [event["id"] for event in events] == list(range(1, len(events) + 1))
        assert all(event["previousEventId"] < event["id"] for event in events)
        assert (events[0]["type"], events[-1]["type"]) == ("ExecutionStarted", "ExecutionSucceeded")
    kinds = [event["type"] for event in found[0]]
    assert kinds.count("TaskFailed") == 1
    assert {"ParallelStateSucceeded", "MapRunStarted", "MapRunSucceeded"} <= set(kinds)
    assert "ParallelStateStarted" not in [event["type"] for event in execution.events]


def test_an_item_says_at_which_event_of_its_own_a_state_failed():
    execution = Keeping.start(only(**mapped({"F": {"Type": "Pass", "InputPath": "$.none", "End": True}}, "F")), [{}])
    execution.advance(once)
    (events,) = histories(execution)
    assert "(entered at the event id #2)" in events[-1]["executionFailedEventDetails"]["cause"]


def test_items_that_still_run_when_too_many_failed_are_aborted():
    choice = {"Type": "Choice", "Choices": [{"Variable": "$", "NumericEquals": 0, "Next": "F"}], "Default": "W"}
    states = {"C": choice, "F": {"Type": "Fail"}, "W": {"Type": "Wait", "Seconds": 9, "End": True}}
    execution = Keeping.start(only(**mapped(states, "C")), [1, 0, 2])
    execution.advance(once)
    assert execution.error == "States.ExceedToleratedFailureThreshold"
    ends = [events[-1]["type"] for events in histories(execution)]
    assert ends == ["ExecutionAborted", "ExecutionFailed", "ExecutionAborted"]


def test_a_restored_execution_goes_on_with_the_same_histories():
    whole = Keeping.start(nested(), [1, 2])
    whole.advance(once)
    again = Keeping.start(nested(), [1, 2])
    while again.step(once):
        again = Keeping.restore(nested(), again.snapshot())
    assert again.item_events == whole.item_events


def test_events_of_items_are_not_kept_where_nobody_asks_for_them():
    execution = MachineExecution.start(nested(), [1, 2])
    execution.advance(once)
    assert (execution.status, execution.item_events) == ("SUCCEEDED", [])


def test_an_item_sees_its_own_execution_in_the_context_object():
    seen = {"Type": "Pass", "Parameters": {"e.$": "$$.Execution", "m.$": "$$.StateMachine"}, "End": True}
    machine = only(**mapped({"W": {"Type": "Wait", "Seconds": 9, "Next": "P"}, "P": seen}, "W", Label="each"))
    about = {
        "Execution": {"Id": "arn:aws:states:us-east-1:1:execution:m:run", "Name": "run", "RoleArn": "role"},
        "StateMachine": {"Id": "arn:aws:states:us-east-1:1:stateMachine:m", "Name": "m"},
    }
    execution = Keeping.start(machine, [{"a": 1}], now=5.0, context=about)
    execution.advance(once)
    ((found,),) = [execution.output]
    name = found["e"]["Name"]
    assert found["m"] == {"Id": "arn:aws:states:us-east-1:1:stateMachine:m/each", "Name": "m/each"}
    assert found["e"] == {
        "Id": f"arn:aws:states:us-east-1:1:execution:m/each:{name}",
        "Input": {"a": 1},
        "Name": name,
        "RoleArn": "role",
        "StartTime": "1970-01-01T00:00:05.000Z",
        "RedriveCount": 0,
    }


def test_the_states_of_an_item_see_the_map_around_it_as_little_as_on_aws():
    """What they need of ``$$.Map`` goes into their input by ItemSelector."""
    inner = {"Type": "Pass", "Parameters": {"i.$": "$$.Map.Item.Index"}, "End": True}
    execution = MachineExecution.start(only(**mapped({"P": inner}, "P")), [1])
    execution.advance(once)
    assert execution.status == "FAILED"
    selected = {"ItemSelector": {"i.$": "$$.Map.Item.Index"}}
    execution = MachineExecution.start(only(**mapped({"P": {"Type": "Pass", "End": True}}, "P", **selected)), [1])
    execution.advance(once)
    assert execution.output == [{"i": 0}]
