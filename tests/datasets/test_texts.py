"""Frames of any kind: dtypes, identifiers, lists, numbers that lose digits, and what is no frame."""

from __future__ import annotations

import enum
from collections import deque

import numpy as np
import pandas as pd
import pytest

from fakes.frames import ids, prepared, refusal
from personalize_sfn.datasets import prepare, schemas
from personalize_sfn.errors import DataError


class Colour(str, enum.Enum):  # noqa: UP042 - whose str() is Colour.RED
    RED = "red"


def test_members_of_an_enumeration_are_their_text():
    assert ids([Colour.RED]) == ["red"]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (
            "broken \ud83d emoji",
            "expected text that UTF-8 can hold (this is half of a character), found 'broken \\ud83d",
        ),
        (b"caf\xe9", "expected text, found"),
        ("a\0b", "expected text without the NUL character, found 'a\\x00b'; remove it"),
        ("a\rb", "expected one line of text, found 'a\\rb'; replace line breaks"),
        ("x" * 1_001, "expected at most 1000 characters, found 'xxx"),
        (float("inf"), "expected text or a finite number, found 'inf'"),
        ({"a": 1}, "expected one text or a list of categories, found"),
        (["a|b"], "expected categories without | that are not empty, found"),
        (["a", None], "expected categories without | that are not empty, found"),
        ([["a"]], "expected one text, found"),
        ([pd.NaT], "expected categories without | that are not empty, found"),
        ([pd.NA, "a"], "expected categories without | that are not empty, found"),
        (["a", float("nan")], "expected categories without | that are not empty, found"),
        (np.ones((2, 2)), "expected a list of categories, found"),
        (object(), "expected text, a number or a date, found '<object object at"),
        (len, "expected text, a number or a date, found"),
        ((each for each in "ab"), "expected text, a number or a date, found"),
        (bytearray(b"\xe9"), "expected text, found"),
    ],
)
def test_text_that_cannot_be_is_named_by_row(value, problem):
    assert f"  row 1 (line 3 as CSV), column X: {problem}" in refusal(["fine", value])


def test_long_free_text_is_cut_as_personalize_cuts_it_and_the_report_says_so():
    frame = pd.DataFrame({"ITEM_ID": ["1", "2"], "PLOT": ["x" * 200_000, "y"]})
    table = prepare(frame, schemas.items(schemas.field("PLOT", textual=True)))
    assert table.frame["PLOT"].str.len().tolist() == [20_000, 1]
    assert table.report.notes == ("PLOT: 1 text cut to 20,000 characters, which is what Personalize reads",)


def test_bytes_of_any_kind_are_read_as_utf_8():
    assert prepared([b"caf\xc3\xa9", bytearray(b"x"), memoryview(b"y")]) == ["café", "x", "y"]


@pytest.mark.parametrize(
    "values",
    [
        [["x", "y"], ["z"]],
        [("x", "y"), ("z",)],
        [{"y", "x"}, frozenset({"z"})],
        [np.array(["x", "y"]), np.array(["z"])],
        [pd.Series(["x", "y"]), pd.Index(["z"])],
        [deque(["x", "y"]), {"z": 1}.keys()],
        [pd.array(["x", "y"], dtype="string"), pd.Categorical(["z"])],
        ["x|y", ["z"]],
    ],
)
def test_lists_of_categories_are_joined_by_a_bar(values):
    assert prepared(values, categorical=True) == ["x|y", "z"]


def test_lists_of_numbers_and_empty_lists_are_categories_too():
    assert prepared([[1, 2.0, 2.5], [], None, np.array([]), ""], categorical=True) == [
        "1|2|2.5",
        None,
        None,
        None,
        None,
    ]


def test_a_list_is_no_identifier_and_no_free_text():
    with pytest.raises(DataError, match=r"column ITEM_ID: expected one text, found"):
        ids([["a", "b"]])
    assert "column X: expected one text, found" in refusal([["a"]], textual=True)
