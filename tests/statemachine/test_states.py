"""Pass, Choice, Wait, Succeed, Fail; input and output; Retry and Catch."""

import pytest

from fakes.small_machines import LAMBDA, failure, in_state, jsonata, kinds, links, machine, only, output, ran
from personalize_sfn.statemachine import TaskOutcome
from personalize_sfn.statemachine.times import written


def failing(error="E", cause="why", times=10**6):
    """A task that fails so often, then answers its attempt."""
    return lambda call: TaskOutcome(error=error, cause=cause) if call.attempt < times else TaskOutcome(call.attempt)


def task(**fields):
    return {"Type": "Task", "Resource": LAMBDA, **fields}


# --- input and output ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "given", "expected"),
    [
        ({}, {"a": 1}, {"a": 1}),
        ({"Result": {"r": 1}}, {"a": 1}, {"r": 1}),
        ({"Result": 1, "ResultPath": "$.r"}, {"a": 1}, {"a": 1, "r": 1}),
        ({"Result": 1, "ResultPath": None}, {"a": 1}, {"a": 1}),
        ({"InputPath": "$.a"}, {"a": {"b": 1}}, {"b": 1}),
        ({"InputPath": None}, {"a": 1}, {}),
        ({"OutputPath": "$.a"}, {"a": {"b": 1}}, {"b": 1}),
        ({"OutputPath": None}, {"a": 1}, {}),
        ({"InputPath": "$.a", "ResultPath": "$.r"}, {"a": 1}, {"a": 1, "r": 1}),
        ({"InputPath": "$$.Execution.Input.a"}, {"a": {"b": 1}}, {"b": 1}),
        (
            {"Parameters": {"x.$": "$.a", "y": ["$.a", {"z.$": "$$.State.Name"}]}},
            {"a": 1},
            {"x": 1, "y": ["$.a", {"z": "S"}]},
        ),
        ({"Parameters": {"all.$": "$.l[*].v"}}, {"l": [{"v": 1}]}, {"all": [1]}),
    ],
)
def test_fields_of_a_state_make_its_output(fields, given, expected):
    assert output(only(**fields), given) == expected


@pytest.mark.parametrize(
    ("fields", "error", "cause"),
    [
        ({"InputPath": "$.x"}, "States.Runtime", "Invalid path '$.x' : No results for path: $['x']"),
        ({"OutputPath": "$.x.y"}, "States.Runtime", "Invalid path '$.x.y' : Missing property in path $['x']"),
        (
            {"Parameters": {"v.$": "$.x"}},
            "States.Runtime",
            "The JSONPath '$.x' specified for the field 'v.$' could not be found in the input '{\"a\":1}'",
        ),
        (
            {"Result": 1, "ResultPath": "$.a.b"},
            "States.ResultPathMatchFailure",
            "Unable to apply ReferencePath $.a.b to input 1",
        ),
    ],
)
def test_a_path_that_leads_nowhere_fails_the_execution_in_awss_words(fields, error, cause):
    assert failure(only(**fields), {"a": 1}) == (error, in_state("S", cause))


def test_a_state_may_hand_on_256_kib_and_no_more():
    largest = "x" * (256 * 1024 - 2)
    assert output(only(Result=largest)) == largest
    said = "The state/task 'S' returned a result with a size exceeding the maximum number of bytes service limit."
    assert failure(only(Result=largest + "x")) == ("States.DataLimitExceeded", said)


def test_variables_are_assigned_from_the_result_and_seen_by_later_states_and_inner_branches():
    definition = machine(
        A={"Type": "Pass", "Result": {"n": 1}, "Assign": {"n.$": "$.n", "c": [1]}, "Next": "B"},
        B={
            "Type": "Parallel",
            "Branches": [
                {
                    "StartAt": "I",
                    "States": {
                        "I": {
                            "Type": "Pass",
                            "Parameters": {"n.$": "$n", "c.$": "$c[0]"},
                            "Assign": {"n": 9},
                            "End": True,
                        }
                    },
                }
            ],
            "Next": "C",
        },
        C={"Type": "Pass", "Parameters": {"n.$": "$n", "inner.$": "$[0]"}, "End": True},
    )
    execution = ran(definition)
    assert execution.output == {"n": 1, "inner": {"n": 1, "c": 1}}
    left = execution.events[2]["stateExitedEventDetails"]
    assert left["assignedVariables"] == {"n": "1", "c": "[1]"}


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


# --- Retry and Catch -------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize(
    ("named", "error", "caught"),
    [
        ("E", "E", True),
        ("States.ALL", "E", True),
        ("States.ALL", "States.DataLimitExceeded", True),
        ("States.ALL", "States.Timeout", True),
        ("States.TaskFailed", "E", True),
        ("States.TaskFailed", "States.Timeout", False),
        ("States.ALL", "States.Runtime", False),
        ("States.Runtime", "States.Runtime", False),
        ("F", "E", False),
    ],
)
def test_which_errors_a_name_in_a_catch_means(named, error, caught):
    definition = machine(
        S=task(Catch=[{"ErrorEquals": [named], "Next": "Caught"}], End=True),
        Caught={"Type": "Pass", "End": True},
    )
    execution = ran(definition, tasks=failing(error))
    assert (execution.status == "SUCCEEDED") is caught
    if caught:
        assert execution.output == {"Error": error, "Cause": "why"}


def test_a_catch_puts_the_error_at_its_result_path_and_says_an_empty_cause_for_none():
    definition = machine(
        S=task(
            Catch=[{"ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "Next"}], End=True, OutputPath="$.no"
        ),
        Next={"Type": "Pass", "End": True},
    )
    assert output(definition, {"a": 1}, failing(cause=None)) == {"a": 1, "e": {"Error": "E", "Cause": ""}}


def test_a_runtime_error_of_a_states_own_fields_is_not_caught():
    definition = machine(
        S=task(Parameters={"x.$": "$.x"}, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Next"}], End=True),
        Next={"Type": "Pass", "End": True},
    )
    assert failure(definition)[0] == "States.Runtime"


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


def test_a_condition_that_is_no_boolean_says_what_it_was():
    definition = jsonata(C={"Type": "Choice", "Choices": [{"Condition": "{% 1 %}", "Next": "C"}]})
    said = (
        "The JSONata expression '1' specified for the field 'Choices[0]/Condition' returned an unexpected result type. "
        "Expected 'boolean', but was 'number' for value: 1"
    )
    assert failure(definition) == ("States.QueryEvaluationError", in_state("C", said))


def test_an_undefined_expression_is_an_evaluation_failed_that_follows_what_was_before_the_state():
    execution = ran(
        jsonata(A={"Type": "Pass", "Next": "S"}, S={"Type": "Pass", "Output": {"x": "{% $no %}"}, "End": True})
    )
    said = in_state(
        "S", "The JSONata expression '$no' specified for the field 'Output/x' returned nothing (undefined).", 4
    )
    assert (execution.error, execution.cause) == ("States.QueryEvaluationError", said)
    assert links(execution)[-2:] == [(5, 3, "EvaluationFailed"), (6, 5, "ExecutionFailed")]
    assert execution.events[-2]["evaluationFailedEventDetails"]["location"] == "Output/x"


def test_that_an_expression_gave_no_timestamp_is_said_after_the_state_was_entered():
    """As recorded on AWS, which says what else fails in an expression after the event before the state's."""
    waits = {"Type": "Wait", "Timestamp": "{% 'tomorrow' %}", "End": True}
    execution = ran(jsonata(W=waits))
    assert links(execution)[-2:] == [(3, 2, "EvaluationFailed"), (4, 3, "ExecutionFailed")]
