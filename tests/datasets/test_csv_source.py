"""Tests of ``csv_source``: the bytes of a CSV, from a path or an open file, as UTF-8."""

from __future__ import annotations

import io

import pytest

from fakes.csv_files import HEADER, ITEMS, refusal
from personalize_sfn.datasets import load_csv
from personalize_sfn.errors import DataError


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_says_the_encoding(encoding):
    text = HEADER + "1,Amélie 電影 🎬,1\n"
    prepared = load_csv(io.BytesIO(text.encode(encoding)), ITEMS)
    assert prepared.frame["TITLE"].tolist() == ["Amélie 電影 🎬"]
    converted = f"converted from {encoding.upper()}"
    assert prepared.report.notes == ((converted,) if encoding in {"utf-16", "utf-32"} else ())


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\xff\xfeI", "begins as UTF-16 does, but is not"),
        (
            HEADER.encode() + b"1,caf\xe9,1\n",
            "line 2, column TITLE, byte 6: expected UTF-8, found byte 0xe9 ('é' in La",
        ),
        (b"\xc3(\n1\n", "line 1, byte 1: expected UTF-8, found byte 0xc3"),
        (HEADER.encode() + b"1,a\0b,1\n", "line 2, column TITLE, byte 4: expected text, found the NUL character"),
        (
            (HEADER + "1,a,1\n").encode("utf-16-le"),
            "line 1, byte 2: expected text, found the NUL character (byte 0x00); ",
        ),
        (b"PK\x03\x04rest", "expected a CSV, found a zip or an Excel workbook"),
        (b"\x1f\x8brest", "expected a CSV, found a file compressed by gzip: unpack it"),
        (b"\xef\xbb\xbf", "is empty; expected a header line and rows"),
        (b"\n \r\n\t\n", "is empty; expected a header line and rows"),
    ],
)
def test_what_is_no_text_is_named(data, problem):
    assert refusal(data).startswith(f"the CSV: {problem}")


def test_a_text_file_with_half_a_character_is_refused():
    with pytest.raises(DataError, match=r"^the CSV: line 2: expected text that UTF-8 can hold, found '\\ud83d', half"):
        load_csv(io.StringIO(HEADER + "1,\ud83d,1\n"), ITEMS)
