"""The fields of a state that say what goes in and out."""

import pytest

from fakes.hostile_values import HALF, HUGE
from fakes.small_machines import (
    LAMBDA,
    failure,
    in_state,
    jsonata,
    links,
    only,
    output,
    ran,
    task,
)
from personalize_sfn.statemachine import TaskOutcome


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


@pytest.mark.parametrize("value", [1.5, 1e300, HUGE, -1, True, None, "x", [], {}])
@pytest.mark.parametrize(
    "fields",
    [
        {"Type": "Wait", "SecondsPath": "$.v"},
        {"Type": "Wait", "TimestampPath": "$.v"},
        {"Type": "Task", "Resource": LAMBDA, "TimeoutSecondsPath": "$.v"},
        {"Type": "Task", "Resource": LAMBDA, "HeartbeatSecondsPath": "$.v"},
        {"Type": "Fail", "ErrorPath": "$.v", "CausePath": "$.v"},
        {"Type": "Map", "ItemsPath": "$.l", "MaxConcurrencyPath": "$.v"},
        {"Type": "Map", "ItemsPath": "$.l", "ToleratedFailureCountPath": "$.v"},
        {"Type": "Map", "ItemsPath": "$.l", "ToleratedFailurePercentagePath": "$.v"},
        {"Type": "Map", "ItemsPath": "$.l", "ItemBatcher": {"MaxItemsPerBatchPath": "$.v"}},
        {"Type": "Map", "ItemsPath": "$.l", "ItemBatcher": {"MaxInputBytesPerBatchPath": "$.v"}},
    ],
)
def test_a_limit_of_any_value_works_or_fails_the_state(fields, value):
    if fields["Type"] == "Map":
        item = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
        fields = {**fields, "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, **item}}
    execution = ran(only(**fields), {"v": value, "l": [1, HALF]}, lambda _: TaskOutcome(1))
    assert execution.status in ("SUCCEEDED", "FAILED")
    assert execution.error != "" or fields["Type"] == "Fail"


def test_limits_may_come_from_the_input():
    definition = only(**task(TimeoutSecondsPath="$.t", End=True))
    assert ran(definition, {"t": 3}, lambda _: TaskOutcome(1, after=4)).error == "States.Timeout"
    said = "Invalid path '$.t' : No results for path: $['t']"
    assert said in failure(definition, {}, lambda _: TaskOutcome(1))[1]
