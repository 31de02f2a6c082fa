"""The rules of Choice, Retry and Catch."""

from __future__ import annotations

import pytest

from personalize_sfn.local.stepfunctions.definition.rules import catchers, choice_rules, retriers


def messages(found) -> list[tuple[str, str]]:
    return [(each.message, each.location) for each in found]


@pytest.mark.parametrize(
    "rule",
    [
        {"Variable": "$.a", "StringEquals": "b", "Next": "B"},
        {"Variable": "$.a", "NumericLessThanPath": "$.b", "Next": "B", "Comment": "why"},
        {"And": [{"Variable": "$.a", "IsPresent": True}, {"Not": {"Variable": "$.a", "IsNull": True}}], "Next": "B"},
    ],
)
def test_a_right_choice_rule_has_no_diagnostics(rule):
    assert messages(choice_rules([rule], "at")) == []


@pytest.mark.parametrize(
    ("rule", "message", "location"),
    [
        ({"Variable": "$.a", "StringEquals": "b"}, "Missing required field 'Next'", "at[0]"),
        ({"Variable": "a", "StringEquals": "b", "Next": "B"}, "Variable must be a JSONPath, got 'a'", "at[0]/Variable"),
        (
            {"Variable": "$.a", "NumericEquals": True, "Next": "B"},
            "NumericEquals must be a number, got True",
            "at[0]/NumericEquals",
        ),
        ({"Variable": "$.a", "Next": "B"}, "A choice rule needs exactly one comparison, got none", "at[0]"),
        ({"Or": [], "Next": "B"}, "Or must be a list of at least one rule", "at[0]/Or"),
        (
            {"Variable": "$.a", "Equals": 1, "Next": "B"},
            "Field 'Equals' is not supported in a choice rule",
            "at[0]/Equals",
        ),
    ],
)
def test_a_wrong_choice_rule_is_named_with_its_place(rule, message: str, location: str):
    assert messages(choice_rules([rule], "at")) == [(message, location)]


def test_a_choice_needs_a_rule():
    assert messages(choice_rules([], "at")) == [("Choices must be a list of at least one rule", "at")]


@pytest.mark.parametrize(
    ("rule", "message", "location"),
    [
        ({"ErrorEquals": []}, "ErrorEquals must be a list of at least one error name", "at[0]/ErrorEquals"),
        (
            {"ErrorEquals": ["States.Tomorrow"]},
            "Error names must not begin with 'States.', which is reserved, got 'States.Tomorrow'",
            "at[0]/ErrorEquals",
        ),
        (
            {"ErrorEquals": ["A"], "IntervalSeconds": 0},
            "IntervalSeconds must be an integer of at least 1, got 0",
            "at[0]/IntervalSeconds",
        ),
        (
            {"ErrorEquals": ["A"], "BackoffRate": 0.5},
            "BackoffRate must be a number of at least 1, got 0.5",
            "at[0]/BackoffRate",
        ),
        (
            {"ErrorEquals": ["A"], "JitterStrategy": "SOME"},
            "JitterStrategy must be FULL or NONE, got 'SOME'",
            "at[0]/JitterStrategy",
        ),
        ({"ErrorEquals": ["A"], "Delay": 1}, "Field 'Delay' is not supported here", "at[0]/Delay"),
    ],
)
def test_a_wrong_retry_is_named_with_its_place(rule, message: str, location: str):
    assert messages(retriers([rule], "at")) == [(message, location)]


def test_states_all_stands_alone_and_last():
    every, one = {"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["A"]}
    assert messages(retriers([one, every], "at")) == []
    assert messages(retriers([every, one], "at")) == [("States.ALL must appear in the last rule", "at[0]/ErrorEquals")]


def test_a_catch_needs_a_next_state_and_a_path():
    found = messages(catchers([{"ErrorEquals": ["A"], "ResultPath": "error"}], "at"))
    assert found == [
        ("Missing required field 'Next'", "at[0]"),
        ("ResultPath must be a JSONPath or null", "at[0]/ResultPath"),
    ]
