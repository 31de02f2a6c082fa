"""CodedColumn columns are read as arrays of objects are, and hold no value that no row has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from personalize_sfn.engine.coded_column import CodedColumn, different
from personalize_sfn.local.personalize.persistence.arrays import read_arrays, write_arrays

ROWS = ["b", None, "a", "b", "c", None]


def array(rows: list[Any]) -> np.ndarray[Any, Any]:
    return np.array(rows, dtype=object)


@pytest.fixture
def column() -> CodedColumn:
    return CodedColumn.of(array(ROWS))


def test_each_different_value_is_held_once(column: CodedColumn):
    assert column.values.tolist() == ["b", None, "a", "c"]
    assert column.codes.dtype == np.int32
    assert different(column) == {"a", "b", "c", None}
    assert CodedColumn.of(column) is column


def test_it_is_read_as_an_array_is(column: CodedColumn):
    whole = array(ROWS)
    mask = np.array([True, False, True, False, False, True])
    assert column.tolist() == list(column) == ROWS
    assert len(column) == len(ROWS)
    assert (column[0], column[np.intp(-1)], column[4]) == ("b", None, "c")
    assert column[mask].tolist() == whole[mask].tolist()
    assert column[np.array([5, 0, 0])].tolist() == [None, "b", "b"]
    assert column[1:3].tolist() == [None, "a"]
    assert (column == "b").tolist() == (whole == "b").tolist()
    assert np.where(mask, column, "none").tolist() == np.where(mask, whole, "none").tolist()
    assert np.asarray(CodedColumn.of(array(["1", "2"])), dtype=np.int64).tolist() == [1, 2]
    with pytest.raises(TypeError, match="unhashable"):
        hash(column)


def test_a_value_whose_rows_are_gone_is_gone(column: CodedColumn):
    rest = column[np.array([False, False, True, False, True, False])]
    assert rest.values.tolist() == ["a", "c"]
    assert rest.tolist() == ["a", "c"]
    assert column.tolist() == ROWS


def test_columns_are_joined_with_coded_and_plain_ones(column: CodedColumn):
    joined = CodedColumn.joined([column, array(["c", "d"]), array([])])
    assert joined.tolist() == [*ROWS, "c", "d"]
    assert joined.values.tolist() == ["b", None, "a", "c", "d"]
    assert CodedColumn.joined([array([])]).tolist() == []


def test_equal_values_under_different_texts_are_one_when_joined():
    twice = CodedColumn(array([1.5, 1.5, 2.0]), np.array([0, 1, 2], dtype=np.int32))
    assert CodedColumn.joined([twice]).codes.tolist() == [0, 0, 1]


def test_it_comes_back_from_a_file_as_it_was(column: CodedColumn, tmp_path: Path):
    table = {"EVENT_TYPE": column, "TIMESTAMP": np.arange(6), "PLAIN": array(ROWS)}
    with (tmp_path / "table.npz").open("wb") as file:
        write_arrays(file, table)
    with (tmp_path / "table.npz").open("rb") as file:
        found = read_arrays(file, "table.npz")
    again = found["EVENT_TYPE"]
    assert isinstance(again, CodedColumn)
    assert (again.values.tolist(), again.codes.tolist()) == (column.values.tolist(), column.codes.tolist())
    assert found["TIMESTAMP"].tolist() == list(range(6))
    assert not isinstance(found["PLAIN"], CodedColumn)
    assert found["PLAIN"].tolist() == ROWS
