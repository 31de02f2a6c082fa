"""Rules of a Choice in JSONPath."""

import itertools

import pytest

from fakes.small_machines import failure, in_state, machine, output
from personalize_sfn.statemachine.choice import COMPARISONS


def chosen(rule, data):
    definition = machine(
        C={"Type": "Choice", "Choices": [{**rule, "Next": "Y"}], "Default": "N"},
        Y={"Type": "Pass", "Result": True, "End": True},
        N={"Type": "Pass", "Result": False, "End": True},
    )
    return output(definition, data)


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        ({"StringEquals": "a"}, "a", True),
        ({"StringEquals": "1"}, 1, False),
        ({"StringLessThan": "b"}, "a", True),
        ({"StringMatches": "*.csv"}, "x/y.csv", True),
        ({"StringMatches": "a\\*b"}, "a*b", True),
        ({"StringMatches": "a\\*b"}, "axb", False),
        ({"StringMatches": "[a]?"}, "[a]?", True),
        ({"StringMatches": "a*"}, "a\nb", True),
        ({"StringMatches": "a*b\\"}, "a*b\\", True),
        ({"StringMatches": "\\*\\**"}, "***", True),
        ({"NumericEquals": 1}, 1.0, True),
        ({"NumericEquals": 1}, True, False),
        ({"NumericGreaterThanEquals": 2}, 2, True),
        ({"BooleanEquals": True}, True, True),
        ({"BooleanEquals": True}, 1, False),
        ({"IsNull": True}, None, True),
        ({"IsNumeric": True}, False, False),
        ({"IsString": False}, 1, True),
        ({"IsTimestamp": True}, "2026-01-01T00:00:00Z", True),
        ({"IsTimestamp": True}, "2026-01-01T00:00:00", False),
        ({"IsTimestamp": True}, "2026-13-01T00:00:00Z", False),
        ({"TimestampEquals": "2026-01-01T00:00:00Z"}, "2026-01-01T01:00:00+01:00", True),
        ({"TimestampLessThan": "2026-01-01T00:00:00.1Z"}, "2026-01-01T00:00:00.09Z", True),
        ({"IsPresent": True}, None, True),
        ({"NumericEqualsPath": "$.other"}, 5, True),
        ({"StringEqualsPath": "$$.State.Name"}, "C", True),
    ],
)
def test_a_comparison_of_one_value(rule, value, expected):
    assert chosen({"Variable": "$.v", **rule}, {"v": value, "other": 5}) is expected


def plain_match(pattern, text):
    """StringMatches as a reader would write it: a star takes every length there is."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(plain_match(pattern[1:], text[taken:]) for taken in range(len(text) + 1))
    return text[:1] == pattern[0] and plain_match(pattern[1:], text[1:])


def test_string_matches_is_the_same_for_every_small_pattern_and_text():
    texts = ["".join(letters) for length in range(5) for letters in itertools.product("ab", repeat=length)]
    for length in range(6):
        for letters in itertools.product("ab*", repeat=length):
            pattern = "".join(letters)
            for text in texts:
                assert COMPARISONS["StringMatches"](text, pattern) is plain_match(pattern, text), (pattern, text)


def test_many_stars_take_no_longer_than_the_text():
    assert chosen({"Variable": "$.v", "StringMatches": "*a" * 12 + "*b"}, {"v": "a" * 60}) is False
    assert chosen({"Variable": "$.v", "StringMatches": "*a" * 200 + "*"}, {"v": "a" * 5000}) is True


def test_rules_combine():
    one = {"Variable": "$.v", "NumericGreaterThan": 1}
    two = {"Variable": "$.v", "NumericLessThan": 3}
    assert chosen({"And": [one, two]}, {"v": 2}) is True
    assert chosen({"Or": [one, {"Not": two}]}, {"v": 0}) is False
    assert chosen({"Not": {"And": [one, two]}}, {"v": 4}) is True


def test_a_path_that_leads_nowhere_is_a_runtime_error_but_not_for_is_present():
    assert chosen({"Variable": "$.x", "IsPresent": True}, {}) is False
    definition = machine(
        C={"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "C"}]},
    )
    said = "Invalid path '$.x': The choice state's condition path references an invalid value."
    assert failure(definition) == ("States.Runtime", in_state("C", said))


def test_without_a_default_nothing_that_applies_is_no_choice_matched():
    definition = machine(C={"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": True, "Next": "C"}]})
    said = "Failed to transition out of the state. The state does not point to a next state."
    assert failure(definition) == ("States.NoChoiceMatched", in_state("C", said))
