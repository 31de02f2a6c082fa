"""Regular expressions of JSONata: what could hold the process is refused, what is usual works on long texts."""

import re
from types import SimpleNamespace

import pytest

from fakes.small_machines import failure, jsonata, output
from personalize_sfn.statemachine.jsonata_regexes import jsonata_regex

NO_FLAGS = SimpleNamespace(case_insensitive=False, multiline=False)
"""As the library has them; its package, imported as it is, raises the limit of recursion for the whole process."""


def evaluated(text):
    return output(jsonata(P={"Type": "Pass", "Output": f"{{% {text} %}}", "End": True}))


@pytest.mark.parametrize(
    "text",
    [
        "$contains($pad('!', -46, 'a'), /^(a+)+$/)",
        "$match($pad('!', -46, 'a'), /^(a+)+$/)",
        "$replace($pad('!', -46, 'a'), /^(a+)+$/, 'b')",
        "$replace($pad('!', -46, 'a'), /^(a+)+$/, 'b', 1)",
        "$replace($pad('!', -46, 'a'), /^(a+)+$/, function($m) { 'b' })",
        "$split($pad('!', -46, 'a'), /^(a+)+$/)",
        "$count(/^(a+)+$/($pad('!', -46, 'a')))",
        "($r := /^(a|aa)+$/; $contains($pad('!', -46, 'a'), $r))",
    ],
)
def test_a_search_that_doubles_its_work_with_each_character_fails_and_says_what_is_refused(text):
    error, cause = failure(jsonata(P={"Type": "Pass", "Output": f"{{% {text} %}}", "End": True}))
    assert error == "States.QueryEvaluationError"
    pattern = r"/\^\((a\+|a\|aa)\)\+\$/"
    said = f"the regular expression {pattern} could try too many ways to match a text of 46 characters; expected a "
    assert re.search(said + "pattern without a repeat within a repeat, or a shorter text", cause)


def test_a_search_whose_work_grows_with_the_square_of_a_long_text_fails():
    _, cause = failure(
        jsonata(P={"Type": "Pass", "Output": "{% $contains($pad('', 200000, 'a'), /a+b/) %}", "End": True})
    )
    assert "the regular expression /a+b/ could try too many ways to match a text of 200000 characters" in cause


def test_usual_patterns_work_as_before():
    text = (
        "[$contains('abc', /B/i), $match('a1b22', /[0-9]+/).match, $replace('a1', /([a-z])([0-9])/, '$2$1'),"
        " $split('a, b,c', /,\\s*/), $contains('x\\ny', /^y/m), $type(/a/('bab'))]"
    )
    assert evaluated(text) == [True, "1", "22", "1a", "a", "b", "c", True, "object"]


@pytest.mark.parametrize(
    ("pattern", "places"),
    [
        (r"\s+", 29_999),
        (r"(\w+)@(\w+)\.com", 10_000),
        (r"(\w+\.)+com", 10_000),
        ("(?:a|b)+@", 0),
        (r"x\.com$", 1),
    ],
)
def test_usual_patterns_search_long_texts_of_short_words(pattern, places):
    text = " ".join(["write to some@x.com"] * 10_000)
    assert len(list(jsonata_regex(pattern, NO_FLAGS).finditer(text))) == places


def test_a_text_is_split_into_as_many_characters_as_a_payload_has():
    assert evaluated("$count($split($pad('', 262144, 'a'), ''))") == 262_144
    assert evaluated("$split($pad('', 3000000, 'a'), '', 2)") == ["a", "a"]
    text = "$count($split($pad('', 3000000, 'a'), ''))"
    error, cause = failure(jsonata(P={"Type": "Pass", "Output": f"{{% {text} %}}", "End": True}))
    assert error == "States.QueryEvaluationError"
    assert "the expression makes a value of more than 262144 characters and items" in cause
