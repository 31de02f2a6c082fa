"""Converted columns of a part of a table."""

import numpy as np
import pandas as pd
import pytest

from personalize_sfn.datasets.blocks import NumberBlock, TextFields, Texts, column_of, row_hashes
from personalize_sfn.datasets.fields import padded

TEXTS = ["b", "a", "", "b", 'say "hi"', "a,b", "c:\\x", "a longer text"]
IN_FILE = TextFields(padded([text.encode() for text in TEXTS]))
CONVERTED = column_of(pd.Series([text or None for text in TEXTS], dtype="str"))


def test_text_in_a_file_and_text_of_pandas_are_the_same_column():
    assert isinstance(CONVERTED, Texts)
    assert IN_FILE.cells() == CONVERTED.cells()
    assert IN_FILE.distinct() == CONVERTED.distinct() == [text for text in dict.fromkeys(TEXTS) if text]
    for one, other in zip(IN_FILE.hashes(), CONVERTED.hashes(), strict=True):
        assert one.tolist() == other.tolist()
    rows = np.array([4, 1])
    assert IN_FILE.taken(rows).cells() == CONVERTED.taken(rows).cells() == [r'"say \"hi\""', "a"]


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        (pd.Series([1, None, 3], dtype="Int64"), ["1", "", "3"]),
        (pd.Series([0.1, np.nan, 1e300]), ["0.1", "", "1e+300"]),
        (pd.Series([True, None, False], dtype="boolean"), ["true", "", "false"]),
        (pd.Series([2**62, -1]), ["4611686018427387904", "-1"]),
    ],
)
def test_numbers_are_written_as_they_read_back_and_null_as_nothing(values, cells):
    column = column_of(values)
    assert isinstance(column, NumberBlock)
    assert column.cells() == cells
    assert column.distinct() == [cell for cell in cells if cell]


def test_equal_numbers_have_equal_hashes_and_null_has_its_own():
    first, second = NumberBlock(np.array([0.0, -0.0, 1.0, 0.0]), np.array([False, False, False, True])).hashes()
    assert first[0] == first[1]
    assert len({*zip(first.tolist(), second.tolist(), strict=True)}) == 3


def test_rows_are_told_apart_by_which_value_is_in_which_column():
    one, other = (column_of(pd.Series(values)).hashes() for values in (["a", "b", "a"], ["b", "a", "b"]))
    first, second = row_hashes([one, other])
    assert first[0] == first[2] != first[1]
    assert second[0] == second[2] != second[1]
