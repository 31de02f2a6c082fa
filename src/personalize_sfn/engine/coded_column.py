"""Columns of values that repeat: ids, types of events, categories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias, overload

import numpy as np
from numpy.typing import DTypeLike, NDArray


@dataclass(frozen=True, slots=True, eq=False)
class CodedColumn:
    """A column that holds each different value once, and of each row 4 bytes.

    Where all of it is needed it is read as an array of objects is: by place, mask or slice, and by numpy's functions.
    """

    dtype: ClassVar[np.dtype[Any]] = np.dtype(object)

    values: NDArray[Any]
    """Strings, numbers, bools and None; each is some row's, and two may be equal.  Shape (values,)."""
    codes: NDArray[np.int32]
    """Each row's value, as its place in ``values``.  Shape (rows,)."""

    @classmethod
    def of(cls, column: Column | Iterable[Any]) -> CodedColumn:
        """From one value a row; a coded column is answered as it is."""
        if isinstance(column, CodedColumn):
            return column
        rows = column.tolist() if isinstance(column, np.ndarray) else list(column)
        places = {value: place for place, value in enumerate(dict.fromkeys(rows))}
        return cls(_objects(places), np.fromiter(map(places.__getitem__, rows), dtype=np.int32, count=len(rows)))

    @classmethod
    def joined(cls, columns: Sequence[Column]) -> CodedColumn:
        """The rows of several columns, one after the other."""
        places: dict[Any, int] = {}
        codes = []
        for part in map(cls.of, columns):
            new = [places.setdefault(value, len(places)) for value in part.values.tolist()]
            codes.append(np.array(new, dtype=np.int32)[part.codes])
        return cls(_objects(places), np.concatenate(codes))

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tolist())

    @overload
    def __getitem__(self, rows: int | np.integer[Any]) -> Any: ...

    @overload
    def __getitem__(self, rows: slice | NDArray[Any]) -> CodedColumn: ...

    def __getitem__(self, rows: int | np.integer[Any] | slice | NDArray[Any]) -> Any:
        """A row's value, or the column of some rows; that does not hold the values of the others any more."""
        if isinstance(rows, int | np.integer):
            return self.values[self.codes[rows]]
        codes = self.codes[rows]
        held = np.bincount(codes, minlength=len(self.values)) > 0
        if held.all():
            return CodedColumn(self.values, codes)
        return CodedColumn(self.values[held], (np.cumsum(held, dtype=np.int32) - 1)[codes].astype(np.int32, copy=False))

    def __eq__(self, value: object) -> NDArray[np.bool_]:  # type: ignore[override]  # as numpy's arrays have it
        return np.asarray(self.values == value)[self.codes]

    __hash__ = None  # type: ignore[assignment]  # nor have numpy's arrays

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        return self.values[self.codes].astype(object if dtype is None else dtype, copy=False)

    def tolist(self) -> list[Any]:
        """Each row's value."""
        rows: list[Any] = self.values[self.codes].tolist()
        return rows


Column: TypeAlias = NDArray[Any] | CodedColumn


def different(column: Column) -> set[Any]:
    """The values that a column has."""
    return set((column.values if isinstance(column, CodedColumn) else column).tolist())


def _objects(values: dict[Any, int]) -> NDArray[Any]:
    array = np.empty(len(values), dtype=object)
    array[:] = list(values)
    return array
