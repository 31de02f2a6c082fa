"""Tests of ``csv_lines``: the lines of a CSV file as Amazon Personalize reads them, a block at a time."""

from __future__ import annotations

import tracemalloc
from io import BytesIO

import pytest

from fakes.csv_columns import FIELDS, problem, rows
from fakes.personalize_aws import avro
from personalize_sfn.local.personalize.data.csv_columns import Gathering
from personalize_sfn.local.personalize.data.schemas import read_schema
from personalize_sfn.local.personalize.wire.errors import WorkFailed


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ["", "\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_any_line_end_ends_a_record(end: str, last: str, bom: str) -> None:
    text = bom + end.join(["ITEM_ID,T,N", "1,a,1", "", "2,b,2"]) + last
    assert rows(text) == [("1", "a", 1), ("2", "b", 2)]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("C:\\new\\table", "C:\\new\\table"),
        ('"C:\\new"', "C:\\new"),
        ('"C:\\\\new"', "C:\\new"),
        ("ends \\", "ends \\"),
        ('"ends \\\\"', "ends \\"),
        ('"say \\"hi\\", he said"', 'say "hi", he said'),
        ('"say ""hi"", he said"', 'say "hi", he said'),
        ('6" nail', '6" nail'),
        ('""""', '"'),
        (" padded ", " padded "),
        ("a\u2028b\x85c\x0bd", "a\u2028b\x85c\x0bd"),
        ("購入 😀", "購入 😀"),
        ("", None),
        ('""', None),
        ("NULL", "NULL"),
        ("NaN", "NaN"),
    ],
)
def test_a_text_is_read_as_it_is_written(cell: str, value: str | None) -> None:
    assert rows(f'ITEM_ID,T,N\n1,{cell},1\n2,"x",2\n') == [("1", value, 1), ("2", "x", 2)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '"ITEM_ID","T",N\n1,a,1\n',
            "Input CSV is missing the following columns:[ITEM_ID, T]. "
            "(a.csv, row 1: the header must not stand in quotation marks)",
        ),
        ('ITEM_ID,T,N,"X"\n1,a,1,\n', "(a.csv, row 1: the header must not stand in quotation marks)"),
        ("item_id,T,N\n1,a,1\n", "Input CSV is missing the following columns:[ITEM_ID]."),
        ("ITEM_ID, T,N\n1,a,1\n", "Input CSV is missing the following columns:[T]."),
        ("\nITEM_ID,T,N\n1,a,1\n", "Input CSV is missing the following columns:[ITEM_ID, T, N]."),
        ("\ufeff", "Input CSV is missing the following columns:[ITEM_ID, T, N]."),
        ("ITEM_ID;T;N\n1;a;1\n", "Input CSV is missing the following columns:[ITEM_ID, T, N]."),
        ("ITEM_ID,T,N,T\n1,a,1,b\n", "(a.csv, row 1: the column T is there more than once)"),
        ("ITEM_ID,T,N\n1,a,1,\n", "(a.csv, row 2: 4 values, the header has 3)"),
        ("ITEM_ID,T,N\n\n\n1,a\n", "(a.csv, row 4: 2 values, the header has 3)"),
        ('ITEM_ID,T,N\n1,"two\nlines",1\n', "(a.csv, row 2: a double quote opens a value and does not close"),
        ('ITEM_ID,T,N\n1,"two\rlines",1\n', "(a.csv, row 2: a double quote opens a value and does not close"),
        ('ITEM_ID,T,N\n1,"a \\",1\n', "(a.csv, row 2: a double quote opens a value and does not close"),
        ('ITEM_ID,T,N\n1,"a" b,1\n', "(a.csv, row 2: expected a comma after the double quote that closes, got ' '"),
        ("ITEM_ID,T,N\n1\0,a,1\n", "(a.csv, row 2, ITEM_ID: expected an id without NUL characters, got '1\\x00')"),
        ('ITEM_ID,T,N\n"",a,1\n', "(a.csv, row 2, ITEM_ID: empty, and the field is not nullable)"),
    ],
)
def test_what_is_no_file_of_records_is_refused_with_the_row(text: str, said: str) -> None:
    assert problem(text).startswith(said)


def test_a_byte_that_is_no_utf_8_is_named_wherever_it_stands() -> None:
    assert problem(b"ITEM_ID,T,N\n" + b"1,a,1\n" * 50_000 + b"2,\xe9,2\n") == "(a.csv: byte 300014 is no UTF-8)"


@pytest.mark.parametrize(
    "data",
    [
        b"ITEM_ID,T,N\n" + b"\n" * 1_000_000,
        b"ITEM_ID,T,N\n1," + b"x" * 1_000_000 + b",1\n",
        b'ITEM_ID,T,N\n1,"' + b'""' * 250_000 + b"\n",
        b'ITEM_ID,T,N\n1,"' + b"\\" * 499_999 + b'",1\n',
        b"ITEM_ID,T,N" + b",X" * 250_000 + b"\n1,a,1\n",
        b"\r" * 1_000_000,
        b"," * 1_000_000,
        b"\xff" * 1_000_000,
        b"ITEM_ID,T,N\n" + b'"\n' * 250_000,
    ],
    ids=[
        "blank lines",
        "long text",
        "quotes",
        "backslashes",
        "wide header",
        "CR",
        "commas",
        "bad bytes",
        "open quotes",
    ],
)
def test_any_bytes_take_memory_in_proportion(data: bytes) -> None:
    gathering = Gathering(read_schema(avro(name="Items", fields=FIELDS)))
    tracemalloc.start()
    try:
        gathering.add_file(BytesIO(data), "a.csv")
    except WorkFailed as failed:
        assert len(str(failed)) < 1000  # noqa: PT017 - whether it fails depends on the data
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 100 * len(data)
