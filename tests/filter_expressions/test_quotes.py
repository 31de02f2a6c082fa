"""Texts in quotes."""

from __future__ import annotations

import pytest

from personalize_sfn.filter_expressions.quotes import is_quoted, listed, within_quotes


@pytest.mark.parametrize(
    ("text", "meaning"),
    [('"drama"', "drama"), ("'drama'", "drama"), (r'"say \"no\""', 'say "no"'), (r"'C:\new'", r"C:\new"), ('""', "")],
)
def test_a_backslash_escapes_quotes_and_itself_only(text: str, meaning: str):
    assert is_quoted(text)
    assert within_quotes(text) == meaning


@pytest.mark.parametrize("text", ["drama", '"drama', "\"drama'", '"a" "b"', ""])
def test_anything_else_is_no_text_in_quotes(text: str):
    assert not is_quoted(text)


@pytest.mark.parametrize(
    ("text", "texts"),
    [('"drama","comedy"', ["drama", "comedy"]), ("'a' , \"b,c\"", ["a", "b,c"]), ("", []), ('"one"', ["one"])],
)
def test_a_list_is_split_at_its_commas_outside_of_quotes(text: str, texts: list[str]):
    assert listed(text) == texts


@pytest.mark.parametrize("text", ['"a" "b"', "a,b", ',"a"', '"a'])
def test_what_is_no_list_is_none(text: str):
    assert listed(text) is None
