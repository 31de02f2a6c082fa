"""CSV as Amazon Personalize reads it: into a frame of text, and from a frame to bytes.

UTF-8, the first line is the header and is not quoted, one record a line, text with commas or quotes stands in double
quotes, quotes inside are escaped with a backslash, booleans in lower case, an empty value is null.
https://docs.aws.amazon.com/personalize/latest/dg/preparing-training-data.html
"""

from __future__ import annotations

import io
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from personalize_sfn.datasets import csv_dialect
from personalize_sfn.datasets.csv_source import CsvSource, first_problem, read_bytes, source_name
from personalize_sfn.datasets.naming import listed, shown
from personalize_sfn.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "BrokenRowsError",
    "CsvTable",
    "broken",
    "check_first_row",
    "csv_bytes",
    "header_of",
    "parsed",
    "place_of",
    "read_csv",
]

_HALF = re.compile("[\ud800-\udfff]")
_NEEDS_QUOTES = re.compile(r'[",\\\r\n]')


class BrokenRowsError(Exception):
    """A row has more values than the header, or a quote is never closed."""


@dataclass(frozen=True, slots=True)
class CsvTable:
    """The rows of a CSV as text."""

    frame: pd.DataFrame
    """Every value as str, an empty one as null.  Rows without any value are left out; the index counts the rows of the
    file from 0, blank lines not counted."""
    rows_read: int
    """Lines without any value counted, the header not."""
    notes: tuple[str, ...]
    """What a reader should know: another separator than the comma, another encoding than UTF-8, ..."""
    header_line: int
    """The line of the file with the columns' names, counted from 1."""
    _data: bytes
    _separator: bytes

    def lines(self, rows: Iterable[int]) -> dict[int, int]:
        """The line of the file on which each of ``rows`` (labels of the index) begins, counted from 1."""
        wanted = set(rows)
        if not wanted:
            return {}
        if b'"' not in self._data and csv_dialect.tidy(self._data, self._separator)[1] == 0:
            return {row: row + 2 for row in wanted}
        found = {}
        for number, row in enumerate(csv_dialect.rows_of(self._data, self._separator), start=-1):
            if number in wanted:
                found[number] = row.line
                if len(found) == len(wanted):
                    break
        return found


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """The frame as CSV; the same frame gives the same bytes, so the same MD5.  The index is not written.

    Raises:
        DataError: a text, which ``prepare`` would have refused, cannot be written as UTF-8; names row and column.
    """
    cells = [_cells(frame[name]) for name in frame.columns]
    lines = map(",".join, zip(*cells, strict=True))
    text = "\n".join([",".join(map(str, frame.columns)), *lines, ""])
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise DataError(_unfit_cell(frame, cells)) from error


def read_csv(source: CsvSource, wanted: Sequence[str] = ()) -> CsvTable:
    """Read every value as text, so that an id such as ``007`` or ``NA`` stays what it is; an empty value is null.

    Values are separated by commas, or by semicolons, tabs or bars where the file says so.  Quotes inside of quotes may
    be doubled, or escaped with a backslash.

    Args:
        source: a path, or an open file.
        wanted: columns that are looked for; they tell which separator is the right one.

    Raises:
        DataError: the file is missing, empty, not UTF-8, or a line has more values than the header; names the line.
    """
    name = source_name(source)
    data, notes = read_bytes(source, name)
    separator = csv_dialect.separator_of(data, [each.encode("utf-8", "replace") for each in wanted])
    problem = first_problem(data)
    if problem is not None:
        raise DataError(f"{name}: {place_of(data, problem[0], separator)}: {problem[1]}")
    if separator != b",":
        notes += (f"values are separated by {csv_dialect.SEPARATORS[separator]}",)
    data, escaped = csv_dialect.without_escapes(data, separator)
    if escaped:
        notes += (r'inside of quotes \" was read as " and \\ as \, as Personalize does',)
    header_line, header = header_of(data, name, separator)
    check_first_row(data, name, separator, header)
    rows, blank = csv_dialect.tidy(data, separator)
    try:
        frame = parsed(rows, header, separator)
    except BrokenRowsError as error:
        raise broken(data, name, separator, header, error) from error
    return CsvTable(frame.dropna(how="all"), len(frame) + blank, notes, header_line, data, separator)


def parsed(rows: bytes, header: Sequence[str], separator: bytes) -> pd.DataFrame:
    """The rows below their header, every value as text, an empty one as null.

    Args:
        rows: the first one is the header.
        header: the columns.
        separator: of values.

    Raises:
        BrokenRowsError: a row has more values than the header, or a quote is never closed.
    """
    import pandas as pd

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(
                io.BytesIO(rows),
                sep=separator.decode(),
                names=list(header),
                header=0,
                encoding="utf-8",
                dtype=str,
                keep_default_na=False,
                na_values=[""],
                skip_blank_lines=False,
                index_col=False,
            )
    except (pd.errors.ParserWarning, pd.errors.ParserError) as error:
        raise BrokenRowsError(str(error)) from error


def broken(
    data: bytes, name: str, separator: bytes, header: Sequence[str], error: Exception, *, line: int = 1
) -> DataError:
    """The error to raise for rows that pandas refuses: names the first line that is wrong.

    Args:
        line: of the file, on which the data begin.
    """
    return DataError(f"{name}: {_broken_row(data, separator, header, line) or f'is no CSV: {shown(error)}'}")


def header_of(data: bytes, name: str, separator: bytes) -> tuple[int, list[str]]:
    """The line and the names of the columns; one without a name is called by its place."""
    found = [each.decode() for each in csv_dialect.header_of(data, separator)]
    line = next(csv_dialect.rows_of(data, separator)).line
    if len(found) > csv_dialect.MAX_COLUMNS:
        raise DataError(
            f"{name}: line {line}: has more than {csv_dialect.MAX_COLUMNS:,} columns, beginning with "
            f"{listed(found[:3])}; expected one line with the names of the columns, then a line for each row"
        )
    header = [each or f"column {place} (without a name)" for place, each in enumerate(found, start=1)]
    twice = [column for column, count in Counter(header).items() if count > 1]
    if twice:
        raise DataError(f"{name}: line {line}: column {shown(twice[0])} is there twice; rename or remove one")
    return line, header


def place_of(data: bytes, at: int, separator: bytes, *, header: Sequence[str] | None = None, line: int = 1) -> str:
    """Line, column and byte of the line.

    Args:
        data: the text, or a part of it that begins with a line.
        at: the byte.
        separator: of values.
        header: the columns; None where the text begins with them.
        line: of the file, on which the text begins.
    """
    begins = max(data.rfind(b"\n", 0, at), data.rfind(b"\r", 0, at)) + 1
    value = csv_dialect.header_of(data[begins : at + 1], separator)
    column = ""
    if header is None:
        columns = [each.decode("utf-8", "replace") for each in csv_dialect.header_of(data, separator)]
    else:
        columns = list(header)
    if (begins or line > 1) and len(value) <= len(columns) <= csv_dialect.MAX_COLUMNS:
        column = f", column {shown(columns[len(value) - 1], quotes='')}"
    return f"line {line + csv_dialect.line_ends(data[:begins])}{column}, byte {at - begins + 1}"


def check_first_row(data: bytes, name: str, separator: bytes, header: Sequence[str]) -> None:
    """pandas makes as many columns as the first row has values; one empty value more is a separator at the line's end.

    Raises:
        DataError: it has more values than the header.
    """
    for row in islice(csv_dialect.rows_of(data, separator), 1, 2):
        if row.values > len(header) + 1:
            raise DataError(f"{name}: {_too_many(row, separator, header)}")


def _too_many(row: csv_dialect.CsvRow, separator: bytes, header: Sequence[str]) -> str:
    return (
        f"line {row.line}: expected {len(header)} values, found {row.values:,}; text that holds a "
        f"{csv_dialect.SEPARATORS[separator][:-1]} must stand in double quotes"
    )


def _broken_row(data: bytes, separator: bytes, header: Sequence[str], line: int) -> str:
    """The first row that has too many values, or a quote that is never closed."""
    for found in csv_dialect.rows_of(data, separator):
        row = replace(found, line=found.line + line - 1)
        if csv_dialect.is_open(data[row.start : row.end], separator):
            return f"line {row.line}: a double quote opens there and is never closed"
        if row.values > len(header):
            return _too_many(row, separator, header)
    return ""


def _unfit_cell(frame: pd.DataFrame, cells: Sequence[Sequence[str]]) -> str:
    for column, texts in zip(frame.columns, cells, strict=True):
        for row, text in enumerate(texts):
            if _HALF.search(text):
                where = f"row {shown(frame.index[row], 40, quotes='')}, column {shown(column, quotes='')}"
                return f"{where}: expected text that UTF-8 can hold, found {shown(text)}"
    return "expected names of columns that UTF-8 can hold"


def _cells(column: pd.Series) -> list[str]:
    import pandas as pd

    null = column.isna().tolist()
    if pd.api.types.is_bool_dtype(column.dtype):
        cells = column.map({True: "true", False: "false"}).tolist()
    elif pd.api.types.is_numeric_dtype(column.dtype):
        # str of a Python float is the shortest text that reads back as the same number.
        cells = [str(value) for value in column.tolist()]
    else:
        texts = map(str, column.tolist())
        cells = [_quoted(text) if _NEEDS_QUOTES.search(text) else text for text in texts]
    return ["" if empty else cell for cell, empty in zip(cells, null, strict=True)] if any(null) else cells


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
