"""Inputs with a schema, placeholders in lists, and definitions that JSON writes otherwise than Python."""

from __future__ import annotations

import json
from typing import Any

import pytest
from stepfunctions.inputs import ExecutionInput

from personalize_sfn import sdk
from personalize_sfn.errors import ConfigError
from personalize_sfn.execution import Workflow

ROLE = "arn:aws:iam::123456789012:role/movies-step-functions"


def workflow(client: Any, parameters: Any, given: Any = None) -> Workflow:
    return Workflow("w", sdk.Chain([sdk.Pass("P", parameters=parameters)]), ROLE, client=client, execution_input=given)


@pytest.mark.parametrize(
    ("schema", "inputs"),
    [
        ({"x": dict}, {"x": {"k": 1}}),
        ({"x": dict}, {"x": {}}),
        ({"x": dict}, {"x": {"a": {"b": 1}}, "more": 1}),
        ({"x": list}, {"x": [1]}),
        ({"x": list}, {"x": (1,)}),
        ({"x": float}, {"x": 1}),
        ({"x": float}, {"x": 1.5}),
        ({"x": {"y": dict, "z": str}}, {"x": {"y": {"k": [1]}, "z": ""}}),
        ({"a.b": str}, {"a.b": "x"}),
        ({"x": bool}, {"x": False}),
    ],
)
def test_an_input_that_fits_the_schema_is_taken(client: Any, schema: Any, inputs: Any) -> None:
    made = workflow(client, {}, ExecutionInput(schema=schema))
    made.create()
    made.execute(inputs=inputs)
    assert json.loads(client.named("start_execution")[0]["input"]) == json.loads(json.dumps(inputs))


@pytest.mark.parametrize(
    ("schema", "inputs", "problem"),
    [
        ({"x": dict}, {"x": "k"}, "x: expected dict, got str"),
        ({"x": dict}, {"x": [1]}, "x: expected dict, got list"),
        ({"x": float}, {"x": "1"}, "x: expected float, got str"),
        ({"x": float}, {"x": True}, "x: expected float, got bool"),
        ({"x": str}, {"x": 1}, "x: expected str, got int"),
        ({"x": {"y": int}}, {"x": {}}, "x.y is missing"),
        ({"x": {"y": int}}, {"x": 1}, "x: expected a mapping, got int"),
        ({"x": str}, None, "x is missing"),
        ({"x": str}, [1], "the input: expected a mapping, got list"),
    ],
)
def test_an_input_that_does_not_fit_is_refused_by_its_member(
    client: Any, schema: Any, inputs: Any, problem: str
) -> None:
    made = workflow(client, {}, ExecutionInput(schema=schema))
    made.create()
    with pytest.raises(ValueError, match="Expected run input with the schema: ") as raised:
        made.execute(inputs=inputs)
    assert str(raised.value).endswith(f"; {problem}")
    assert client.named("start_execution") == []


GIVEN = ExecutionInput(schema={"user": str, "n": int})
USER, N = GIVEN["user"], GIVEN["n"]


@pytest.mark.parametrize(
    ("parameters", "made"),
    [
        ({"args": ["--user", USER]}, {"args.$": "States.Array('--user', $$.Execution.Input['user'])"}),
        ({"args": (USER,)}, {"args.$": "States.Array($$.Execution.Input['user'])"}),
        (
            {"args": [1, 2.5, True, None, N]},
            {"args.$": "States.Array(1, 2.5, true, null, $$.Execution.Input['n'])"},
        ),
        (
            {"deep": {"args": [["a"], [USER]]}},
            {"deep": {"args.$": "States.Array(States.Array('a'), States.Array($$.Execution.Input['user']))"}},
        ),
        (
            {"args": ["it's {a} \\", USER]},
            {"args.$": "States.Array('it\\'s \\{a\\} \\\\', $$.Execution.Input['user'])"},
        ),
        (
            {"env": [{"name": "U", "value": USER}]},
            {"env": [{"name": "U", "value.$": "$$.Execution.Input['user']"}]},
        ),
        (
            {"env": [[{"value": USER}]]},
            {"env": [[{"value.$": "$$.Execution.Input['user']"}]]},
        ),
        ({"plain": ["a", 1, {"b": [2]}]}, {"plain": ["a", 1, {"b": [2]}]}),
    ],
)
def test_a_placeholder_in_a_list_becomes_an_array_of_the_states_language(parameters: Any, made: Any) -> None:
    assert sdk.Pass("P", parameters=parameters).to_dict()["Parameters"] == made


def test_a_list_that_cannot_be_written_is_refused_by_state_and_field() -> None:
    with pytest.raises(ConfigError) as raised:
        sdk.Pass("P", parameters={"args": [USER, {"a": 1}]}).to_dict()
    assert raised.value.field == "P.Parameters.args"
    assert "got dict" in str(raised.value)


@pytest.mark.parametrize("parameters", [{"a": [1, 2]}, {"a": (1, 2)}, {3: "x"}, {"a": {None: (1,)}}, {True: 1}])
def test_the_same_definition_is_unchanged_however_python_writes_it(client: Any, parameters: Any) -> None:
    workflow(client, parameters).create()
    again = workflow(client, parameters)
    again.create()
    assert again.change == "unchanged"
    assert client.named("update_state_machine") == []
