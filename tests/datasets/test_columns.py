from __future__ import annotations

import io

import pytest

from fakes.item_files import ITEMS, items_csv, refusal
from personalize_sfn.datasets import load_csv, prepare, schemas

A_TIME = "expected epoch seconds (a whole number) or a date such as 2024-04-17T09:30:00Z"


def test_types_follow_the_schema_and_large_integers_stay_exact():
    frame = load_csv(items_csv('1,"a,b",1.5,TRUE,9007199254740993,x', "2,,,,,"), ITEMS).frame
    assert frame["SOLD"].tolist()[0] == 9_007_199_254_740_993
    assert frame["NEW"].tolist()[0] is True
    assert frame.iloc[1].isna().tolist() == [False, True, True, True, True, True]


def test_ids_stay_what_they_are(csv_file):
    frame = load_csv(csv_file("007,NA,1260759144", "None,null,1260759145")).frame
    assert frame.tail(2)[["USER_ID", "ITEM_ID"]].values.tolist() == [["007", "NA"], ["None", "null"]]


def test_numbers_become_ids_without_decimals(clicks):
    frame = prepare(clicks.assign(USER_ID=clicks["USER_ID"].astype(float), ITEM_ID=clicks["ITEM_ID"].astype(int))).frame
    assert frame.head(2)[["USER_ID", "ITEM_ID"]].values.tolist() == [["0", "0"], ["1", "1"]]


@pytest.mark.parametrize(
    ("factor", "unit", "remedy"),
    [(1_000, "milliseconds", "ms"), (10**6, "microseconds", "us"), (10**9, "nanoseconds", "ns")],
)
def test_other_units_than_seconds_are_named(clicks, factor, unit, remedy):
    message = refusal(clicks.assign(TIMESTAMP=clicks["TIMESTAMP"] * factor), name="mine")
    assert message == (
        "mine: 1 problem\n  row 0 (line 2 as CSV) and 1,199 more rows, column TIMESTAMP: expected epoch seconds, "
        f"found '{1260759144 * factor}'; these are {unit}: say so with time_unit='{remedy}'"
    )


@pytest.mark.parametrize(
    ("line", "column", "problem"),
    [
        (",2,1260759144", "USER_ID", "expected string, not null, found nothing; fill or remove these rows"),
        ("1,2", "TIMESTAMP", "expected long, not null, found nothing"),
        ("1,2,2020-02-30", "TIMESTAMP", f"{A_TIME}, found '2020-02-30'; correct it, or remove these rows"),
        ("1,2,1.5", "TIMESTAMP", f"{A_TIME}, found '1.5'; round it down to whole seconds"),
        ("1,2,inf", "TIMESTAMP", f"{A_TIME}, found 'inf'"),
        ("1,2,-5", "TIMESTAMP", "expected epoch seconds, not negative, found '-5'"),
        (f"{'x' * 257},2,1260759144", "USER_ID", "expected at most 256 characters"),
        ('1,"a\nb",1260759144', "ITEM_ID", "expected one line of text, found 'a\\nb'"),
    ],
)
def test_a_wrong_value_is_named_with_its_line_and_column(csv_file, line, column, problem):
    message = refusal(csv_file(line))
    assert message.startswith(f"clicks.csv: 1 problem\n  line 1202, column {column}: {problem}")


def test_wrong_item_values_are_named():
    assert refusal(items_csv("1,,cheap,maybe,1.5,", f"2,{'g' * 1_001},,,,"), ITEMS).splitlines()[1:] == [
        "  line 2, column PRICE: expected a number (float), found 'cheap'; correct it, or remove these rows",
        "  line 2, column NEW: expected true or false, found 'maybe'; write true, false or nothing",
        "  line 2, column SOLD: expected a whole number (long), found '1.5'; "
        "round it, or declare the column float or double",
        f"  line 3, column GENRES: expected at most 1000 characters, found '{'g' * 57}...'; "
        "shorten it, 1001 characters",
    ]


def test_an_int_has_32_bits():
    schema = schemas.items(schemas.field("YEAR", "int"))
    message = refusal(io.StringIO("ITEM_ID,YEAR\n1,2147483647\n2,2147483648\n"), schema)
    assert "line 3, column YEAR: expected -2147483648 to 2147483647 (int), found '2147483648'" in message
