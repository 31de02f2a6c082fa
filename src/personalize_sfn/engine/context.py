"""Context: how much likelier items are under what is known of the moment, such as the device or the time of day.

A history says nothing of the moment.  For each value of a column of context this module learns each item's *lift*: its
share of the events under that value over its share of all events.  An answer under a context has every item's chance
multiplied by the lifts of the values that are known, to a power that is chosen by trial (`context_selection`): 0
where the column tells held-out users nothing.

What Amazon Personalize means by context:
https://docs.aws.amazon.com/personalize/latest/dg/contextual-metadata.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from personalize_sfn.engine.attributes import SEPARATOR
from personalize_sfn.engine.interactions import Interactions, Strings
from personalize_sfn.engine.labels import Labels
from personalize_sfn.engine.model import Scores

MOST_VALUES = 200
"""Of a column, the most frequent: what is rarer lifts nothing."""
SHRINK = 10.0
"""Users added to those that are counted and to those that are expected, so that thin data lift nothing."""
SMALLEST = 0.05
"""Of a lift's logarithm: smaller ones are left out."""


class ContextColumn(NamedTuple):
    """A column that counts, and the rows of `ContextLifts.lifts` that are its values."""

    name: str
    numeric: bool
    values: Strings
    first: int


@dataclass(frozen=True)
class ContextLifts:
    """The lifts of the columns that tell something."""

    columns: tuple[ContextColumn, ...]
    lifts: Any
    """The logarithms of the lifts, times their column's power.  A CSR matrix of shape (values, items)."""
    overlap: float
    """How much columns say the same.  The sum over n known columns is divided by n to this power: 0 where each says
    something of its own, 1 where all say the same."""

    @classmethod
    def fit(cls, data: Interactions, weights: Mapping[str, float], overlap: float) -> ContextLifts | None:
        """Learn the lifts of the columns that have a weight: the power of their lifts.  None when none has."""
        if not weights:
            return None
        columns: list[ContextColumn] = []
        lifts: list[Any] = []
        first = 0
        for name, weight in weights.items():
            values, of_values = lifts_of(data, data.contexts[name])
            columns.append(ContextColumn(name, data.contexts[name].numeric, values, first))
            lifts.append(of_values * np.float32(weight))
            first += len(values)
        return cls(tuple(columns), sparse.vstack(lifts, format="csr"), overlap)

    def bias(self, given: Mapping[str, str]) -> Scores | None:
        """What a context adds to the logarithm of each item's chance, shape (items,); None for nothing.

        Columns are named in any case, with or without underscores, as in the properties of events.  Columns and values
        that training did not know, or that told nothing, say nothing.
        """
        found = [rows for name, text in given.items() if (rows := self._rows(name, text))]
        if not found:
            return None
        added = self.lifts[list(chain.from_iterable(found))].sum(axis=0)
        return np.asarray(added, dtype=np.float32).ravel() / np.float32(len(found) ** self.overlap)

    def over(self, old: Strings, new: Strings) -> ContextLifts:
        """The same over a larger catalogue: no value lifts items that were not in `old`."""
        places = np.searchsorted(new, old).astype(np.int32)
        parts = (self.lifts.data, places[self.lifts.indices], self.lifts.indptr)
        return replace(self, lifts=sparse.csr_matrix(parts, shape=(self.lifts.shape[0], len(new))))

    def _rows(self, name: str, text: str) -> list[int]:
        """The rows of `lifts` that belong to a value."""
        column = self._by_name.get(_plain(name))
        if column is None:
            return []
        if column.numeric:
            return [column.first + place for place in _range_of(text, column.values)]
        places = {value: place for place, value in enumerate(column.values.tolist(), start=column.first)}
        return [places[part] for part in dict.fromkeys(text.split(SEPARATOR)) if part in places]

    @cached_property
    def _by_name(self) -> dict[str, ContextColumn]:
        return {_plain(column.name): column for column in self.columns}

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """What a model file must hold."""
        return {
            "context_columns": np.array([column.name for column in self.columns], dtype=np.str_),
            "context_numeric": np.array([column.numeric for column in self.columns], dtype=np.bool_),
            "context_sizes": np.array([len(column.values) for column in self.columns]),
            "context_values": np.concatenate([column.values for column in self.columns]),
            "context_overlap": np.array(self.overlap),
            "lifts": self.lifts.data,
            "lifts_of": self.lifts.indptr,
            "lifted": self.lifts.indices,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], items: int) -> ContextLifts | None:
        """The inverse of `to_arrays`; None when no column counted."""
        if "context_columns" not in arrays:
            return None
        names, numeric = arrays["context_columns"].tolist(), arrays["context_numeric"].tolist()
        ends = np.cumsum(arrays["context_sizes"])[:-1]
        values = np.split(arrays["context_values"], ends)
        columns = map(ContextColumn, names, numeric, values, [0, *ends.tolist()])
        parts = (arrays["lifts"], arrays["lifted"], arrays["lifts_of"])
        lifts = sparse.csr_matrix(parts, shape=(len(arrays["context_values"]), items))
        return cls(tuple(columns), lifts, float(arrays["context_overlap"]))


def _plain(name: str) -> str:
    return name.replace("_", "").upper()


def _range_of(text: str, ends: Strings) -> list[int]:
    """The range of a number, by the ranges' lower ends; none for what is no finite number."""
    try:
        number = float(text)
    except ValueError:
        return []
    return [int(np.searchsorted(ends.astype(np.float64), number, side="right")) - 1] if np.isfinite(number) else []


def lifts_of(data: Interactions, column: Labels) -> tuple[Strings, Any]:
    """A column's values, and the logarithms of their lifts: a CSR matrix of float32, shape (values, items).

    A text that holds several categories counts for each of them.  What is counted are users, so that one who does the
    same every day is no crowd.
    """
    values, holds = values_of(column)
    known = column.codes >= 0
    items, names = len(data.item_ids), len(column.names)
    keys = (data.users[known].astype(np.int64) * names + column.codes[known]) * items + data.items[known]
    pairs = np.unique(keys) % max(1, names * items)
    counts = sparse.csr_matrix((np.ones(len(pairs)), (pairs // items, pairs % items)), shape=(names, items))
    share = np.asarray(counts.sum(axis=0)).ravel() / max(1, len(pairs))
    chosen = (holds @ counts).tocsr()
    often = np.sort(np.argsort(-np.asarray(chosen.sum(axis=1)).ravel(), kind="stable")[:MOST_VALUES])
    rows = [_lifts(chosen[value].toarray()[0], share) for value in often]
    return values[often], sparse.vstack([sparse.csr_matrix((0, items), dtype=np.float32), *rows], format="csr")


def _lifts(chosen: NDArray[np.float64], share: NDArray[np.float64]) -> Any:
    lifts = np.log((chosen + SHRINK) / (chosen.sum() * share + SHRINK))
    return sparse.csr_matrix(np.where(np.abs(lifts) < SMALLEST, 0, lifts).astype(np.float32))


def values_of(column: Labels) -> tuple[Strings, Any]:
    """The single values, and which of them each name of the column holds: a CSR matrix of shape (values, names)."""
    held = [[name] if column.numeric else name.split(SEPARATOR) for name in column.names.tolist()]
    values = list(dict.fromkeys(value for names in held for value in names if value))
    places = {value: place for place, value in enumerate(values)}
    pairs = {(places[value], name) for name, names in enumerate(held) for value in names if value}
    rows, columns = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2).T
    shape = (len(values), len(held))
    return np.array(values, dtype=np.str_), sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)
