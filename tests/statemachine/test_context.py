"""What an execution begins with: its input and its context object."""

import pytest

from fakes.hostile_values import nested
from fakes.small_machines import no_tasks, only, ran
from personalize_sfn.statemachine import MachineExecution
from personalize_sfn.statemachine.context import InvalidExecutionInputError, context_of


def test_the_context_object_is_what_the_caller_knows_and_what_is_filled_in():
    context = {"Execution": {"Id": "arn:aws:states:eu-west-1:1:execution:m:e", "Name": "e"}}
    execution = ran(only(Parameters={"all.$": "$$"}), {"a": 1}, context=context, now=1)
    assert execution.output["all"] == {
        "Execution": {
            "Id": "arn:aws:states:eu-west-1:1:execution:m:e",
            "Input": {"a": 1},
            "Name": "e",
            "RoleArn": "arn:aws:iam::123456789012:role/StateMachine",
            "StartTime": "1970-01-01T00:00:01.000Z",
            "RedriveCount": 0,
        },
        "StateMachine": {
            "Id": "arn:aws:states:us-east-1:123456789012:stateMachine:StateMachine",
            "Name": "StateMachine",
        },
        "State": {"Name": "S", "EnteredTime": "1970-01-01T00:00:01.000Z"},
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (nested(1500), "The data is nested too deeply."),
        (float("nan"), "Out of range float values are not JSON compliant"),
        ({"a": [float("inf")]}, "Out of range float values are not JSON compliant"),
        ({1, 2}, "Object of type set is not JSON serializable"),
    ],
)
def test_an_input_that_is_no_json_is_refused_at_the_start(given, said):
    with pytest.raises(InvalidExecutionInputError) as raised:
        MachineExecution.start(only(), given)
    assert str(raised.value).startswith("Invalid execution input: " + said)


@pytest.mark.parametrize("depth", range(100, 1000, 90))
def test_an_input_of_any_depth_below_runs_or_fails_and_can_be_saved(depth):
    definition = only(Parameters={"a": {"b.$": "$"}}, ResultSelector={"c.$": "$"})
    try:
        execution = MachineExecution.start(definition, nested(depth))
    except InvalidExecutionInputError:
        return
    assert MachineExecution.restore(definition, execution.snapshot()).status == "RUNNING"
    execution.advance(no_tasks)
    assert execution.status == "SUCCEEDED" or execution.cause.endswith("The data is nested too deeply.")


def test_what_the_caller_knows_stays_beside_what_is_filled_in_and_is_left_alone():
    given = {"Execution": {"Name": "mine"}, "Region": "eu-west-1"}
    made = context_of(given, {"a": 1}, 60)
    assert made["Region"] == "eu-west-1"
    assert (made["Execution"]["Name"], made["Execution"]["Input"]) == ("mine", {"a": 1})
    assert made["Execution"]["StartTime"] == "1970-01-01T00:01:00.000Z"
    assert given == {"Execution": {"Name": "mine"}, "Region": "eu-west-1"}
