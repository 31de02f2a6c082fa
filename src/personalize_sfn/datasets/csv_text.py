"""CSV as Amazon Personalize reads it: into a frame of text, and from a frame to bytes.

UTF-8, the first line is the header and is not quoted, one record a line, text with commas or quotes stands in double
quotes, quotes inside are escaped with a backslash, booleans in lower case, an empty value is null.
https://docs.aws.amazon.com/personalize/latest/dg/preparing-training-data.html
"""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections import Counter
from os import PathLike
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeAlias

from personalize_sfn.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CsvSource", "csv_bytes", "read_csv", "source_name"]

CsvSource: TypeAlias = "str | PathLike[str] | IO[str] | IO[bytes]"
"""A path, or a file that is open for reading."""

_NEEDS_QUOTES = re.compile(r'[",\\\r\n]')


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """The frame as CSV; the same frame gives the same bytes, so the same MD5.  The index is not written."""
    cells = [_cells(frame[name]) for name in frame.columns]
    lines = map(",".join, zip(*cells, strict=True))
    return "\n".join([",".join(map(str, frame.columns)), *lines, ""]).encode()


def source_name(source: CsvSource) -> str:
    """What to call the source in a message."""
    if isinstance(source, str | PathLike):
        return Path(source).name
    return str(getattr(source, "name", None) or "the CSV")


def read_csv(source: CsvSource) -> pd.DataFrame:
    """Read every value as text, so that an id such as ``007`` or ``NA`` stays what it is; an empty value is null.

    The index says where a row stood: line of the file = index + 2.  Lines without any value are left out.  Quotes
    inside of quotes may be doubled, or escaped with a backslash.

    Raises:
        DataError: the file is missing, empty, not UTF-8, or a line has more values than the header; names the line.
    """
    import pandas as pd

    name = source_name(source)
    data = _read_bytes(source, name)
    header = _header(data, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(
                io.BytesIO(data),
                encoding="utf-8-sig",
                dtype=str,
                keep_default_na=False,
                na_values=[""],
                skip_blank_lines=False,
                # Only a file that escapes quotes uses the backslash as an escape; in others it is a character like any.
                escapechar="\\" if b'\\"' in data else None,
                index_col=False,
            )
    except UnicodeDecodeError as error:
        raise DataError(_encoding_problem(data, name)) from error
    except pd.errors.ParserWarning as error:
        raise DataError(f"{name}: lines have more values than the header, which is {','.join(header)}") from error
    except pd.errors.ParserError as error:
        raise DataError(f"{name}: {_broken_line(str(error))}") from error
    return frame.dropna(how="all")


def _read_bytes(source: CsvSource, name: str) -> bytes:
    if isinstance(source, str | PathLike):
        try:
            data: str | bytes = Path(source).read_bytes()
        except OSError as error:
            raise DataError(f"{source}: cannot be read: {error.strerror}") from error
    else:
        data = source.read()
    if isinstance(data, str):
        data = data.encode()
    if not data.strip():
        raise DataError(f"{name}: is empty; expected a header line and rows")
    return data


def _header(data: bytes, name: str) -> list[str]:
    first = data.split(b"\n", 1)[0].decode("utf-8-sig", "replace").rstrip("\r")
    header = next(csv.reader([first]), [])
    twice = [column for column, count in Counter(header).items() if count > 1]
    if twice:
        raise DataError(f"{name}: line 1: column {twice[0]!r} stands there twice; rename or remove one")
    if len(header) == 1:
        for separator, title in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if separator in first:
                raise DataError(f"{name}: line 1: expected values separated by commas, found {title}: {first[:80]!r}")
    return header


def _broken_line(problem: str) -> str:
    """What pandas' parser says, in terms of lines."""
    if found := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", problem):
        wanted, line, got = found.groups()
        return (
            f"line {line}: expected {wanted} values, found {got}; text that holds a comma must stand in double quotes"
        )
    if found := re.search(r"EOF inside string starting at row (\d+)", problem):
        return f"line {int(found[1]) + 1}: a double quote opens there and is never closed"
    return f"is no CSV: {problem}"


def _encoding_problem(data: bytes, name: str) -> str:
    for number, line in enumerate(data.split(b"\n"), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            where = f"line {number}, byte {error.start + 1}"
            return f"{name}: {where}: expected UTF-8, found byte 0x{line[error.start]:02x}; save the file as UTF-8"
    return f"{name}: expected UTF-8; save the file as UTF-8"


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
