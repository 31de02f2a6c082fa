"""Wait, Succeed, Fail; Retry; states in JSONata."""

import pytest

from fakes.small_machines import (
    LAMBDA,
    failing,
    failure,
    in_state,
    jsonata,
    kinds,
    links,
    machine,
    only,
    output,
    ran,
    task,
)
from personalize_sfn.statemachine import TaskOutcome
from personalize_sfn.statemachine.times import written

# --- Wait, Succeed, Fail ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "given", "seconds"),
    [
        ({"Seconds": 5}, {}, 5),
        ({"Seconds": 0}, {}, 0),
        ({"SecondsPath": "$.s"}, {"s": 7}, 7),
        ({"Timestamp": written(60)}, {}, 60),
        ({"TimestampPath": "$.t"}, {"t": "1970-01-01T01:02:00+01:00"}, 120),
        ({"Timestamp": "1969-12-31T00:00:00Z"}, {}, 0),
    ],
)
def test_a_wait_takes_its_time_on_the_clock(fields, given, seconds):
    execution = ran(only(Type="Wait", **fields), given)
    assert execution.output == given
    assert execution.now == seconds
    assert kinds(execution) == ["ExecutionStarted", "WaitStateEntered", "WaitStateExited", "ExecutionSucceeded"]


@pytest.mark.parametrize(
    ("fields", "given", "cause"),
    [
        ({"SecondsPath": "$.s"}, {}, "The SecondsPath parameter does not reference an input value: $.s"),
        ({"SecondsPath": "$.s"}, {"s": 1.5}, "The SecondsPath parameter cannot be parsed as a long value: $.s == 1.5"),
        (
            {"SecondsPath": "$.s"},
            {"s": True},
            "The SecondsPath parameter cannot be parsed as a long value: $.s == true",
        ),
        ({"SecondsPath": "$.s"}, {"s": -1}, "The SecondsPath parameter references a negative value: $.s == -1"),
        (
            {"TimestampPath": "$.t"},
            {"t": "2016-12-05T21:29:29"},
            "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: "
            "$.t == 2016-12-05T21:29:29",
        ),
        ({"Timestamp": "2099-01-01T00:00:00Z"}, {}, "Wait state delay is too long."),
    ],
)
def test_a_wait_without_a_time_fails_in_awss_words(fields, given, cause):
    assert failure(only(Type="Wait", **fields), given) == ("States.Runtime", in_state("S", cause))


def test_succeed_ends_the_machine_with_its_input():
    assert output(machine(S={"Type": "Succeed", "OutputPath": "$.a"}), {"a": 1}) == 1


@pytest.mark.parametrize(
    ("fields", "error", "cause"),
    [
        ({}, None, None),
        ({"Error": "E"}, "E", None),
        ({"Error": "E", "Cause": ""}, "E", ""),
        ({"ErrorPath": "$.e", "CausePath": "States.Format('{}!', $.e)"}, "boom", "boom!"),
    ],
)
def test_fail_says_its_error_and_cause_and_leaves_out_what_there_is_not(fields, error, cause):
    execution = ran(machine(S={"Type": "Fail", **fields}), {"e": "boom"})
    assert (execution.status, execution.error, execution.cause) == ("FAILED", error, cause)
    said = {name: value for name, value in (("error", error), ("cause", cause)) if value is not None}
    assert execution.events[-1]["executionFailedEventDetails"] == said
    assert links(execution)[-1] == (3, 2, "ExecutionFailed")


# --- Retry -----------------------------------------------------------------------------------------------------------


def test_a_retry_waits_longer_each_time_up_to_its_limit():
    retry = [{"ErrorEquals": ["E"], "IntervalSeconds": 3, "BackoffRate": 2, "MaxDelaySeconds": 10, "MaxAttempts": 4}]
    execution = ran(only(**task(Retry=retry)), tasks=failing(times=4))
    assert execution.output == 4
    scheduled = [event["timestamp"] for event in execution.events if event["type"] == "TaskScheduled"]
    assert scheduled == [0, 3, 9, 19, 29]
    assert execution.transitions == 5


def test_full_jitter_waits_between_nothing_and_the_interval_as_the_seed_says():
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 100, "JitterStrategy": "FULL", "MaxAttempts": 1}]
    waits = [ran(only(**task(Retry=retry)), tasks=failing(times=1), seed=seed).now for seed in (1, 1, 2)]
    assert waits[0] == waits[1] != waits[2]
    assert all(0 <= wait <= 100 for wait in waits)


def test_each_rule_of_a_retry_counts_for_itself():
    retry = [{"ErrorEquals": ["A"], "MaxAttempts": 1}, {"ErrorEquals": ["B"], "MaxAttempts": 2}]
    errors = iter(["A", "B", "B", "A"])
    execution = ran(
        only(**task(Retry=retry)), tasks=lambda call: TaskOutcome(error=next(errors), cause=str(call.attempt))
    )
    assert (execution.error, execution.cause) == ("A", "3")


def test_a_retry_without_attempts_is_none():
    assert failure(only(**task(Retry=[{"ErrorEquals": ["E"], "MaxAttempts": 0}])), tasks=failing()) == ("E", "why")


# --- JSONata ---------------------------------------------------------------------------------------------------------


def test_a_jsonata_state_makes_its_output_and_variables_of_expressions():
    definition = jsonata(
        A={
            "Type": "Pass",
            "Assign": {"n": "{% $states.input.n + 1 %}"},
            "Output": {"n": "{% $states.input.n %}"},
            "Next": "B",
        },
        B={
            "Type": "Task",
            "Resource": LAMBDA,
            "Arguments": {"v": "{% $n %}", "plain": "$n"},
            "Output": "{% {'got': $states.result, 'was': $states.input.n, 'in': $states.context.State.Name} %}",
            "End": True,
        },
    )
    assert output(definition, {"n": 1}, lambda call: TaskOutcome(call.arguments)) == {
        "got": {"v": 2, "plain": "$n"},
        "was": 1,
        "in": "B",
    }


def test_a_jsonata_choice_takes_the_first_condition_that_is_true_and_its_output():
    definition = jsonata(
        C={
            "Type": "Choice",
            "Choices": [
                {"Condition": "{% $states.input.n > 5 %}", "Next": "D"},
                {"Condition": "{% $states.input.n > 1 %}", "Output": "{% $states.input.n * 10 %}", "Next": "D"},
            ],
            "Default": "D",
        },
        D={"Type": "Succeed"},
    )
    assert [output(definition, {"n": n}) for n in (9, 2, 0)] == [{"n": 9}, 20, {"n": 0}]


def test_a_jsonata_catch_has_the_error_and_may_make_its_own_output():
    rule = {
        "ErrorEquals": ["E"],
        "Output": "{% $states.errorOutput.Cause & '!' %}",
        "Assign": {"e": "{% 1 %}"},
        "Next": "D",
    }
    definition = jsonata(
        S={"Type": "Task", "Resource": LAMBDA, "Catch": [rule], "End": True},
        D={"Type": "Pass", "Output": "{% [$states.input, $e] %}", "End": True},
    )
    assert output(definition, tasks=failing()) == ["why!", 1]
