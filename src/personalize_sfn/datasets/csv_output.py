"""The rows of a checked table in a file, as Personalize reads them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from personalize_sfn.datasets import csv_dialect
from personalize_sfn.datasets.blocks import ColumnBlock, Texts
from personalize_sfn.datasets.csv_text import parsed
from personalize_sfn.datasets.fields import Fields, Grid, grid_of, padded
from personalize_sfn.datasets.numbers import RANGES
from personalize_sfn.datasets.parts import Part
from personalize_sfn.datasets.schemas import AvroSchema, type_of
from personalize_sfn.datasets.spill import Dropped

__all__ = ["CheckedCsv", "CsvOutput"]

_BLOCK = 4 << 20


class CsvOutput:
    """A file of rows, without a header, that is being written.

    Args:
        path: the file.
        columns: in their order.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        self.rows = 0
        self.columns = list(columns)
        self._file = path.open("wb")

    def lines(
        self, part: Part, columns: Mapping[str, ColumnBlock], rows: np.ndarray | None, *, unchanged: bool
    ) -> bytes:
        """Rows as they are to be written.

        Args:
            part: where they come from.
            columns: converted.
            rows: which rows of the part they are; None: all.
            unchanged: all values are in the part as they are to be written.
        """
        if unchanged and isinstance(part.values, Grid):
            return part.values.lines([part.columns.index(name) for name in self.columns], rows)
        cells = [columns[name].cells() for name in self.columns]
        return "\n".join([*map(",".join, zip(*cells, strict=True)), ""]).encode()

    def write(self, lines: bytes, rows: int) -> None:
        """Write what :meth:`lines` gave, so many rows."""
        self.rows += rows
        self._file.write(lines)

    def close(self, *, without: Dropped, column: str | None = None) -> Iterator[Fields]:
        """Finish the file.  Where rows are to go it is written anew without them, which needs as much room again.

        Yields: the values of ``column`` in the rows that went, part by part.
        """
        self._file.close()
        if not without.count:
            return
        old = self.path.with_name(f"{self.path.name}-before")
        self.path.rename(old)
        row = 0
        with self.path.open("wb") as file:
            for lines in _blocks(old):
                ends = np.flatnonzero(np.frombuffer(lines, dtype=np.uint8) == ord("\n"))
                kept = without.kept(row, row + len(ends))
                row += len(ends)
                file.write(lines if kept.all() else _some(lines, ends, kept))
                if column is not None and not kept.all():
                    yield self._fields(_some(lines, ends, ~kept), column)
        old.unlink()
        self.rows -= without.count

    def _fields(self, lines: bytes, column: str) -> Fields:
        grid = grid_of(lines, len(self.columns), b",")
        if grid is not None:
            return grid.column(self.columns.index(column))
        texts = _frame(lines, self.columns)[column].fillna("")
        return padded([str(text).encode() for text in texts])


@dataclass(frozen=True, slots=True, eq=False)
class CheckedCsv:
    """A table in a file, which is deleted with this object."""

    path: Path
    """Rows as Personalize reads them, without a header."""
    columns: Sequence[str]
    """Of the rows."""
    rows: int
    constants: Mapping[str, str] = field(default_factory=dict)
    """Columns behind those, with the one value that each row has."""
    folder: object = None
    """What deletes the file."""

    def __len__(self) -> int:
        return self.rows

    def frames(self) -> Iterator[pd.DataFrame]:
        """The rows as text, some at a time."""
        for lines in _blocks(self.path):
            yield _frame(lines, self.columns).assign(**self.constants)

    def blocks(self) -> Iterator[bytes]:
        """The whole CSV for Personalize, header first."""
        header, behind = self._around()
        yield header
        for lines in _blocks(self.path):
            yield lines.replace(b"\n", behind) if self.constants else lines

    def _around(self) -> tuple[bytes, bytes]:
        """The header, and the end of each row."""
        cells = [Texts(np.zeros(1, dtype=int), [text]).cells()[0] for text in self.constants.values()]
        header = ",".join([*self.columns, *self.constants]) + "\n"
        return header.encode(), "".join(f",{cell}" for cell in cells).encode() + b"\n"

    def size(self) -> int:
        """Bytes of the CSV."""
        header, behind = self._around()
        return len(header) + self.path.stat().st_size + self.rows * (len(behind) - 1)

    def md5(self) -> tuple[str, int]:
        """The MD5 of the CSV in hexadecimal, and how many bytes it is."""
        digest, size = hashlib.md5(usedforsecurity=False), 0
        for block in self.blocks():
            digest.update(block)
            size += len(block)
        return digest.hexdigest(), size

    def open(self) -> io.BufferedIOBase:
        """The CSV as a file that is read once, from its beginning."""
        return io.BufferedReader(_Blocks(self.blocks()), _BLOCK)

    def frame(self, schema: AvroSchema) -> pd.DataFrame:
        """All rows in memory, in the types of the schema."""
        frames = [_frame(lines, self.columns) for lines in _blocks(self.path)]
        table = pd.concat(frames, ignore_index=True)
        columns = {}
        for each in schema["fields"]:
            name = each["name"]
            if name in self.constants:
                columns[name] = pd.Series(self.constants[name], index=table.index, dtype="str", name=name)
            else:
                columns[name] = _typed(table.pop(name), type_of(each)[0])
        return pd.DataFrame(columns)


class _Blocks(io.RawIOBase):
    """Blocks of bytes as a file."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        super().__init__()
        self._blocks = blocks
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._left:
            self._left = memoryview(next(self._blocks, b""))
        view = memoryview(buffer).cast("B")
        size = min(len(view), len(self._left))
        view[:size] = self._left[:size]
        self._left = self._left[size:]
        return size


def _blocks(path: Path) -> Iterator[bytes]:
    """Whole lines."""
    carry = b""
    with path.open("rb") as file:
        while piece := file.read(_BLOCK):
            carry += piece
            cut = carry.rfind(b"\n") + 1
            if cut:
                yield carry[:cut]
                carry = carry[cut:]


def _frame(lines: bytes, columns: Sequence[str]) -> pd.DataFrame:
    """The rows as text."""
    header = ",".join(columns).encode() + b"\n"
    text = csv_dialect.unescaped(lines, b",") if b"\\" in lines else lines
    return parsed(header + text, columns, b",")


def _typed(values: pd.Series, kind: str) -> pd.Series:
    """Text that was written for this type, in the type that ``prepare`` gives it."""
    if kind == "boolean":
        found = values.map({"true": True, "false": False})
        return found.astype("boolean" if values.isna().any() else "bool")
    if kind in RANGES:
        return pd.to_numeric(values).astype("Int64") if values.isna().any() else values.astype("int64")
    return values.astype("float64") if kind in ("float", "double") else values


def _some(lines: bytes, ends: np.ndarray, chosen: np.ndarray) -> bytes:
    data = np.frombuffer(lines, dtype=np.uint8)
    found: bytes = data[np.repeat(chosen, np.diff(ends, prepend=-1))].tobytes()
    return found
