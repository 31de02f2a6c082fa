"""A table in files as parts that fit in memory: rows with columns as the schema calls them, and where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd

from personalize_sfn.datasets import csv_dialect
from personalize_sfn.datasets.column_names import new_names
from personalize_sfn.datasets.csv_blocks import BLOCK_BYTES, CsvBlock, CsvBlocks
from personalize_sfn.datasets.csv_text import BrokenRowsError, broken, parsed
from personalize_sfn.datasets.fields import Grid, grid_of
from personalize_sfn.datasets.naming import listed
from personalize_sfn.errors import DataError

__all__ = ["CsvParts", "Part", "Parts"]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Some rows, with the bytes in which their values are, or else as a frame."""

    columns: Sequence[str]
    """As the schema calls them."""
    values: Grid | pd.DataFrame
    """All rows with a value; of a frame the index counts rows of the part from 0."""
    rows: int
    """Rows that were read for it."""
    blank: int
    """Those of them that were blank lines."""
    size: int
    """About how many bytes of the files it is."""
    first_row: int
    """How many rows of all files are before it, blank lines not counted."""
    may_stay: bool = False
    """Text of the grid needs no quotes, nor has any."""

    def series(self, column: str) -> pd.Series:
        """A column as pandas has it, every value as text, an empty one as null; indexed by the row of the part."""
        if isinstance(self.values, pd.DataFrame):
            found: pd.Series = self.values[column]
            return found
        texts = self.values.column(self.columns.index(column)).texts()
        return pd.Series([text or None for text in texts], dtype="str", name=column)


@dataclass(frozen=True, slots=True)
class _Begin:
    row: int
    """The first row of a block among all rows of all files, blank lines not counted."""
    file: int
    line: int
    """On which it begins."""
    is_plain: bool


class Parts(Protocol):
    """A table in files."""

    @property
    def name(self) -> str:
        """What to call the files together."""

    @property
    def columns(self) -> Sequence[str]:
        """As the schema calls them."""

    @property
    def header(self) -> str:
        """What to call the place of the columns' names."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of the form of what was read."""

    def __iter__(self) -> Iterator[Part]: ...

    def where(self, rows: Iterable[int]) -> list[str]:
        """What to call these rows of all files, blank lines not counted."""


class CsvParts:
    """The rows of one or more CSV files with the same columns.

    Args:
        paths: the files.
        wanted: columns that are looked for.
        columns: ``{name in the files: name in the schema}``.
        name: what to call the files together.
        all_columns_needed: else a column may have its new name already.
        block_bytes: about how long a part is.

    Raises:
        DataError: a file is no CSV, or has other columns than the first one.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        wanted: Sequence[str],
        columns: Mapping[str, str],
        name: str,
        *,
        all_columns_needed: bool = True,
        block_bytes: int = BLOCK_BYTES,
    ) -> None:
        self.name = name
        self._files = [CsvBlocks(path, [*wanted, *columns], block_bytes=block_bytes) for path in paths]
        self._begins: list[_Begin] = []
        first = self._files[0]
        for file in self._files[1:]:
            if file.header != first.header:
                raise DataError(
                    f"{file.name}: line {file.header_line}: expected the same columns in each file of {name}, "
                    f"{listed(first.header)} as in {first.name}, found {listed(file.header)}"
                )
        self.columns = new_names(first.header, columns, name, all_needed=all_columns_needed)
        """As the schema calls them."""

    @property
    def header(self) -> str:
        """What to call the place of the columns' names."""
        line = f"line {self._files[0].header_line}"
        return line if len(self._files) == 1 else f"{self._files[0].name}: {line}"

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(note for file in self._files for note in file.notes))

    def __iter__(self) -> Iterator[Part]:
        row = 0
        self._begins = []
        for number, file in enumerate(self._files):
            for block in file:
                self._begins.append(_Begin(row, number, block.line, block.is_plain))
                part = self._part(file, block, row)
                row += part.rows - part.blank
                yield part

    def _part(self, file: CsvBlocks, block: CsvBlock, first_row: int) -> Part:
        body = block.rows[block.body :]
        if body and not body.endswith(b"\n"):
            body += b"\n"
        grid = grid_of(body, len(file.header), file.separator)
        if grid is not None and not grid.empty_rows().any():
            plain = b"\\" not in body and (file.separator == b"," or b"," not in body)
            return Part(self.columns, grid, len(grid.starts) + block.blank, block.blank, block.size, first_row, plain)
        try:
            frame = parsed(block.rows, file.header, file.separator)
        except BrokenRowsError as error:
            # The first block's text has a header, and the others' have none: one line less is before their first row.
            raise broken(block.text, file.name, file.separator, file.header, error, line=block.line) from error
        rows = len(frame)
        frame = frame.dropna(how="all").set_axis(self.columns, axis=1)
        return Part(self.columns, frame, rows + block.blank, block.blank, block.size, first_row)

    def where(self, rows: Iterable[int]) -> list[str]:
        """What to call these rows of all files, blank lines not counted."""
        wanted = list(rows)
        starts = [begin.row for begin in self._begins]
        places = {row: self._begins[int(np.searchsorted(starts, row, side="right")) - 1] for row in wanted}
        lines: dict[int, int] = {}
        for row, begin in places.items():
            if begin.is_plain:
                is_first = begin.line == 1
                lines[row] = begin.line + (row - begin.row) + is_first
        walked = {row: begin for row, begin in places.items() if row not in lines}
        for number in {begin.file for begin in walked.values()}:
            file = self._files[number]
            begins = {begin.line: begin for begin in walked.values() if begin.file == number}
            for block in file:
                if block.line not in begins:
                    continue
                start = begins[block.line].row
                header = 1 if block.line == 1 else 0
                for row, found in enumerate(csv_dialect.rows_of(block.text, file.separator), start=start - header):
                    if row >= start and row in walked:
                        lines[row] = block.line + found.line - 1
        several = len(self._files) > 1
        return [(f"{self._files[places[row].file].name}: " if several else "") + f"line {lines[row]}" for row in wanted]
