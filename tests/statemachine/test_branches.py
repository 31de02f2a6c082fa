"""Parallel and Map."""

import pytest

from fakes.maps_of_items import PASS, TASK, WAIT, each
from fakes.small_machines import (
    failure,
    in_state,
    jsonata,
    kinds,
    links,
    machine,
    one,
    only,
    output,
    ran,
)
from personalize_sfn.statemachine import TaskOutcome

FAIL = {"F": {"Type": "Fail", "Error": "E", "Cause": "why"}}


def test_a_parallel_gives_the_outputs_of_its_branches_in_their_order():
    slow = {"W": {"Type": "Wait", "Seconds": 9, "Next": "P"}, "P": {"Type": "Pass", "Result": "slow", "End": True}}
    fast = {"Q": {"Type": "Pass", "Result": "fast", "End": True}}
    execution = ran(only(Type="Parallel", Branches=[one(slow), one(fast)]))
    assert execution.output == ["slow", "fast"]
    assert links(execution)[2:] == [
        (3, 2, "ParallelStateStarted"),
        (4, 3, "WaitStateEntered"),
        (5, 3, "PassStateEntered"),
        (6, 5, "PassStateExited"),
        (7, 4, "WaitStateExited"),
        (8, 7, "PassStateEntered"),
        (9, 8, "PassStateExited"),
        (10, 9, "ParallelStateSucceeded"),
        (11, 9, "ParallelStateExited"),
        (12, 11, "ExecutionSucceeded"),
    ]


def test_a_branch_that_fails_ends_the_others_and_the_state():
    definition = machine(
        S={
            "Type": "Parallel",
            "Branches": [one(FAIL), one(WAIT)],
            "Catch": [{"ErrorEquals": ["E"], "Next": "C"}],
            "End": True,
        },
        C={"Type": "Pass", "End": True},
    )
    execution = ran(definition)
    assert (execution.output, execution.now) == ({"Error": "E", "Cause": "why"}, 0)
    assert "WaitStateExited" not in kinds(execution)
    assert links(execution)[-4][2] == "ParallelStateExited"


def test_items_of_a_map_run_at_once_as_many_as_may():
    def span(**fields):
        return ran(each(TASK, **fields), list(range(6)), lambda _: TaskOutcome(1, after=10)).now

    assert [span(), span(MaxConcurrency=0), span(MaxConcurrency=2), span(MaxConcurrency=1)] == [10, 10, 30, 60]
    assert ran(each(TASK), list(range(41)), lambda _: TaskOutcome(1, after=10)).now == 20


def test_the_history_of_a_map_links_its_items_as_aws_does():
    execution = ran(each(PASS, MaxConcurrency=1), ["a", "b"])
    assert links(execution)[2:] == [
        (3, 2, "MapStateStarted"),
        (4, 3, "MapIterationStarted"),
        (5, 4, "PassStateEntered"),
        (6, 5, "PassStateExited"),
        (7, 6, "MapIterationSucceeded"),
        (8, 6, "MapIterationStarted"),
        (9, 8, "PassStateEntered"),
        (10, 9, "PassStateExited"),
        (11, 10, "MapIterationSucceeded"),
        (12, 11, "MapStateSucceeded"),
        (13, 11, "MapStateExited"),
        (14, 13, "ExecutionSucceeded"),
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"ItemsPath": "$.l"}, [1, 2]),
        (
            {
                "ItemsPath": "$.l",
                "ItemSelector": {"v.$": "$$.Map.Item.Value", "i.$": "$$.Map.Item.Index", "all.$": "$.l"},
            },
            [{"v": 1, "i": 0, "all": [1, 2]}, {"v": 2, "i": 1, "all": [1, 2]}],
        ),
        ({"ItemsPath": "$.none"}, []),
        ({"ItemsPath": "$.l", "ResultPath": "$.r"}, {"l": [1, 2], "none": [], "r": [1, 2]}),
    ],
)
def test_a_map_runs_over_its_items(fields, expected):
    assert output(each(PASS, **fields), {"l": [1, 2], "none": []}) == expected


def test_a_jsonata_map_takes_items_of_an_expression():
    processor = one(
        {"P": {"Type": "Pass", "Output": "{% $states.input + $states.context.Map.Item.Index %}", "End": True}}
    )
    state = {"Type": "Map", "Items": "{% $states.input.l %}", "ItemProcessor": processor, "End": True}
    assert output(jsonata(S=state), {"l": [10, 20]}) == [10, 21]


def test_what_is_no_list_cannot_be_mapped_over():
    said = 'Map state input must be an array but was: {"a":1}'
    assert failure(each(PASS), {"a": 1}) == ("States.Runtime", in_state("S", said))


def test_an_item_that_fails_fails_the_map_and_aborts_the_others():
    inner = {
        "C": {"Type": "Choice", "Choices": [{"Variable": "$", "NumericEquals": 1, "Next": "F"}], "Default": "W"},
        **FAIL,
        **WAIT,
    }
    execution = ran(each(inner), [0, 1])
    assert (execution.error, execution.cause, execution.now) == ("E", "why", 0)
    assert kinds(execution)[-5:] == [
        "MapIterationFailed",
        "WaitStateAborted",
        "MapIterationAborted",
        "MapStateFailed",
        "ExecutionFailed",
    ]


def test_a_retried_map_says_it_failed_only_at_the_last_attempt():
    execution = ran(each(FAIL, Retry=[{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}]), [1])
    assert kinds(execution).count("MapStateStarted") == 3
    assert kinds(execution).count("MapStateFailed") == 1
    assert execution.now == 3


def test_maps_in_maps_have_items_of_their_own():
    inner = {
        "M": {
            "Type": "Map",
            "ItemProcessor": one({"P": {"Type": "Pass", "Parameters": {"i.$": "$$.Map.Item.Index"}, "End": True}}),
            "End": True,
        }
    }
    assert output(each(inner), [[1], [2, 3]]) == [[{"i": 0}], [{"i": 0}, {"i": 1}]]
