"""Which variables states refer to."""

import pytest

from fakes.small_machines import only
from personalize_sfn.statemachine import StateMachine
from personalize_sfn.statemachine.variable_references import variable_references

LAMBDA = "arn:aws:states:::lambda:invoke"


def of(**state):
    return variable_references(only(**state)).get("S", [])


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"Type": "Pass", "InputPath": "$answer", "OutputPath": "$answer.a", "ResultPath": "$.b"}, ["answer"]),
        ({"Type": "Pass", "Parameters": {"a.$": "$x", "SomePath": "$y", "b": [{"c.$": "$z[0]"}]}}, ["x", "z"]),
        ({"Type": "Pass", "Assign": {"a.$": "States.Format('{}', States.ArrayLength($b), $$.Execution.Id)"}}, ["b"]),
        ({"Type": "Pass", "Assign": {"a.$": "$.c", "b": "$d"}}, []),
        ({"Type": "Wait", "SecondsPath": "$seconds"}, ["seconds"]),
        (
            {
                "Type": "Choice",
                "Choices": [
                    {"And": [{"Variable": "$a", "StringEqualsPath": "$b"}], "Next": "S", "Assign": {"n.$": "$c"}}
                ],
            },
            ["a", "b", "c"],
        ),
        (
            {"Type": "Task", "Resource": LAMBDA, "Parameters": {"FunctionName": "f"}, "TimeoutSecondsPath": "$limit"},
            ["limit"],
        ),
        (
            {
                "QueryLanguage": "JSONata",
                "Type": "Pass",
                "Output": {"a": "{% $x + $sum($map($states.input.y, function($i) { $i * $f })) %}", "b": "$no"},
                "Assign": {"c": "{% ($local := $y; $local & '$text' & $uuid()) %}"},
            },
            ["f", "x", "y"],
        ),
    ],
)
def test_a_state_refers_to_the_variables_in_its_paths_and_expressions(state, expected):
    ends = {} if state["Type"] == "Choice" else {"End": True}
    assert of(**state, **ends) == expected


def test_states_within_states_refer_for_themselves():
    inner = {"StartAt": "I", "States": {"I": {"Type": "Pass", "InputPath": "$in", "End": True}}}
    states = {
        "M": {"Type": "Map", "ItemsPath": "$list", "ItemProcessor": inner, "Next": "P"},
        "P": {"Type": "Parallel", "Branches": [{"StartAt": "B", "States": {"B": {"Type": "Succeed"}}}], "End": True},
    }
    assert variable_references(StateMachine({"StartAt": "M", "States": states})) == {"M": ["list"], "I": ["in"]}
