"""What of a definition is checked before it runs."""

import pytest

from fakes.small_machines import only, ran
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
        ({"Type": []}, "Type must be one of Choice, Fail"),
        ({"Type": {}}, "Type must be one of Choice, Fail"),
        ({"QueryLanguage": "jsonata"}, "QueryLanguage must be one of JSONPath, JSONata"),
        ({"QueryLanguage": []}, "QueryLanguage must be one of JSONPath, JSONata"),
        ({"InputPath": "$.l[?(@.a == 01)]"}, "InputPath must be a JSONPath"),
        ({"InputPath": "$[" + "1" * 5000 + "]"}, "InputPath must be a JSONPath"),
        ({"InputPath": "$[?" + "(" * 2000 + "]"}, "InputPath must be a JSONPath ('$[?(((("),
        ({"Parameters": {"x.$": "States.MathAdd(01, 2)"}}, "a valid intrinsic function call"),
        ({"Parameters": {"x.$": "States.Array(" * 1500 + ")" * 1500}}, "a valid intrinsic function call"),
        ({"QueryLanguage": "JSONata", "Output": "{% " + "(" * 1500 + " %}"}, "must be a JSONata expression"),
        ({"QueryLanguage": "JSONata", "Output": "{% 1e999 %}"}, "must be a JSONata expression"),
        ({"Type": "Task", "Resource": "r", "Credentials": "x"}, 'Credentials must be an object, got "x"'),
        ({"Type": "Map", "ItemProcessor": {"ProcessorConfig": "x"}}, 'ProcessorConfig must be an object, got "x"'),
        (
            {"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": "FOO"}}},
            'Mode must be one of DISTRIBUTED, INLINE, got "FOO" at /States/S/ItemProcessor/ProcessorConfig/Mode',
        ),
        ({"Type": "Map", "Iterator": {"ProcessorConfig": {"Mode": []}}}, "Mode must be one of DISTRIBUTED, INLINE"),
        (
            {"Type": "Map", "ItemBatcher": {"MaxItemsPerBatchPath": "nope"}},
            "/S/ItemBatcher/MaxItemsPerBatchPath",
        ),
        ({"Type": "Map", "ItemBatcher": {"BatchInput": {"x.$": "nope"}}}, "BatchInput must be a valid JSONPath"),
        ({"Type": "Map", "ItemReader": {"ReaderConfig": {"InputType": []}}}, "InputType [] is not supported"),
        (
            {"Type": "Choice", "Choices": [{"Variable": "$.a", "StringMatchesPath": "$.b", "Next": "S"}]},
            "A choice rule needs exactly one comparison, got none",
        ),
        (
            {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNullPath": "$.b", "Next": "S"}]},
            "A choice rule needs exactly one comparison, got none",
        ),
        ({"Result": float("nan")}, "INVALID_JSON_DESCRIPTION: Out of range float values"),
        ({"Result": {1, 2}}, "INVALID_JSON_DESCRIPTION: Object of type set is not JSON"),
    ],
)
def test_what_cannot_run_is_refused_with_its_place(fields, said):
    with pytest.raises(InvalidDefinitionError) as raised:
        only(**fields)
    assert str(raised.value).startswith("Invalid State Machine StateMachine: '")
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "INVALID_JSON_DESCRIPTION: Expecting property name"),
        ("[]", "The definition must be a JSON object at /"),
        ("[" * 200_000, "INVALID_JSON_DESCRIPTION: The data is nested too deeply. at /"),
        ('{"StartAt":NaN}', "INVALID_JSON_DESCRIPTION: expected a value, got NaN at /"),
    ],
)
def test_what_is_no_json_object_is_refused(text, said):
    with pytest.raises(InvalidDefinitionError) as raised:
        StateMachine.parse(text)
    assert said in str(raised.value)


def test_every_problem_is_said_at_once():
    with pytest.raises(InvalidDefinitionError) as raised:
        StateMachine({"StartAt": "Q", "States": {"S": {"Type": "Wait", "Next": "T"}}})
    assert [problem.location for problem in raised.value.problems] == ["/StartAt", "/States/S", "/States/S/Next"]


@pytest.mark.parametrize(
    "root",
    [
        {"StartAt": []},
        {"StartAt": {}},
        {"StartAt": "S", "TimeoutSeconds": "x"},
        {"StartAt": "S", "QueryLanguage": []},
        {"StartAt": "S", "QueryLanguage": "jsonata"},
        {"StartAt": "S", "States": []},
    ],
)
def test_what_stands_beside_the_states_is_checked_too(root):
    with pytest.raises(InvalidDefinitionError, match=r"/(StartAt|TimeoutSeconds|QueryLanguage|States)"):
        StateMachine({"States": {"S": {"Type": "Succeed"}}, **root})


@pytest.mark.parametrize("depth", [300, 450, 700, 900, 1500])
def test_a_definition_that_is_nested_too_deeply_is_refused_or_fails_by_itself(depth):
    parameters = {}
    for _ in range(depth):
        parameters = {"a": parameters}
    try:
        definition = only(Parameters=parameters)
    except InvalidDefinitionError as error:
        assert [problem.message for problem in error.problems] == ["The data is nested too deeply."]  # noqa: PT017
        return
    assert depth < 1000
    execution = ran(definition)
    assert execution.status == "SUCCEEDED" or execution.cause.endswith("The data is nested too deeply.")


@pytest.mark.parametrize("depth", [50, 110, 150, 180, 400])
def test_branches_in_branches_run_are_refused_or_fail_by_themselves(depth):
    inner = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
    for _ in range(depth):
        inner = {"StartAt": "B", "States": {"B": {"Type": "Parallel", "Branches": [inner], "End": True}}}
    try:
        definition = StateMachine(inner)
    except InvalidDefinitionError as error:
        assert [problem.message for problem in error.problems] == ["The data is nested too deeply."]  # noqa: PT017
        return
    execution = ran(definition)
    assert execution.status == "SUCCEEDED" or execution.cause.endswith("The data is nested too deeply.")


def test_a_machine_keeps_a_definition_of_its_own():
    root = {"StartAt": "S", "States": {"S": {"Type": "Pass", "Result": {"a": 1}, "End": True}}}
    definition = StateMachine(root)
    root["States"]["S"]["Result"]["a"] = 2
    assert ran(definition).output == {"a": 1}
