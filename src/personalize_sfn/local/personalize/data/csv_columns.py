"""The columns of CSV files, gathered a block of rows at a time: memory holds the columns and one block, not the text.

https://docs.aws.amazon.com/personalize/latest/dg/data-prep-formatting.html
The texts of the failure reasons are AWS's where they are on record; what follows in brackets is ours: the spot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.engine.coded_column import CodedColumn, Column
from personalize_sfn.local.personalize.data.csv_lines import QUOTED_NOTHING, CsvLines, LineProblem, NotUtf8
from personalize_sfn.local.personalize.data.schemas import ID_FIELDS, ParsedSchema, SchemaField, own_columns
from personalize_sfn.local.personalize.data.tables import Table
from personalize_sfn.local.personalize.data.values import (
    CONVERTERS,
    DTYPES,
    Limits,
    TooLong,
    checked_text,
    converted_block,
    limits,
)
from personalize_sfn.local.personalize.wire.errors import WorkFailed

NOT_CONFORMING = (
    "Input csv has rows that do not conform to the dataset schema. Please ensure all required data fields are present "
    "and that they are of the type specified in the schema."
)


class Spot(NamedTuple):
    """Where the cells of a block stand."""

    file: str
    lines: Sequence[int]
    """Of each cell, counted from 1, which is the header."""


class Gathering:
    """The rows of one or more files, of one schema."""

    def __init__(self, schema: ParsedSchema) -> None:
        known, may_lack = limits(schema), _numbers_that_may_lack(schema)
        fields = [replace(field, nullable=field.nullable or field.name in may_lack) for field in schema.fields]
        self._columns = [
            (field, (_Numbers if _is_plain_number(field) else _Values)(field, known.get(field.name)))
            for field in fields
        ]
        self.rows = 0

    def add_file(self, content: BinaryIO, file: str) -> None:
        """Read a file.  Columns that the schema does not have are passed over.

        Raises:
            WorkFailed: with the text for failureReason.
        """
        try:
            lines = CsvLines(content)
            try:
                self._check_header(lines, file)
                places = [lines.header.index(field.name) for field, _ in self._columns]
                for block in lines.blocks(places):
                    for cells, (_, column) in zip(block.columns, self._columns, strict=True):
                        column.add(cells, Spot(file, block.lines))
                    self.rows += len(block.lines)
            finally:
                lines.close()
        except LineProblem as problem:
            raise WorkFailed(f"{NOT_CONFORMING} ({file}, {problem})") from None
        except NotUtf8 as problem:
            raise WorkFailed(f"{NOT_CONFORMING} ({file}: {problem})") from None

    def table(self) -> Table:
        """The columns by field name."""
        return {field.name: column.column() for field, column in self._columns}

    def _check_header(self, lines: CsvLines, file: str) -> None:
        counted = Counter(lines.header)
        quoted = '"' in lines.header_line
        hint = f" ({file}, row 1: the header must not stand in quotation marks)" if quoted else ""
        missing = [field.name for field, _ in self._columns if field.name not in counted]
        if missing:
            raise WorkFailed(f"Input CSV is missing the following columns:[{', '.join(missing)}].{hint}")
        if quoted:
            raise WorkFailed(NOT_CONFORMING + hint)
        twice = [field.name for field, _ in self._columns if counted[field.name] > 1]
        if twice:
            raise WorkFailed(f"{NOT_CONFORMING} ({file}, row 1: the column {twice[0]} is there more than once)")


class _Numbers:
    """A column of numbers or truth values without nulls."""

    def __init__(self, field: SchemaField, known: Limits | None) -> None:
        self._field, self._limits = field, known
        self._blocks: list[NDArray[Any]] = []

    def add(self, texts: Sequence[str], spot: Spot) -> None:
        try:
            numbers = converted_block(self._field.type, texts)
        except ValueError:
            self._name_the_wrong_one(texts, spot)
            raise
        if self._limits is not None and self._limits.wrong(numbers).any():
            self._name_the_wrong_one(texts, spot)
        self._blocks.append(numbers)

    def _name_the_wrong_one(self, texts: Sequence[str], spot: Spot) -> None:
        for text in texts:
            _converted(self._field, self._limits, text, texts, spot)

    def column(self) -> Column:
        return _taken(self._blocks) if self._blocks else np.empty(0, dtype=DTYPES[self._field.type])


class _Values:
    """A column of strings, or one that can be null: each different text is converted, checked and kept once."""

    def __init__(self, field: SchemaField, known: Limits | None) -> None:
        self._field, self._limits = field, known
        self._places: dict[str, int] = {}
        self._values: list[Any] = []
        self._blocks: list[NDArray[np.int32]] = []

    def add(self, texts: Sequence[str], spot: Spot) -> None:
        for text in dict.fromkeys(texts):
            if text not in self._places:
                self._values.append(_converted(self._field, self._limits, text, texts, spot))
                self._places[text] = len(self._places)
        self._blocks.append(np.fromiter(map(self._places.__getitem__, texts), dtype=np.int32, count=len(texts)))

    def column(self) -> Column:
        values = np.empty(len(self._values), dtype=object)
        values[:] = self._values
        return CodedColumn(values, _taken(self._blocks) if self._blocks else np.empty(0, dtype=np.int32))


def _taken(blocks: list[NDArray[Any]]) -> NDArray[Any]:
    """The blocks as one array; their memory is given back."""
    whole = np.concatenate(blocks)
    blocks.clear()
    return whole


def _is_plain_number(field: SchemaField) -> bool:
    return field.type != "string" and not field.nullable


def _numbers_that_may_lack(schema: ParsedSchema) -> set[str]:
    """An import of Items takes rows without a number though the schema requires it; here such a number is null then.

    Recorded of AWS for an int column (POC in a box, 2020).  Ids and times are not among them, nor are texts.
    """
    if schema.dataset_type != "ITEMS":
        return set()
    numeric = {field.name for field in schema.fields if field.type in ("int", "long", "float", "double")}
    return numeric.intersection(own_columns(schema))


def _converted(field: SchemaField, known: Limits | None, text: str, texts: Sequence[str], spot: Spot) -> Any:
    """The text's value; None where it is empty and may be.  ``texts`` and ``spot`` tell where it stands."""
    if not text or text == QUOTED_NOTHING:
        if field.nullable:
            return None
        if text and field.type == "string" and field.name not in ID_FIELDS:
            return ""  # "" in quotes is a text, if null cannot be meant
        problem: str | None = "empty, and the field is not nullable"
    else:
        try:
            if field.type == "string":
                return checked_text(field, text)
            value = CONVERTERS[field.type](text)
            problem = None if known is None else known.problem(value)
            if problem is None:
                return value
        except TooLong as error:
            raise WorkFailed(
                f"Length cannot be more than {error.longest} characters for {field.name}. "
                "If no values exceed the character limit, make sure your data follows the formatting guidelines listed "
                "in https://docs.aws.amazon.com/personalize/latest/dg/data-prep-formatting.html."
            ) from None
        except ValueError as error:
            expected = str(error) if field.type == "string" else field.type
            problem = f"expected {expected}, got {text[:50]!r}"
    row = spot.lines[texts.index(text)]
    raise WorkFailed(f"{NOT_CONFORMING} ({spot.file}, row {row}, {field.name}: {problem})")
