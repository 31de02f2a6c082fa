"""Other people's CSV files: quotes and backslashes, line ends, encodings, separators, and bytes that are no CSV."""

from __future__ import annotations

import io
import time
import tracemalloc
from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakes.csv_files import HEADER, ITEMS, loaded, refusal
from personalize_sfn.datasets import csv_bytes, load_csv
from personalize_sfn.datasets.csv_text import read_csv
from personalize_sfn.errors import DataError


@given(st.lists(st.text(st.sampled_from('\\"a,;| \t'), max_size=6), min_size=1, max_size=5))
@settings(max_examples=150, deadline=None)
def test_what_csv_bytes_writes_is_read_back(titles):
    frame = pd.DataFrame({"ITEM_ID": [str(n) for n in range(len(titles))], "TITLE": titles, "N": 1})
    assert [row[1] for row in loaded(csv_bytes(frame))] == [title or None for title in titles]


@pytest.mark.slow
@given(st.lists(st.text(st.sampled_from("\\a, "), min_size=1, max_size=6), min_size=1, max_size=5))
@settings(max_examples=150, deadline=None)
def test_what_pandas_writes_is_read_back(titles):
    """Other than for a file in which every backslash is doubled inside of quotes: that may be either."""
    titles = ["one \\ backslash, alone", *titles]
    frame = pd.DataFrame({"ITEM_ID": [str(n) for n in range(len(titles))], "TITLE": titles, "N": 1})
    assert [row[1] for row in loaded(frame.to_csv(index=False))] == titles


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_read(end):
    text = end.join(["ITEM_ID,TITLE,N", "1,a,1", '2,"b, ""c""",2', "", "3,d,3", ""])
    assert loaded(text) == [["1", "a", 1], ["2", 'b, "c"', 2], ["3", "d", 3]]
    assert loaded(text.removesuffix(end)) == loaded(text)


def test_line_ends_may_be_mixed():
    assert loaded("\r\nITEM_ID,TITLE,N\r1,a,1\n\r2,b,2\r\n\r\n\n3,c,3") == [["1", "a", 1], ["2", "b", 2], ["3", "c", 3]]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (HEADER + '1,"two\nlines",1\n2,b,many\n', 4),
        (HEADER + '1,"two\r\nlines",1\r\n2,b,many\r\n', 4),
        (HEADER.replace("\n", "\r") + "1,a,1\r2,b,many\r", 3),
        ("\n\n" + HEADER + "\n1,a,1\n\n\n2,b,many\n", 8),
        (HEADER + '\n"1","a",1\n\n\n2,b,many\n', 6),
        (HEADER + '1,"say \\"hi\\"\n",1\n2,C:\\x,many\n', 4),
    ],
)
def test_lines_are_those_of_the_file(text, line):
    assert f"  line {line}, column N: expected a whole number (long), found 'many'; " in refusal(text)


def test_the_header_is_named_by_its_line_too():
    assert "\n  line 3: expected the column ITEM_ID (Items need it), found only SKU, TITLE, N; " in refusal(
        "\n\nSKU,TITLE,N\n1,a,1\n"
    )


def test_a_line_break_in_a_column_that_is_left_out_does_no_harm():
    assert loaded('ITEM_ID,TITLE,N,TEXT\n1,a,1,"two\n\nlines"\n2,b,2,x\n') == [["1", "a", 1], ["2", "b", 2]]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (HEADER + "1,a,1,x\n", "line 2: expected 3 values, found 4"),
        (HEADER + "1,a,1\n\n2,a,1,\n", "line 4: expected 3 values, found 4"),
        (HEADER + '1,"two\nlines",1\n2,a,b,1\n', "line 4: expected 3 values, found 4"),
        (HEADER + '1,"two\nlines",1\n\n2,"a,1\n', "line 5: a double quote opens there and is never closed"),
        (f"{HEADER}1,{'x,' * 100_000}\n", "line 2: expected 3 values, found 100,002"),
        ("ITEM_ID,TITLE,TITLE\n1,a,b\n", "line 1: column 'TITLE' is there twice; rename or remove one"),
    ],
)
def test_a_row_that_does_not_fit_is_named_by_its_line(text, problem):
    assert refusal(text).startswith(f"the CSV: {problem}")


def test_columns_without_a_name_are_called_by_their_place():
    report = load_csv(io.StringIO("ITEM_ID,TITLE,N,,\n1,a,1,x,\n"), ITEMS).report
    assert report.notes == ("not in the schema, left out: column 4 (without a name), column 5 (without a name)",)


@given(
    st.binary(max_size=300) | st.text(st.sampled_from('ITEM_ID,TN\n\r";\\\t|\ufeff1é '), max_size=80).map(str.encode)
)
@example(b'ITEM_ID,TITLE,N\n1,"')
@example(b'ITEM_ID,TITLE,N\n1,"\\')
@example(b'"')
@example(b",")
@example(b"\r\x00")
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_a_table_or_a_sentence(data):
    try:
        table = read_csv(io.BytesIO(data), ["ITEM_ID", "TITLE"])
    except DataError:
        pass
    else:
        assert len(table.lines(table.frame.index)) == len(table.frame)
    assert len(outcome(data)) <= 2_000


NASTY: dict[str, Callable[[int], bytes]] = {
    "names of columns": lambda size: b",".join(b"c%d" % n for n in range(size // 8)) + b"\n1\n",
    "columns without a name": lambda size: b"x," * (size // 2),
    "one name": lambda size: b"x" * size,
    "separators": lambda size: b";" * (size // 2) + b"|" * (size // 2),
    "a wide row": lambda size: HEADER.encode() + b"1," * (size // 2),
    "quotes": lambda size: b'"' * (size | 1),
    "quotes and commas": lambda size: b'",' * (size // 2),
    "escaped quotes": lambda size: b'a,b\n"\\"' + b',"\\",' * (size // 5),
    "backslashes in quotes": lambda size: b'a,b\n"' + b"\\" * size,
    "lines in quotes": lambda size: b"ITEM_ID,TITLE,N\n" + b'"\n' * (size // 2),
    "blank lines": lambda size: HEADER.encode() + b"\n" * size,
    "blank lines of Windows and quotes": lambda size: HEADER.encode() + b'"1",a,1' + b"\r\n" * (size // 2),
    "blank lines of an old Mac": lambda size: b"ITEM_ID,TITLE,N\r" + b"\r" * size,
    "a giant value": lambda size: HEADER.encode() + b"1," + b"x" * size + b",1\n",
    "a giant number": lambda size: HEADER.encode() + b"1,a," + b"9" * size + b"\n",
    "a giant name of a column": lambda size: b"ITEM_ID,TITLE,N," + b"x" * size + b"\n1,a,1,\n",
    "no line ends": lambda size: b"1,2,3," * (size // 6),
}
"""Files of about so many bytes."""


def outcome(data: bytes) -> str:
    try:
        load_csv(io.BytesIO(data), ITEMS)
    except DataError as error:
        return str(error)
    return "a table"


@pytest.mark.slow
@pytest.mark.parametrize("make", NASTY.values(), ids=NASTY)
def test_nasty_files_take_time_by_their_size_and_short_messages(make):
    data = make(1_500_000)
    began = time.process_time()
    assert len(outcome(data)) <= 2_000
    assert time.process_time() - began < 15  # a second or two; what is quadratic takes minutes


@pytest.mark.slow
@pytest.mark.parametrize("make", NASTY.values(), ids=NASTY)
def test_nasty_files_take_memory_by_their_size(make):
    data = make(150_000)
    tracemalloc.start()
    try:
        outcome(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 25 * len(data) + 2_000_000
