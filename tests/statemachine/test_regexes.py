"""Regular expressions of paths, and how much work one may be."""

import re

import pytest

from personalize_sfn.statemachine.paths import parse
from personalize_sfn.statemachine.regexes import Regex


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"(\d+\.)+\d+", "192.168.100.200"),
        (r"([a-z]+-)*[a-z]+", "cold-start-recipe"),
        ("(a|b)*c", "ababababababababc"),
        ("https?://.*", "https://" + "x" * 5_000),
        (r".*\(ok\)[*]", "fine (ok)*"),
        ("a{2}b{1,3}c{2,}", "aabbcc"),
    ],
)
def test_patterns_match_texts_of_usual_lengths(pattern, text):
    assert parse(f"$.t[?(@ =~ /{pattern.replace('/', chr(92) + '/')}/)]").find({"t": [text, "No!"]}) == [text]


def test_a_pattern_is_matched_to_whole_texts():
    assert Regex("ab?").matches("ab")
    assert not Regex("ab?").matches("abc")
    assert Regex("fic.*", re.IGNORECASE).matches("Fiction")


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|aa)*b", "(a*){3}", "((a?)b?)+"])
def test_a_repeat_within_a_repeat_doubles_its_work_with_each_character(pattern):
    assert Regex(pattern).visits("a" * 30) == 2**30 / 32
    assert Regex(pattern).visits("a" * 31) == 2**31 / 32


@pytest.mark.parametrize(
    ("pattern", "ways"),
    [("abc", 1), ("[a+*]+", 101), (r"\(a\+\)", 1), (".*a.*", 101**2), ("a{3}", 1), ("a{1,3}", 3), ("(a|b)(c|d)", 4)],
)
def test_other_patterns_take_work_by_the_length_of_the_text(pattern, ways):
    assert Regex(pattern).visits("a" * 100) == ways / 32


def test_what_is_no_pattern_is_refused():
    with pytest.raises(re.error, match="unterminated subpattern"):
        Regex("(a")
