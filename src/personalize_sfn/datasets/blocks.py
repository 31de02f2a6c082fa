"""Converted columns of a part of a table: hashes by which rows and values are told apart, and cells to be written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from personalize_sfn.datasets.fields import FACTORS, Fields, padded

__all__ = ["ColumnBlock", "NumberBlock", "TextFields", "Texts", "column_of", "row_hashes"]

_NEEDS_QUOTES = re.compile(r'[",\\]')
_HALF = np.uint64(32)
Hashes: TypeAlias = tuple[np.ndarray, np.ndarray]
"""Two of 64 bits for each row; the first one is spread over all numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class TextFields:
    """Text where it is in the file."""

    fields: Fields

    def taken(self, rows: np.ndarray) -> TextFields:
        """Those of some rows, by a mask or by their places."""
        return TextFields(self.fields.taken(rows))

    def hashes(self) -> Hashes:
        """The same for the same text in every part."""
        return self.fields.hashes()

    def distinct(self) -> list[str]:
        """The different texts, as they come."""
        _, places = np.unique(self.hashes()[0], return_index=True)
        there = np.sort(places)
        return self.fields.taken(there[self.fields.lengths[there] > 0]).texts()

    def cells(self) -> list[str]:
        """Each value as a CSV for Personalize has it."""
        return [_quoted(text) for text in self.fields.texts()]


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Text as its different ones and, for each row, the place of its own."""

    places: np.ndarray
    """-1 is null."""
    texts: Sequence[str]

    def taken(self, rows: np.ndarray) -> Texts:
        """Those of some rows, by a mask or by their places."""
        return Texts(self.places[rows], self.texts)

    def hashes(self) -> Hashes:
        """The same for the same text in every part."""
        first, second = padded([text.encode() for text in self.texts]).hashes()
        null = np.zeros(1, dtype=np.uint64)
        return np.append(first, null)[self.places], np.append(second, null)[self.places]

    def distinct(self) -> list[str]:
        """The different texts, as they come."""
        return [self.texts[place] for place in pd.unique(self.places) if place >= 0]

    def cells(self) -> list[str]:
        """Each value as a CSV for Personalize has it."""
        found: list[str] = np.array([*map(_quoted, self.texts), ""], dtype=object)[self.places].tolist()
        return found


@dataclass(frozen=True, slots=True, eq=False)
class NumberBlock:
    """Whole numbers, floats or truth values."""

    values: np.ndarray
    """int64 (truth values as 0 and 1) or float64."""
    null: np.ndarray | None = None
    """Which are null; None: none is."""
    is_bool: bool = False

    def taken(self, rows: np.ndarray) -> NumberBlock:
        """Those of some rows, by a mask or by their places."""
        return NumberBlock(self.values[rows], None if self.null is None else self.null[rows], self.is_bool)

    def hashes(self) -> Hashes:
        """The same for the same number in every part; another number has another one."""
        values = self.values if self.values.dtype == np.int64 else self.values + 0.0  # -0.0 is 0.0
        second = values.view(np.uint64)
        if self.null is not None:
            second = np.where(self.null, ~np.uint64(0), second)
        return second * FACTORS[0], second

    def distinct(self) -> list[str]:
        """The different numbers as text."""
        return list(dict.fromkeys(cell for cell in self.cells() if cell))

    def cells(self) -> list[str]:
        """Each value as a CSV for Personalize has it."""
        if self.is_bool:
            cells = ["true" if value else "false" for value in self.values.tolist()]
        else:
            # str of a Python float is the shortest text that reads back as the same number.
            cells = list(map(str, self.values.tolist()))
        if self.null is None:
            return cells
        return ["" if null else cell for cell, null in zip(cells, self.null.tolist(), strict=True)]


ColumnBlock: TypeAlias = TextFields | Texts | NumberBlock


def column_of(values: pd.Series) -> ColumnBlock:
    """A converted column of pandas: text, whole numbers, floats or truth values, with nulls or without."""
    dtype = values.dtype
    if pd.api.types.is_object_dtype(dtype) or pd.api.types.is_string_dtype(dtype):
        places, texts = pd.factorize(values)
        return Texts(places, texts.tolist())
    null = values.isna().to_numpy(dtype=bool)
    kind = np.float64 if pd.api.types.is_float_dtype(dtype) else np.int64
    numbers = np.ascontiguousarray(values.to_numpy(dtype=kind, na_value=0) if null.any() else values.to_numpy(kind))
    return NumberBlock(numbers, null if null.any() else None, pd.api.types.is_bool_dtype(dtype))


def row_hashes(columns: Sequence[Hashes]) -> Hashes:
    """Of the rows that these values of columns make."""
    found = []
    for which, factor in enumerate(FACTORS):
        row = np.zeros(len(columns[0][which]), dtype=np.uint64)
        for column in columns:
            row ^= row >> _HALF
            row += column[which]
            row *= factor
        row ^= row >> _HALF
        row *= factor
        found.append(row)
    return found[0], found[1]


def _quoted(text: str) -> str:
    if not _NEEDS_QUOTES.search(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
