"""Tests of ``frames``: what is taken as a table of rows, and what to do with what is not."""

from __future__ import annotations

import re
from decimal import Decimal

import pandas as pd
import pytest

from fakes.frames import ROWS, TEXTS, ids
from personalize_sfn.datasets import csv_bytes, load_csv, prepare, validate
from personalize_sfn.errors import DataError


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([123.0, 4.0], "float64", ["123", "4"]),
        ([123.0, 4.0], "float32", ["123", "4"]),
        ([1.5, 2.0], "float64", ["1.5", "2"]),
        ([2.0**53, 1.0], "float64", ["9007199254740992", "1"]),
        ([2**53 + 1, 2**63 - 1], "int64", ["9007199254740993", "9223372036854775807"]),
        ([2**53 + 1, 7], "Int64", ["9007199254740993", "7"]),
        ([2**64, 10**30], object, ["18446744073709551616", "1" + 30 * "0"]),
        ([1, 1.0, "1", Decimal(1), True], object, ["1", "True"]),
        (
            ["0012", "12", "NA", "null", "None", "nan", "NaN"],
            object,
            ["0012", "12", "NA", "null", "None", "nan", "NaN"],
        ),
        (["a", "b"], "category", ["a", "b"]),
        ([7, 8], "category", ["7", "8"]),
        (["a", 3.0, 4], object, ["a", "3", "4"]),
        ([b"caf\xc3\xa9", "x"], object, ["café", "x"]),
        ([pd.Timestamp("2020-01-01"), "x"], object, ["2020-01-01 00:00:00", "x"]),
        (["١٢٣", "１２３", " a ", "\t", "é", "e\u0301"], object, ["١٢٣", "１２３", " a ", "\t", "é", "e\u0301"]),
    ],
)
def test_identifiers_stay_what_they_are(values, dtype, expected):
    assert ids(values, dtype) == expected


def test_what_was_not_prepared_is_refused_by_row_when_it_is_written():
    with pytest.raises(DataError, match=r"^row 1, column TITLE: expected text that UTF-8 can hold, found 'x\\ud83d'"):
        csv_bytes(pd.DataFrame({"ITEM_ID": ["1", "2"], "TITLE": pd.Series(["fine", "x\ud83d"], dtype=object)}))


class Polars:
    """As a frame of polars, of Arrow or of cuDF: it can be made one of pandas."""

    def to_pandas(self) -> pd.DataFrame:
        return pd.DataFrame(ROWS)


@pytest.mark.parametrize(
    ("data", "described"),
    [
        ("items.csv", "the path 'items.csv': load_csv reads a CSV"),
        (ROWS, "a dict: pass pd.DataFrame(data)"),
        ([{"ITEM_ID": "1", "TITLE": "a"}, {"ITEM_ID": "2", "TITLE": "b"}], "a list: pass pd.DataFrame(data)"),
        (Polars(), f"{Polars.__module__.partition('.')[0]}.Polars: pass data.to_pandas()"),
        (pd.Series(["1"], name="ITEM_ID"), "one column (a Series): a table has several"),
        (None, "NoneType"),
    ],
)
def test_what_is_no_frame_is_told_what_to_pass(data, described):
    for function in (prepare, lambda given, schema: prepare(given, schema, min_rating_exclusive=None)):
        with pytest.raises(DataError) as error:
            function(data, TEXTS)
        message = str(error.value)
        assert message.startswith(f"data: expected a pandas DataFrame, got {described}")
    if code := re.search(r"pass (pd\.DataFrame\(data\)|data\.to_pandas\(\))", message):
        frame = eval(code[1], {"pd": pd, "data": data})
        assert prepare(frame, TEXTS).frame.to_dict("list") == ROWS


def test_what_is_prepared_is_not_prepared_again():
    done = prepare(pd.DataFrame(ROWS), TEXTS)
    with pytest.raises(DataError, match="what prepare or load_csv gave: it is prepared, upload_interactions and"):
        prepare(done, TEXTS)
    with pytest.raises(DataError, match="expected a pandas DataFrame, got what prepare"):
        validate(done, TEXTS)


@pytest.mark.parametrize(
    "index",
    [[7, 7], pd.MultiIndex.from_tuples([("a", 1), ("a", 1)]), pd.to_datetime(["2020-01-01"] * 2), [None, "\x1b"]],
)
def test_any_index_does_and_names_the_row(index):
    frame = pd.DataFrame(ROWS, index=index)
    assert prepare(frame, TEXTS).frame["ITEM_ID"].tolist() == ["1", "2"]
    with pytest.raises(DataError, match=r"\(line 3 as CSV\), column ITEM_ID: expected string, not null, found nothing"):
        prepare(frame.assign(ITEM_ID=["1", None]), TEXTS)


def test_every_empty_form_is_null_in_a_frame_and_only_nothing_is_in_a_csv():
    frame = pd.DataFrame({"ITEM_ID": list("abcdef"), "TITLE": [None, float("nan"), pd.NA, pd.NaT, "", "NA"]})
    assert prepare(frame, TEXTS).frame["TITLE"].isna().tolist() == [True] * 5 + [False]
    import io

    text = 'ITEM_ID,TITLE\na,\nb,""\nc,NA\nd,null\nNA,x\nnull,y\nNone,z\n'
    table = load_csv(io.StringIO(text), TEXTS).frame
    assert table["TITLE"].isna().tolist() == [True, True, False, False, False, False, False]
    assert table["ITEM_ID"].tolist()[-3:] == ["NA", "null", "None"]
