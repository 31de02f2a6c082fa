"""Values of a CSV where they stand in its bytes."""

import numpy as np
import pytest

from personalize_sfn.datasets.fields import grid_of, padded


def test_a_grid_finds_each_value_and_writes_chosen_columns_of_chosen_rows():
    grid = grid_of("1;é;\n22;;x\n;;\n".encode(), 3, b";")
    assert grid is not None
    assert [grid.column(place).texts() for place in range(3)] == [["1", "22", ""], ["é", "", ""], ["", "x", ""]]
    assert grid.lines([2, 0]) == b",1\nx,22\n,\n"
    assert grid.lines([0, 1, 2], np.array([False, True, False])) == b"22,,x\n"
    assert grid.empty_rows().tolist() == [False, False, True]


@pytest.mark.parametrize("body", [b"1,2\n3\n", b"1,2,3\n4,5\n6\n", b'"1",2\n', b"1,2\r\n", b"1\n2,3,4\n"])
def test_rows_of_other_widths_and_quotes_are_no_grid(body):
    assert grid_of(body, 2, b",") is None


@pytest.mark.parametrize("digits", [1, 7, 8, 9, 15, 16])
def test_whole_numbers_of_up_to_sixteen_digits_are_read_as_python_reads_them(digits):
    texts = ["0" * digits, "9" * digits, "1234567890123456"[:digits], "7"]
    assert padded([text.encode() for text in texts]).numbers().tolist() == [int(text) for text in texts]


@pytest.mark.parametrize("text", ["", "-1", "1.0", "1e3", "12345678901234567", "1/", "1:", " 1", "\u0661"])
def test_anything_else_is_not_read_as_a_whole_number(text):
    assert padded([b"1", text.encode()]).numbers() is None


def test_floats_are_read_as_python_reads_them_and_null_is_nan():
    texts = ["1", "-2.50", "3e2", "1E-7", ".5", "0.1234567890123456789"]
    found = padded([text.encode() for text in [*texts, ""]]).floats()
    assert found[:-1].tolist() == [float(text) for text in texts]
    assert np.isnan(found[-1])


@pytest.mark.parametrize("text", ["nan", "inf", "1e999", "1_0", "0x1", "1.2.3", "1" * 25])
def test_what_is_no_plain_number_is_not_read_as_a_float(text):
    assert padded([text.encode()]).floats() is None


def test_the_same_text_has_the_same_hashes_wherever_it_stands():
    texts = ["a", "b", "ab", "12345678", "123456789", "1234567890123456", "12345678901234567", "é", ""]
    alone = [tuple(hashes[0] for hashes in padded([text.encode()]).hashes()) for text in texts]
    together = padded([text.encode() for text in texts]).hashes()
    assert list(zip(*together, strict=True)) == alone
    assert len(set(alone)) == len(texts)


def test_a_leading_zero_is_seen_only_before_another_byte():
    assert [padded([b"1", text]).has_leading_zero() for text in (b"0", b"01", b"10")] == [False, True, False]
