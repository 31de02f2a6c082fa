"""Frames of any kind: dtypes, identifiers, lists, numbers that lose digits, and what is no frame."""

from __future__ import annotations

import enum
import re
from collections import deque
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from personalize_sfn.datasets import csv_bytes, load_csv, prepare, schemas, validate
from personalize_sfn.errors import DataError

CATEGORIES = schemas.items(schemas.field("GENRES", categorical=True, nullable=True))
TEXTS = schemas.items(schemas.field("TITLE", nullable=True))


def prepared(values: object, kind: str = "string", dtype: object = object, **flags: bool) -> list[object]:
    """The values of a column ``X`` of that type, prepared."""
    column = pd.Series(values, dtype=dtype)  # type: ignore[call-overload]
    frame = pd.DataFrame({"ITEM_ID": [f"i{n}" for n in range(len(column))], "X": column})
    schema = schemas.items(schemas.field("X", kind, nullable=True, **flags))
    table = prepare(frame, schema).frame["X"]
    return [None if pd.isna(value) else value for value in table.tolist()]


def refusal(values: object, kind: str = "string", dtype: object = object, **flags: bool) -> str:
    with pytest.raises(DataError) as error:
        prepared(values, kind, dtype, **flags)
    assert len(str(error.value)) <= 2_000
    return str(error.value)


def ids(values: object, dtype: object = object) -> list[str]:
    column = pd.Series(values, dtype=dtype)  # type: ignore[call-overload]
    return prepare(pd.DataFrame({"ITEM_ID": column, "TITLE": "x"}), TEXTS).frame["ITEM_ID"].tolist()


# --- identifiers and text --------------------------------------------------------------------------------------------


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


class Colour(str, enum.Enum):  # noqa: UP042 - whose str() is Colour.RED
    RED = "red"


def test_members_of_an_enumeration_are_their_text():
    assert ids([Colour.RED]) == ["red"]


@pytest.mark.parametrize(
    ("values", "dtype"),
    [([1e19, 2.0], "float64"), ([1e20, 3e20], "float64"), ([2.0**53 + 2, 1.0], "float64"), ([2.0**25], "float32")],
)
def test_identifiers_that_a_float_cannot_tell_apart_are_refused(values, dtype):
    with pytest.raises(
        DataError, match=r"row 0 \(line 2 as CSV\).*, column ITEM_ID: expected whole numbers up to 2\*\*"
    ):
        ids(values, dtype)


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


def test_what_was_not_prepared_is_refused_by_row_when_it_is_written():
    with pytest.raises(DataError, match=r"^row 1, column TITLE: expected text that UTF-8 can hold, found 'x\\ud83d'"):
        csv_bytes(pd.DataFrame({"ITEM_ID": ["1", "2"], "TITLE": pd.Series(["fine", "x\ud83d"], dtype=object)}))


def test_long_free_text_is_cut_as_personalize_cuts_it_and_the_report_says_so():
    frame = pd.DataFrame({"ITEM_ID": ["1", "2"], "PLOT": ["x" * 200_000, "y"]})
    table = prepare(frame, schemas.items(schemas.field("PLOT", textual=True)))
    assert table.frame["PLOT"].str.len().tolist() == [20_000, 1]
    assert table.report.notes == ("PLOT: 1 text cut to 20,000 characters, which is what Personalize reads",)


def test_bytes_of_any_kind_are_read_as_utf_8():
    assert prepared([b"caf\xc3\xa9", bytearray(b"x"), memoryview(b"y")]) == ["café", "x", "y"]


# --- categories ------------------------------------------------------------------------------------------------------


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


# --- numbers and truth values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "kind", "dtype", "expected"),
    [
        (["9007199254740993", "1.0"], "long", object, [2**53 + 1, 1]),
        (["9223372036854775807", "-9223372036854775808"], "long", object, [2**63 - 1, -(2**63)]),
        ([2**53 + 1, None], "long", "Int64", [2**53 + 1, None]),
        ([2**53 + 1, None, "3"], "long", object, [2**53 + 1, None, 3]),
        ([Decimal(7), np.int8(3), 2.0], "long", object, [7, 3, 2]),
        ([1, 2], "int", "uint8", [1, 2]),
        ([1.0, None], "int", "float64", [1, None]),
        (["1e3", "+5", " 6 ", "7."], "int", object, [1000, 5, 6, 7]),
        (["0.1", "1e-320", "123456789.123456789"], "double", object, [0.1, 1e-320, 123456789.123456789]),
        ([0.1, None], "float", "Float64", [0.1, None]),
        ([Decimal("0.1"), 3], "double", object, [0.1, 3.0]),
        ([1, 2], "double", "category", [1.0, 2.0]),
        ([True, None, False], "boolean", "boolean", [True, None, False]),
        (["TRUE", "false", True, np.False_], "boolean", object, [True, False, True, False]),
    ],
)
def test_numbers_keep_every_digit(values, kind, dtype, expected):
    assert prepared(values, kind, dtype) == expected


@pytest.mark.parametrize(
    ("value", "kind", "dtype", "problem"),
    [
        (2.7, "int", "float64", "expected a whole number (int), found '2.7'"),
        ("2.7", "long", object, "expected a whole number (long), found '2.7'"),
        (2**31, "int", "int64", "expected -2147483648 to 2147483647 (int), found '2147483648'; use type long, or"),
        (2**63, "long", "uint64", f"expected {-(2**63)} to {2**63 - 1} (long), found '9223372036854775808'"),
        ("9223372036854775808", "long", object, f"expected {-(2**63)} to {2**63 - 1} (long)"),
        (10**400, "long", object, f"expected {-(2**63)} to {2**63 - 1} (long)"),
        ("9" * 5_000, "long", object, f"expected {-(2**63)} to {2**63 - 1} (long), found '999"),
        ("1e400", "long", object, f"expected {-(2**63)} to {2**63 - 1} (long)"),
        (2.0**60, "long", "float64", "expected a whole number (long), found '1.152921504606847e+18'; a float does not"),
        (True, "long", object, "expected a whole number (long), found 'True'"),
        (
            "1_000",
            "long",
            object,
            "expected a whole number (long), found '1_000'; write 1000 without a thousands separator",
        ),
        (
            "1,000",
            "long",
            object,
            "expected a whole number (long), found '1,000'; write 1000 without a thousands separator",
        ),
        (
            "-12,345,678",
            "int",
            object,
            "expected a whole number (int), found '-12,345,678'; write -12345678 without a thousands separator",
        ),
        (
            "1.000.000",
            "int",
            object,
            "expected a whole number (int), found '1.000.000'; write 1000000 without a thousands separator",
        ),
        (
            "1’000",
            "int",
            object,
            "expected a whole number (int), found '1’000'; write 1000 without a thousands separator",
        ),
        (
            "1\u202f000",
            "int",
            object,
            "expected a whole number (int), found '1\\u202f000'; write 1000 without a thousands separator",
        ),
        (
            "1,000.5",
            "double",
            object,
            "expected a number (double), found '1,000.5'; write 1000.5 without a thousands separator",
        ),
        (
            "1.000,5",
            "float",
            object,
            "expected a number (float), found '1.000,5'; write 1000.5 without a thousands separator",
        ),
        (
            "1,000",
            "double",
            object,
            "expected a number (double), found '1,000'; write 1000 without a thousands separator, or 1.000 with a "
            "point before the decimals",
        ),
        (
            "2,75",
            "int",
            object,
            "expected a whole number (int), found '2,75'; round 2.75, or declare the column float or double and write "
            "a point before the decimals",
        ),
        (
            "2.75",
            "int",
            object,
            "expected a whole number (int), found '2.75'; round it, or declare the column float or double",
        ),
        (
            "1,00,000",
            "int",
            object,
            "expected a whole number (int), found '1,00,000'; correct it, or remove these rows",
        ),
        (
            "2.750",
            "int",
            object,
            "expected a whole number (int), found '2.750'; write 2750 without a thousands separator, or round it",
        ),
        ("١٢", "long", object, "expected a whole number (long), found '١٢'"),
        ("0x10", "int", object, "expected a whole number (int), found '0x10'"),
        ("NULL", "int", object, "expected a whole number (int), found 'NULL'; write nothing where there is no value"),
        (
            "3,5",
            "double",
            object,
            "expected a number (double), found '3,5'; write 3.5 with a point before the decimals",
        ),
        ("inf", "double", object, "expected a number (double), found 'inf'"),
        (float("inf"), "double", "float64", "expected a number (double), found 'inf'"),
        ("1e999", "double", object, "expected a number (double), found '1e999'"),
        (1e300, "float", "float64", "expected up to 3.403e+38 (float), found '1e+300'; use type double, or correct it"),
        (1 + 2j, "double", "complex128", "expected a number (double), found '(1+2j)'"),
        (pd.Timestamp("2020-01-01"), "long", "datetime64[ns]", "expected a whole number (long), found '2020-01-01"),
        ("yes", "boolean", object, "expected true or false, found 'yes'; write true, false or nothing"),
        (1, "boolean", object, "expected true or false, found '1'"),
        ([1], "double", object, "expected a number (double), found '[1]'"),
    ],
)
def test_a_number_that_would_change_is_refused_by_row(value, kind, dtype, problem):
    assert f"  row 0 (line 2 as CSV), column X: {problem}" in refusal([value], kind, dtype)


# --- frames ----------------------------------------------------------------------------------------------------------

ROWS = {"ITEM_ID": ["1", "2"], "TITLE": ["a", "b"]}


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
        (Polars(), "test_datasets_frames.Polars: pass data.to_pandas()"),
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


def test_several_levels_of_column_names_are_refused_and_the_remedy_works():
    frame = pd.DataFrame(ROWS).set_axis(pd.MultiIndex.from_tuples([("ITEM", "ID"), ("T", "ITLE")]), axis=1)
    with pytest.raises(DataError) as error:
        prepare(frame, TEXTS)
    code = str(error.value).split("; ")[1].removesuffix(" makes one name of each")
    assert list(eval(code, {"frame": frame}).columns) == ["ITEM_ID", "T_ITLE"]


@pytest.mark.parametrize(
    "index",
    [[7, 7], pd.MultiIndex.from_tuples([("a", 1), ("a", 1)]), pd.to_datetime(["2020-01-01"] * 2), [None, "\x1b"]],
)
def test_any_index_does_and_names_the_row(index):
    frame = pd.DataFrame(ROWS, index=index)
    assert prepare(frame, TEXTS).frame["ITEM_ID"].tolist() == ["1", "2"]
    with pytest.raises(DataError, match=r"\(line 3 as CSV\), column ITEM_ID: expected string, not null, found nothing"):
        prepare(frame.assign(ITEM_ID=["1", None]), TEXTS)


def test_columns_that_are_no_text_and_too_many_are_told_in_short():
    frame = pd.DataFrame([range(5_000)], columns=range(5_000))
    with pytest.raises(DataError) as error:
        prepare(frame, TEXTS)
    assert "found only 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 4,990 more" in str(error.value)
    report = prepare(frame.assign(ITEM_ID="1", TITLE="a"), TEXTS).report
    assert report.notes == ("not in the schema, left out: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 4,990 more",)


def test_names_in_the_data_that_are_like_those_of_the_schema_are_guessed():
    from personalize_sfn.datasets.column_names import guesses

    wanted = ["USER_ID", "ITEM_ID", "TIMESTAMP"]
    assert guesses(wanted, ["user", "sku", "at"]) == {"user": "USER_ID", "sku": "ITEM_ID", "at": "TIMESTAMP"}
    assert guesses(wanted, ["CustomerID", "ProductCode", "startedAt"]) == {
        "CustomerID": "USER_ID",
        "ProductCode": "ITEM_ID",
        "startedAt": "TIMESTAMP",
    }
    assert guesses(wanted, ["video_id"]) == {"video_id": "ITEM_ID"}
    assert guesses(["USER_ID"], ["video_id", "id", "colour"]) == {}
    assert guesses(["EVENT_TYPE", "TIMESTAMP"], ["event_time", "event"]) == {
        "event_time": "TIMESTAMP",
        "event": "EVENT_TYPE",
    }
    assert guesses(["USER_ID"], ["x" * 1_000_000]) == {}


def test_every_empty_form_is_null_in_a_frame_and_only_nothing_is_in_a_csv():
    frame = pd.DataFrame({"ITEM_ID": list("abcdef"), "TITLE": [None, float("nan"), pd.NA, pd.NaT, "", "NA"]})
    assert prepare(frame, TEXTS).frame["TITLE"].isna().tolist() == [True] * 5 + [False]
    import io

    text = 'ITEM_ID,TITLE\na,\nb,""\nc,NA\nd,null\nNA,x\nnull,y\nNone,z\n'
    table = load_csv(io.StringIO(text), TEXTS).frame
    assert table["TITLE"].isna().tolist() == [True, True, False, False, False, False, False]
    assert table["ITEM_ID"].tolist()[-3:] == ["NA", "null", "None"]
