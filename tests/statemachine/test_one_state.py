"""One state by itself: where it leads, and what it saw."""

import pytest

from fakes.small_machines import LAMBDA, no_tasks
from personalize_sfn.statemachine import TaskOutcome
from personalize_sfn.statemachine.definition import InvalidDefinitionError
from personalize_sfn.statemachine.one_state import try_state

TASK = {"Type": "Task", "Resource": LAMBDA, "Next": "After"}
ITEM = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
FAILED = TaskOutcome(error="E", cause="why")


def test_a_state_says_its_output_and_where_it_leads():
    state = {"Type": "Pass", "Parameters": {"b.$": "$.a"}, "ResultPath": "$.r", "Next": "After"}
    result = try_state(state, {"a": 1}, no_tasks)
    assert (result.status, result.output, result.next_state) == ("SUCCEEDED", {"a": 1, "r": {"b": 1}}, "After")
    assert result.inspection == {
        "input": {"a": 1},
        "afterInputPath": {"a": 1},
        "afterParameters": {"b": 1},
        "afterResultSelector": {"b": 1},
        "afterResultPath": {"a": 1, "r": {"b": 1}},
    }


def test_the_last_state_leads_nowhere():
    assert try_state({"Type": "Succeed"}, {"a": 1}, no_tasks).next_state is None


def test_a_task_is_asked_or_mocked():
    state = {**TASK, "Parameters": {"v.$": "$.a"}, "ResultSelector": {"r.$": "$.v"}}
    asked = try_state(state, {"a": 1}, lambda call: TaskOutcome(call.arguments))
    mocked = try_state(state, {"a": 1}, no_tasks, mock=TaskOutcome({"v": 2}))
    assert (asked.output, mocked.output) == ({"r": 1}, {"r": 2})
    assert (mocked.inspection["afterParameters"], mocked.inspection["result"]) == ({"v": 1}, {"v": 2})


def test_a_jsonata_state_sees_its_variables_and_arguments():
    state = {**TASK, "QueryLanguage": "JSONata", "Arguments": "{% $x + 1 %}", "Output": "{% $states.result %}"}
    result = try_state(state, {}, lambda call: TaskOutcome(call.arguments), variables={"x": 1})
    assert result.output == 2
    assert result.inspection == {"input": {}, "variables": {"x": 1}, "afterArguments": 2, "result": 2}


@pytest.mark.parametrize(
    ("retries", "status", "details"),
    [
        (0, "RETRIABLE", {"retryIndex": 0, "retryBackoffIntervalSeconds": 2}),
        (3, "RETRIABLE", {"retryIndex": 0, "retryBackoffIntervalSeconds": 16}),
        (4, "FAILED", {"retryIndex": 0}),
    ],
)
def test_a_failure_that_is_retried_says_after_how_long(retries, status, details):
    state = {**TASK, "Retry": [{"ErrorEquals": ["E"], "IntervalSeconds": 2, "BackoffRate": 2, "MaxAttempts": 4}]}
    result = try_state(state, {}, no_tasks, mock=FAILED, retries=retries)
    assert (result.status, result.error, result.cause, result.inspection["errorDetails"]) == (
        status,
        "E",
        "why",
        details,
    )


def test_the_time_until_a_retry_is_not_the_time_limit_of_the_task():
    state = {**TASK, "TimeoutSeconds": 1, "HeartbeatSeconds": 1}
    state["Retry"] = [{"ErrorEquals": ["E"], "IntervalSeconds": 7}]
    result = try_state(state, {}, no_tasks, mock=FAILED)
    assert result.inspection["errorDetails"] == {"retryIndex": 0, "retryBackoffIntervalSeconds": 7}


def test_a_failure_that_is_caught_says_where_it_leads():
    rules = [{"ErrorEquals": ["F"], "Next": "No"}, {"ErrorEquals": ["E"], "ResultPath": "$.e", "Next": "Caught"}]
    result = try_state({**TASK, "Catch": rules}, {"a": 1}, no_tasks, mock=FAILED)
    assert (result.status, result.next_state, result.error) == ("CAUGHT_ERROR", "Caught", "E")
    assert result.output == {"a": 1, "e": {"Error": "E", "Cause": "why"}}
    assert result.inspection["errorDetails"] == {"catchIndex": 1}


def test_a_failure_that_nothing_catches_is_the_answer_without_where_it_was():
    result = try_state({"Type": "Pass", "InputPath": "$.x", "End": True}, {}, no_tasks)
    assert (result.status, result.error) == ("FAILED", "States.Runtime")
    assert result.cause == "Invalid path '$.x' : No results for path: $['x']"
    caught_by_itself = {**TASK, "Next": "StateName", "Catch": [{"ErrorEquals": ["E"], "Next": "StateName"}]}
    assert try_state(caught_by_itself, {}, no_tasks, mock=FAILED).status == "CAUGHT_ERROR"


def test_a_whole_map_or_parallel_can_be_mocked():
    branches = {"Type": "Parallel", "Branches": [ITEM], "ResultPath": "$.r", "End": True}
    result = try_state(branches, {"a": 1}, no_tasks, mock=TaskOutcome([9]))
    assert result.output == {"a": 1, "r": [9]}
    assert result.inspection.keys() == {"input", "afterResultSelector", "afterResultPath"}
    mapped = {"Type": "Map", "ItemsPath": "$.l", "ItemProcessor": ITEM, "MaxConcurrency": 2, "End": True}
    result = try_state(mapped, {"l": [1]}, no_tasks, mock=TaskOutcome([9]))
    assert (result.output, result.inspection["afterItemsPath"], result.inspection["maxConcurrency"]) == ([9], [1], 2)
    assert try_state(mapped, {"l": [1]}, no_tasks, mock=FAILED).error == "E"


@pytest.mark.parametrize(("failed", "status"), [(1, "SUCCEEDED"), (2, "FAILED")])
def test_a_map_fails_when_more_items_failed_than_it_tolerates(failed, status):
    processor = {**ITEM, "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    state = {"Type": "Map", "ItemProcessor": processor, "ToleratedFailureCount": 1, "End": True}
    result = try_state(state, [1, 2, 3], no_tasks, mock=TaskOutcome([1]), failed_items=failed)
    assert result.status == status
    assert result.inspection["toleratedFailureCount"] == 1


def test_a_map_that_is_not_mocked_runs():
    state = {"Type": "Map", "ItemProcessor": ITEM, "End": True}
    assert try_state(state, [1, 2], no_tasks).output == [1, 2]


def test_a_state_of_a_machine_is_found_by_its_name_in_branches_too():
    inner = {"I": {"Type": "Pass", "Output": "{% 7 %}", "Next": "J"}, "J": {"Type": "Pass", "End": True}}
    machine = {
        "QueryLanguage": "JSONata",
        "StartAt": "M",
        "States": {
            "M": {
                "Type": "Map",
                "ItemProcessor": {"StartAt": "I", "States": inner},
                "End": True,
            }
        },
    }
    result = try_state(machine, {}, no_tasks, name="I")
    assert (result.output, result.next_state) == (7, "J")
    with pytest.raises(KeyError):
        try_state(machine, {}, no_tasks, name="K")


def test_the_context_object_may_be_given_whole():
    state = {"Type": "Pass", "Parameters": {"c.$": "$$"}, "End": True}
    assert try_state(state, {}, no_tasks, context={"Execution": {"Name": "mine"}}).output == {
        "c": {"Execution": {"Name": "mine"}}
    }


@pytest.mark.parametrize(("failed", "status"), [(0, "SUCCEEDED"), (1, "FAILED")])
def test_a_map_whose_items_are_not_read_yet_can_be_mocked(failed, status):
    state = {
        "Type": "Map",
        "ItemReader": {"Resource": "arn:aws:states:::s3:getObject"},
        "ItemProcessor": {**ITEM, "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}},
        "ToleratedFailureCount": 0,
        "End": True,
    }
    result = try_state(state, {}, no_tasks, mock=TaskOutcome([1]), failed_items=failed)
    assert result.status == status


@pytest.mark.parametrize(
    "definition",
    [
        {"Type": "Walk"},
        {"Type": "Choice", "Choices": 5},
        {"Type": "Choice", "Choices": [5]},
        {"Type": "Pass", "Catch": None, "End": True},
        {"Type": "Pass", "QueryLanguage": [], "End": True},
        {"States": {"S": 5}, "StartAt": "S"},
        {"States": {"S": {"Type": "Parallel", "Branches": 5, "End": True}}, "StartAt": "S"},
        {"States": 5},
        {"States": {}},
    ],
)
def test_what_cannot_run_is_refused(definition):
    with pytest.raises(InvalidDefinitionError, match=r"must be|needs exactly"):
        try_state(definition, {}, no_tasks)
