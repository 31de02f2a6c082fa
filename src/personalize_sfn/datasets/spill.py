"""Records of a table that is larger than memory: in memory up to a limit, then on disk, in partitions by their key.

All records of one key are in one partition, so that each partition is judged by itself.  A database would do the same
for more of the time that a check may take: docs/adr says how much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

__all__ = ["Dropped", "Partition", "Spill"]

IN_MEMORY = 96 << 20
"""Bytes of records before the first goes to disk."""
_PARTITIONS = 256
_SHIFT = np.uint64(56)


class Partition:
    """Some records; a column of them is put together when it is asked for."""

    def __init__(self, pieces: list[tuple[np.ndarray, ...]]) -> None:
        self._pieces = pieces

    def __getitem__(self, column: int) -> np.ndarray:
        """The values of a column."""
        return np.concatenate([piece[column] for piece in self._pieces])


class Spill:
    """Records of 64-bit columns; the first column is the key, which must be spread evenly over all values.

    Args:
        columns: how many.
        path: begins the names of its files; its folder is there.
        in_memory: bytes of records before the first goes to disk.  Default: ``IN_MEMORY``.
        smaller: makes fewer records that mean the same.
    """

    def __init__(
        self,
        columns: int,
        path: Path,
        *,
        in_memory: int | None = None,
        smaller: Callable[[Partition], tuple[np.ndarray, ...]] | None = None,
    ) -> None:
        self._smaller = smaller
        self._columns = columns
        self._path = path
        self._in_memory = IN_MEMORY if in_memory is None else in_memory
        self._held: list[tuple[np.ndarray, ...]] = []
        self._bytes = 0
        self._on_disk = False

    def add(self, *columns: np.ndarray) -> None:
        """Add a record for each row of the columns."""
        self._held.append(columns)
        self._bytes += sum(column.nbytes for column in columns)
        if self._bytes <= self._in_memory:
            return
        if self._smaller is not None:
            self._held = [self._smaller(Partition(self._held))]
            self._bytes = sum(column.nbytes for column in self._held[0])
            if self._bytes <= self._in_memory // 2:
                return
        self._write()

    def partitions(self) -> Iterator[Partition]:
        """The records, all of one key in one partition, in the order in which they were added.

        What was written is deleted on the way.
        """
        if not self._on_disk:
            held, self._held = self._held, []
            if held:
                yield Partition(held)
            return
        self._write()
        for number in range(_PARTITIONS):
            path = self._file(number)
            if path.exists():
                records = np.fromfile(path, dtype=np.uint64).reshape(-1, self._columns)
                path.unlink()
                yield Partition([tuple(records.T)])

    def _write(self) -> None:
        if not self._held:
            return
        held = Partition(self._held)
        self._held, self._bytes, self._on_disk = [], 0, True
        numbers = (held[0] >> _SHIFT).astype(np.uint8)
        order = np.argsort(numbers, kind="stable")
        rows = np.stack([held[column][order] for column in range(self._columns)], axis=1)
        cuts = np.searchsorted(numbers[order], np.arange(_PARTITIONS + 1))
        for number in range(_PARTITIONS):
            part = rows[cuts[number] : cuts[number + 1]]
            if len(part):
                with self._file(number).open("ab") as file:
                    part.tofile(file)

    def _file(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}-{number:03}")


class Dropped:
    """Which rows go, a bit for each row."""

    def __init__(self, rows: int) -> None:
        self._bits = np.zeros(rows // 8 + 1, dtype=np.uint8)
        self.count = 0

    def add(self, rows: np.ndarray) -> None:
        """Rows that go, none of which was added before."""
        places = rows.astype(np.int64)
        np.bitwise_or.at(self._bits, places >> 3, (1 << (places & 7)).astype(np.uint8))
        self.count += len(rows)

    def kept(self, start: int, end: int) -> np.ndarray:
        """Which of the rows from ``start`` up to ``end`` stay."""
        first = start >> 3
        bits = np.unpackbits(self._bits[first : (end >> 3) + 1], bitorder="little")
        kept: np.ndarray = bits[start - first * 8 : end - first * 8] == 0
        return kept
