"""Which rows of a table are there twice, or are replaced by a later one; how many different users and items there are.

Memory does not grow with the table: what must be remembered of each row goes to disk.  Values of up to eight bytes are
told apart by themselves, longer ones by 128 bits, and rows by 88 bits of hashes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from personalize_sfn.datasets.blocks import Hashes
from personalize_sfn.datasets.fields import FACTORS
from personalize_sfn.datasets.spill import Dropped, Partition, Spill

__all__ = ["Distinct", "RepeatedRows", "counted"]

_ROW_MASK = np.uint64((1 << 40) - 1)
"""Which bits of a record are the number of its row; the others are of its second hash."""


def counted(hashes: Hashes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The different values of a part, by their hashes, and how often each is there."""
    first, second = hashes
    if (second * FACTORS[0] == first).all():  # values of up to eight bytes, which the second hash is
        second, found = np.unique(second, return_counts=True)
        return second * FACTORS[0], second, found.astype(np.uint64)
    order, starts = _groups(first, second)
    counts = np.diff(starts, append=len(first)).astype(np.uint64)
    chosen = order[starts]
    return first[chosen], second[chosen], counts


class Distinct:
    """The different values of a column, and how often each is there.

    Args:
        path: begins the names of files for what does not fit in memory.
    """

    def __init__(self, path: Path) -> None:
        self._records = Spill(3, path, smaller=_added_up)

    def add(self, first: np.ndarray, second: np.ndarray, counts: np.ndarray) -> None:
        """What :func:`counted` gave for a part."""
        self._records.add(first, second, counts)

    def remove(self, first: np.ndarray, second: np.ndarray) -> None:
        """Count these values, by their hashes, once less each."""
        if len(first):
            self._records.add(first, second, np.full(len(first), -1, dtype=np.int64).view(np.uint64))

    def counts(self) -> tuple[int, int]:
        """How many different values, and how many of them are there twice or more.  Can be asked once."""
        different = twice = 0
        for records in self._records.partitions():
            sums = _added_up(records)[2].view(np.int64)
            different += int((sums > 0).sum())
            twice += int((sums > 1).sum())
        return different, twice


class RepeatedRows:
    """Finds the rows of a table that go.

    Args:
        path: begins the names of files for what does not fit in memory.
        by_key: each key is there once, and its last row stays; else only exact duplicates go, and the first one stays.
    """

    def __init__(self, path: Path, *, by_key: bool) -> None:
        self._records = Spill(4 if by_key else 2, path)
        self._by_key = by_key
        self._rows = 0

    def add(self, rows: Hashes, keys: Hashes | None = None) -> None:
        """The next rows, by their hashes and those of their keys."""
        first, second = rows
        numbers = np.arange(self._rows, self._rows + len(first), dtype=np.uint64)
        self._rows += len(first)
        numbers |= second & ~_ROW_MASK
        self._records.add(*((first, numbers) if keys is None else (*keys, numbers, first)))

    def dropped(self) -> tuple[Dropped, int]:
        """The rows that go, and how many of them are exact duplicates; others are replaced.  Can be asked once."""
        dropped = Dropped(self._rows)
        duplicates = 0
        for records in self._records.partitions():
            first = records[0]
            ordered = np.sort(first)
            repeated = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
            if not len(repeated):
                continue
            # Most are there once: only the others are put in order.
            places = np.minimum(np.searchsorted(repeated, first), len(repeated) - 1)
            chosen = np.flatnonzero(repeated[places] == first)
            if self._by_key:
                gone, same = _replaced([records[each][chosen] for each in range(4)])
            else:
                gone = _duplicates(first[chosen], records[1][chosen])
                same = len(gone)
            dropped.add(gone)
            duplicates += same
        return dropped, duplicates


def _duplicates(first: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """The numbers of all rows but the first of each group of equal ones."""
    order = np.lexsort((numbers, first))  # the second hash, then the row
    first, numbers = first[order], numbers[order]
    gone = np.flatnonzero((first[1:] == first[:-1]) & ((numbers[1:] ^ numbers[:-1]) <= _ROW_MASK)) + 1
    return numbers[gone] & _ROW_MASK


def _replaced(records: list[np.ndarray]) -> tuple[np.ndarray, int]:
    """The numbers of all rows but the last of each key; how many rows are equal to another one of their key."""
    key, key_again, numbers, hashes = records
    order = np.lexsort((numbers & _ROW_MASK, key_again, key))
    later = (key[order][1:] == key[order][:-1]) & (key_again[order][1:] == key_again[order][:-1])
    gone = (numbers & _ROW_MASK)[order][:-1][later]
    whole = (key, key_again, hashes, numbers & ~_ROW_MASK)
    order = np.lexsort(whole[::-1])
    same = np.logical_and.reduce([each[order][1:] == each[order][:-1] for each in whole])
    return gone, int(same.sum())


def _added_up(records: Partition) -> tuple[np.ndarray, ...]:
    """One record for each value, with the sum of its counts."""
    first, second = records[0], records[1]
    order, starts = _groups(first, second)
    chosen = order[starts]
    return first[chosen], second[chosen], np.add.reduceat(records[2][order].view(np.int64), starts).view(np.uint64)


def _groups(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """An order in which equal pairs are neighbours, and where each group begins in it."""
    order = np.argsort(first)
    new = np.ones(len(first), dtype=bool)
    ordered, again = first[order], second[order]
    new[1:] = ordered[1:] != ordered[:-1]
    if (~new[1:] & (again[1:] != again[:-1])).any():  # the second hash tells apart what the first does not
        order = np.lexsort((second, first))
        ordered, again = first[order], second[order]
        new[1:] = (ordered[1:] != ordered[:-1]) | (again[1:] != again[:-1])
    return order, np.flatnonzero(new)
