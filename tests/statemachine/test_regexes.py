"""Regular expressions of paths and of JSONata, and how much work one may be."""

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


@pytest.mark.parametrize(
    ("pattern", "flags", "text", "ways"),
    [
        (r"\d+x", 0, "12 123 1", 4),
        (r"\d+\.\d+x", 0, "12.3 1", 3 * 3),
        ("(ab)+x", 0, "ab abab x", 5),
        (".*x", 0, "abc\nde", 4),
        (".*x", re.DOTALL, "abc\nde", 7),
        ("(?i)a+x", 0, "AAA b", 4),
        ("(?i:a)+x", 0, "AAA b", 6),
        (r"\x61+x", 0, "aaa b", 6),
    ],
)
def test_a_repeat_varies_by_the_characters_that_follow_each_other(pattern, flags, text, ways):
    assert Regex(pattern, flags).visits(text) == ways / 32


def test_a_nested_repeat_doubles_with_the_longest_part_that_it_can_match():
    assert Regex(r"(\d+\.)+x").visits("1.2.3 and 192.168 and 10.0") == 2**7 / 32


@pytest.mark.parametrize(
    ("pattern", "steps"), [("b", 11), ("a+b", 11 * 11), ("a+", 11), (r"a+\b", 11 * 11), ("b|a+", 11 * 11 * 2)]
)
def test_a_search_begins_at_each_character_and_is_done_where_the_pattern_ends(pattern, steps):
    assert Regex(pattern).search_visits("a" * 10) == steps / 32


def test_what_is_no_pattern_is_refused():
    with pytest.raises(re.error, match="unterminated subpattern"):
        Regex("(a")
