"""What of a definition is checked before it runs."""

import pytest

from fakes.small_machines import only
from personalize_sfn.statemachine.definition import InvalidDefinitionError, StateMachine


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"Type": "Walk"}, "Type must be one of Choice, Fail, Map, Parallel, Pass, Succeed, Task, Wait, got 'Walk'"),
        ({"Next": "Nowhere"}, "MISSING_TRANSITION_TARGET: Missing 'Next' target: Nowhere at /States/S/Next"),
        ({"End": False}, "One of the fields 'Next' and 'End' (true) is required at /States/S"),
        ({"Type": "Wait"}, "Missing required field 'Seconds' at /States/S"),
        (
            {"Type": "Wait", "Seconds": True},
            "Seconds must be an integer from 0 to 99999999, got true at /States/S/Seconds",
        ),
        ({"Type": "Wait", "Timestamp": "2026-01-01"}, 'Timestamp must be an RFC3339 timestamp, got "2026-01-01"'),
        ({"InputPath": "a"}, 'InputPath must be a JSONPath, got "a" at /States/S/InputPath'),
        ({"InputPath": "$["}, "InputPath must be a JSONPath ('$[': expected an index"),
        ({"ResultPath": "$.a[*]"}, "ResultPath must be a Reference Path"),
        ({"Parameters": {"a": {"b.$": "c"}}}, "a valid JSONPath or a valid intrinsic function call"),
        (
            {"Parameters": {"b.$": "States.Nope()"}},
            "Parameters must be a valid JSONPath or a valid intrinsic function call",
        ),
        ({"QueryLanguage": "JSONata", "Output": "{% $x( %}"}, "Output must be a JSONata expression (S0"),
        ({"Type": "Choice", "Choices": [{"Next": "S"}]}, "A choice rule needs exactly one comparison, got none"),
        ({"Type": "Choice", "Choices": [{"IsNull": True, "Next": "S"}]}, "Variable must be a JSONPath, got None"),
        ({"Type": "Task", "Resource": "r", "Catch": [{"Next": "S"}]}, "Missing required field 'ErrorEquals'"),
        (
            {"Type": "Task", "Resource": "r", "Retry": [{"ErrorEquals": ["E"], "BackoffRate": 0.5}]},
            "BackoffRate must be a number",
        ),
        (
            {"Type": "Map", "ItemProcessor": {"StartAt": "X", "States": {}}},
            "States must be an object with at least one state",
        ),
        (
            {"Type": "Parallel", "Branches": [1]},
            "States must be an object with at least one state at /States/S/Branches[0]",
        ),
    ],
)
def test_what_cannot_run_is_refused_with_its_place(fields, said):
    with pytest.raises(InvalidDefinitionError) as raised:
        only(**fields)
    assert str(raised.value).startswith("Invalid State Machine StateMachine: '")
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "INVALID_JSON_DESCRIPTION: Expecting property name"), ("[]", "The definition must be a JSON object at /")],
)
def test_what_is_no_json_object_is_refused(text, said):
    with pytest.raises(InvalidDefinitionError) as raised:
        StateMachine.parse(text)
    assert said in str(raised.value)


def test_every_problem_is_said_at_once():
    with pytest.raises(InvalidDefinitionError) as raised:
        StateMachine({"StartAt": "Q", "States": {"S": {"Type": "Wait", "Next": "T"}}})
    assert [problem.location for problem in raised.value.problems] == ["/StartAt", "/States/S", "/States/S/Next"]
