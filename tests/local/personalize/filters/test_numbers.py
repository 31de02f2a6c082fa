"""Numbers in filters, compared as they are written."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from personalize_sfn.local.personalize.filters.numbers import COMPARE, compared, read_number


@pytest.mark.parametrize("text", ["5", "-5", "+.5", "5.", "1e3", "9007199254740993"])
def test_a_number_is_read_with_every_digit(text: str):
    assert read_number(text) == Decimal(text)


@pytest.mark.parametrize("text", ["", "five", "1,000", "٣", "1e1000", "0x10", "nan"])
def test_other_texts_are_no_number(text: str):
    assert read_number(text) is None


@pytest.mark.parametrize("sign", COMPARE)
@pytest.mark.parametrize("wanted", ["2", "2.5", "-0.5", "9223372036854775808", "-9223372036854775809"])
def test_whole_numbers_are_compared_exactly(sign: str, wanted: str):
    numbers = [-1, 0, 2, 3, 2**63 - 1, -(2**63)]
    expected = [bool(COMPARE[sign](Decimal(number), Decimal(wanted))) for number in numbers]
    assert compared(np.array(numbers, dtype=np.int64), sign, Decimal(wanted)).tolist() == expected


def test_numbers_beyond_the_digits_of_a_float_are_told_apart():
    numbers = np.array([2**53, 2**53 + 1], dtype=np.int64)
    assert compared(numbers, "=", Decimal(2**53 + 1)).tolist() == [False, True]


def test_floats_are_compared_as_their_column_keeps_them():
    assert compared(np.array([0.1, 0.2]), "=", Decimal("0.1")).tolist() == [True, False]
