"""JSON, strictly."""

import pytest

from personalize_sfn.statemachine.json_text import NotJson, parse, strict


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("NaN", "expected a value, got NaN"),
        ("[-Infinity]", "expected a value, got -Infinity"),
        ("1e999", "expected a number below 1.8e308, got 1e999"),
        ("1" * 5000, "Exceeds the limit"),
        ("[" * 100_000, "The data is nested too deeply."),
        ("{", "Expecting property name"),
        ("01", "Extra data"),
    ],
)
def test_text_that_is_no_json_is_refused(text, said):
    with pytest.raises(NotJson, match=said):
        parse(text)


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (float("nan"), "Out of range float values"),
        ([float("inf")], "Out of range float values"),
        ({1, 2}, "Object of type set is not JSON serializable"),
        ([10**5000], "Exceeds the limit"),
        (nested(5000), "The data is nested too deeply."),
    ],
)
def test_a_value_that_is_no_json_is_refused(value, said):
    with pytest.raises(NotJson, match=said):
        strict(value)


def test_json_is_written_without_spaces_and_read_again():
    value = {"a": [1, 2.5, None, True, "é\ud800"], "b": 10**400}
    assert strict(value) == '{"a":[1,2.5,null,true,"é\ud800"],"b":1' + "0" * 400 + "}"
    assert parse(strict(value)) == value
