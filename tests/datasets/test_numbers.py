"""Tests of ``numbers``: columns of numbers and of truth values: converted without losing a digit, or refused by row."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from fakes.frames import ids, prepared, refusal
from personalize_sfn.errors import DataError


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
