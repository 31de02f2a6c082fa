"""The fields of each type of state."""

from __future__ import annotations

import pytest

from personalize_sfn.local.stepfunctions.definition.states import diagnose_state, transitions


def found(**state) -> list[tuple[str, str]]:
    return [(each.message, each.location) for each in diagnose_state(state, "at")]


@pytest.mark.parametrize(
    "state",
    [
        {"Type": "Pass", "Result": 1, "End": True},
        {"Type": "Wait", "SecondsPath": "$.wait", "Next": "B"},
        {"Type": "Fail", "Error": "E", "CausePath": "States.Format('{}', $.a)"},
        {"Type": "Succeed"},
        {"Type": "Parallel", "Branches": [{}], "Next": "B"},
    ],
)
def test_a_right_state_has_no_diagnostics(state):
    assert found(**state) == []


@pytest.mark.parametrize(
    ("state", "message", "location"),
    [
        (
            {"Type": "Nap"},
            "Type must be one of Choice, Fail, Map, Parallel, Pass, Succeed, Task, Wait, got 'Nap'",
            "at/Type",
        ),
        ({"Type": "Pass"}, "One of the fields 'Next' and 'End' (true) is required", "at"),
        ({"Type": "Pass", "Next": "B", "End": True}, "Only one of 'Next' and 'End' may be present", "at"),
        ({"Type": "Succeed", "Next": "B"}, "Field 'Next' is not supported here", "at/Next"),
        (
            {"Type": "Wait", "Next": "B"},
            "Exactly one of Seconds, SecondsPath, Timestamp and TimestampPath is required, got none",
            "at",
        ),
        (
            {"Type": "Wait", "Seconds": -1, "Next": "B"},
            "Seconds must be an integer from 0 to 99999999, got -1",
            "at/Seconds",
        ),
        (
            {"Type": "Pass", "OutputPath": "a", "End": True},
            "OutputPath must be a JSONPath or null, got 'a'",
            "at/OutputPath",
        ),
        ({"Type": "Task", "End": True}, "These fields are required: [Resource]", "at"),
    ],
)
def test_a_wrong_state_is_named_with_its_place(state, message: str, location: str):
    assert found(**state) == [(message, location)]


def test_a_state_leads_to_its_next_its_default_its_choices_and_its_catches():
    state = {"Default": "A", "Choices": [{"Next": "B"}, {}], "Catch": [{"Next": "C"}], "Next": "D"}
    assert list(transitions(state)) == [
        ("Next", "D"),
        ("Default", "A"),
        ("Choices[0]/Next", "B"),
        ("Catch[0]/Next", "C"),
    ]


@pytest.mark.parametrize(
    ("state", "location"),
    [
        ({"Type": "Pass", "End": True}, "at"),
        ({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}, "at/Catch[0]"),
        ({"Type": "Choice"}, "at/Choices[0]"),
    ],
)
@pytest.mark.parametrize("language", ["JSONPath", "JSONata"])
def test_the_names_of_variables_are_held_wherever_they_are_assigned(state, location: str, language: str):
    assigned = {"Assign": {"$text": 1}}
    rule = {"Next": "B", **assigned}
    rule |= {"Variable": "$.a", "IsNull": True} if language == "JSONPath" else {"Condition": "{% true %}"}
    more = {"at": assigned, "at/Catch[0]": {"Catch": [{"ErrorEquals": ["E"], "Next": "B", **assigned}]}}
    state = {**state, **more.get(location, {"Choices": [rule]})}
    if state["Type"] == "Task":
        state["Parameters" if language == "JSONPath" else "Arguments"] = {"FunctionName": "f"}
    assert [each.location for each in diagnose_state(state, "at", language)] == [f"{location}/Assign/$text"]
