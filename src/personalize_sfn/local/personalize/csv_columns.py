"""The columns of CSV files, gathered a block of rows at a time: memory holds the columns and one block, not the text.

https://docs.aws.amazon.com/personalize/latest/dg/data-prep-formatting.html
The texts of the failure reasons are AWS's where they are on record; what follows in brackets is ours: the spot.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.local.personalize.api_errors import WorkFailed
from personalize_sfn.local.personalize.coded import Coded, Column
from personalize_sfn.local.personalize.schemas import Field, Schema
from personalize_sfn.local.personalize.tables import Table

BLOCK = 10_000
"""Rows that are held as text at a time."""
LONGEST_ID, LONGEST_STRING, LONGEST_TEXTUAL = 256, 1000, 20_000
"""Characters: https://docs.aws.amazon.com/personalize/latest/dg/limits.html.  Longer textual values are cut."""
_IDS = ("USER_ID", "ITEM_ID", "ACTION_ID")

NOT_CONFORMING = (
    "Input csv has rows that do not conform to the dataset schema. Please ensure all required data fields are present "
    "and that they are of the type specified in the schema."
)


class Spot(NamedTuple):
    """Where a block of rows begins."""

    file: str
    row: int
    """Counted from 1, which is the header."""


class Gathering:
    """The rows of one or more files, of one schema."""

    def __init__(self, schema: Schema) -> None:
        self._columns = [
            (field, _Numbers(field) if _is_plain_number(field) else _Values(field)) for field in schema.fields
        ]
        self.rows = 0

    def add_file(self, content: BinaryIO, file: str) -> None:
        """Read a file: UTF-8, a header, a row a line.  Columns that the schema does not have are passed over.

        Raises:
            WorkFailed: with the text for failureReason.
        """
        # Inner quotes are escaped by a backslash; doubled quotes, which most programs write, are read too.
        lines = io.TextIOWrapper(content, "utf-8-sig", newline="")
        reader = csv.reader(lines, escapechar="\\")
        try:
            header = next(reader, [])
            missing = [field.name for field, _ in self._columns if field.name not in header]
            if missing:
                raise WorkFailed(f"Input CSV is missing the following columns:[{', '.join(missing)}].")
            self._add_rows(filter(None, reader), header, file)
        except UnicodeDecodeError:
            raise WorkFailed(f"{NOT_CONFORMING} ({file}: byte {_first_bad_byte(content)} is no UTF-8)") from None
        except csv.Error as error:
            raise WorkFailed(f"{NOT_CONFORMING} ({file}, line {reader.line_num}: {error})") from error
        finally:
            lines.detach()

    def table(self) -> Table:
        """The columns by field name."""
        return {field.name: column.column() for field, column in self._columns}

    def _add_rows(self, rows: Iterator[list[str]], header: list[str], file: str) -> None:
        places = [header.index(field.name) for field, _ in self._columns]
        spot = Spot(file, 2)
        while block := list(islice(rows, BLOCK)):
            for number, row in enumerate(block, spot.row):
                if len(row) != len(header):
                    problem = f"{len(row)} values, the header has {len(header)}"
                    raise WorkFailed(f"{NOT_CONFORMING} ({file}, row {number}: {problem})")
            columns = list(zip(*block, strict=True))
            for place, (_, column) in zip(places, self._columns, strict=True):
                column.add(columns[place], spot)
            self.rows += len(block)
            spot = Spot(file, spot.row + len(block))


class _Numbers:
    """A column of numbers or truth values without nulls."""

    def __init__(self, field: Field) -> None:
        self._field = field
        self._blocks: list[NDArray[Any]] = []

    def add(self, texts: Sequence[str], spot: Spot) -> None:
        convert, dtype = CONVERTERS[self._field.type], _DTYPES[self._field.type]
        try:
            self._blocks.append(np.array(list(map(convert, texts)), dtype=dtype))
        except ValueError:
            for text in texts:
                _converted(self._field, text, texts, spot)
            raise

    def column(self) -> Column:
        return _taken(self._blocks) if self._blocks else np.empty(0, dtype=_DTYPES[self._field.type])


class _Values:
    """A column of strings, or one that can be null: each different text is converted, checked and kept once."""

    def __init__(self, field: Field) -> None:
        self._field = field
        self._places: dict[str, int] = {}
        self._values: list[Any] = []
        self._blocks: list[NDArray[np.int32]] = []

    def add(self, texts: Sequence[str], spot: Spot) -> None:
        for text in dict.fromkeys(texts):
            if text not in self._places:
                self._values.append(_converted(self._field, text, texts, spot))
                self._places[text] = len(self._places)
        self._blocks.append(np.fromiter(map(self._places.__getitem__, texts), dtype=np.int32, count=len(texts)))

    def column(self) -> Column:
        values = np.empty(len(self._values), dtype=object)
        values[:] = self._values
        return Coded(values, _taken(self._blocks) if self._blocks else np.empty(0, dtype=np.int32))


def _taken(blocks: list[NDArray[Any]]) -> NDArray[Any]:
    """The blocks as one array; their memory is given back."""
    whole = np.concatenate(blocks)
    blocks.clear()
    return whole


def _is_plain_number(field: Field) -> bool:
    return field.type != "string" and not field.nullable


def _converted(field: Field, text: str, texts: Sequence[str], spot: Spot) -> Any:
    """The text's value; None where it is empty and may be.  ``texts`` and ``spot`` tell where it stands."""
    if not text:
        if field.nullable:
            return None
        problem = "empty, and the field is not nullable"
    else:
        try:
            return _checked_length(field, text) if field.type == "string" else CONVERTERS[field.type](text)
        except ValueError:
            problem = f"expected {field.type}, got {text[:50]!r}"
    row = spot.row + texts.index(text)
    raise WorkFailed(f"{NOT_CONFORMING} ({spot.file}, row {row}, {field.name}: {problem})")


def _checked_length(field: Field, text: str) -> str:
    if field.textual:
        return text[:LONGEST_TEXTUAL]
    longest = LONGEST_ID if field.name in _IDS else LONGEST_STRING
    if len(text) > longest:
        raise WorkFailed(
            f"Length cannot be more than {longest} characters for {field.name}. "
            "If no values exceed the character limit, make sure your data follows the formatting guidelines listed in "
            "https://docs.aws.amazon.com/personalize/latest/dg/data-prep-formatting.html."
        )
    return text


def _first_bad_byte(content: BinaryIO) -> int:
    content.seek(0)
    whole = content.read()
    try:
        whole.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return error.start
    return len(whole)


def _whole(bits: int) -> Callable[[str], int]:
    lowest, highest = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1

    def convert(text: str) -> int:
        number = int(text)
        if not lowest <= number <= highest or "_" in text:  # Python reads 1_000
            raise ValueError(text)
        return number

    return convert


def _fraction(text: str) -> float:
    number = float(text)
    if not math.isfinite(number) or "_" in text:
        raise ValueError(text)
    return number


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


CONVERTERS: dict[str, Callable[[str], Any]] = {
    "int": _whole(32),
    "long": _whole(64),
    "float": _fraction,
    "double": _fraction,
    "boolean": _boolean,
}
"""From a text to a value of a type; ValueError for what is none."""
_DTYPES = {"int": np.int64, "long": np.int64, "float": np.float64, "double": np.float64, "boolean": np.bool_}
