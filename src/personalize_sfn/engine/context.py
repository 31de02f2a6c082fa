"""Context: how much likelier items are under what is known of the moment, such as the device or the time of day.

What a history speaks for says nothing of the moment.  For each value of a column of context this module learns each
item's *lift*: its share of the events under that value over its share of all events.  An answer under a context has
every item's chance multiplied by the lifts of the values that are known, to a power that is chosen by trial: 0 where
the column tells held-out users nothing.

What Amazon Personalize means by context:
https://docs.aws.amazon.com/personalize/latest/dg/contextual-metadata.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from .attributes import SEPARATOR
from .interactions import Codes, Interactions, Strings
from .labels import Labels
from .model import Scores
from .split import newest_tenth

MOST_VALUES = 200
"""Of a column, the most frequent: what is rarer has no lifts."""
SHRINK = 10.0
"""Users added to those that are counted and to those that are expected, so that thin data lift nothing."""
SMALLEST = 0.05
"""Of a lift's logarithm: smaller ones are left out."""

WEIGHTS = (0.5, 1.0, 2.0)
"""The powers of a column's lifts that are tried against 0."""
OVERLAPS = (0.0, 0.5, 1.0)
"""Tried for `Context.overlap`."""
ERRORS = 2.0
"""Standard errors by which a power must be better than 0.  Settings that every recipe has need one; a data set may have
five columns of context, and what none of them says should stay unsaid."""
TRIAL_EVENTS = 200_000
TRIAL_USERS = 500
TRIAL_CELLS = 20_000_000
"""The most chances (users times items) that a trial holds."""
FEWEST_USERS = 25
"""With fewer held-out users a trial is chance, and no column counts."""
MOST_TARGETS = 10
"""Of each held-out user, the newest events that are looked at."""
BLOCK_CELLS = 4_000_000

ModelOf = Callable[[Interactions], Callable[[Sequence[Sequence[str]]], Scores]]
"""Trains, and answers how likely each item comes next after each history, shape (histories, items)."""


class Column(NamedTuple):
    """A column that counts, and the rows of `Context.lifts` that are its values."""

    name: str
    numeric: bool
    values: Strings
    first: int


@dataclass(frozen=True)
class Context:
    """The lifts of the columns that tell something."""

    columns: tuple[Column, ...]
    lifts: Any
    """The logarithms of the lifts, times their column's power.  A CSR matrix of shape (values, items)."""
    overlap: float
    """How much columns say the same.  The sum over n known columns is divided by n to this power: 0 where each says
    something of its own, 1 where all say the same."""

    def tilt(self, given: Mapping[str, str]) -> Scores | None:
        """What a context adds to the logarithm of each item's chance, shape (items,); None for nothing.

        Columns are named in any case, with or without underscores, as in the properties of events.  Columns and values
        that training did not know, or that told nothing, say nothing.
        """
        found = [rows for name, text in given.items() if (rows := self._rows(name, text))]
        if not found:
            return None
        added = self.lifts[list(chain.from_iterable(found))].sum(axis=0)
        return np.asarray(added, dtype=np.float32).ravel() / np.float32(len(found) ** self.overlap)

    def over(self, old: Strings, new: Strings) -> Context:
        """The same over a larger catalogue, whose new items no value lifts."""
        places = np.searchsorted(new, old).astype(np.int32)
        parts = (self.lifts.data, places[self.lifts.indices], self.lifts.indptr)
        return replace(self, lifts=sparse.csr_matrix(parts, shape=(self.lifts.shape[0], len(new))))

    def _rows(self, name: str, text: str) -> list[int]:
        column = self._by_name.get(_plain(name))
        if column is None:
            return []
        if column.numeric:
            return [column.first + place for place in _range_of(text, column.values)]
        places = {value: place for place, value in enumerate(column.values.tolist(), start=column.first)}
        return [places[part] for part in dict.fromkeys(text.split(SEPARATOR)) if part in places]

    @cached_property
    def _by_name(self) -> dict[str, Column]:
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
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], items: int) -> Context | None:
        """The inverse of `to_arrays`; None when no column counted."""
        if "context_columns" not in arrays:
            return None
        names, numeric = arrays["context_columns"].tolist(), arrays["context_numeric"].tolist()
        ends = np.cumsum(arrays["context_sizes"])[:-1]
        parts = np.split(arrays["context_values"], ends)
        columns = map(Column, names, numeric, parts, [0, *ends.tolist()])
        matrix = (arrays["lifts"], arrays["lifted"], arrays["lifts_of"])
        lifts = sparse.csr_matrix(matrix, shape=(len(arrays["context_values"]), items))
        return cls(tuple(columns), lifts, float(arrays["context_overlap"]))


def _plain(name: str) -> str:
    return name.replace("_", "").upper()


def _range_of(text: str, ends: Strings) -> list[int]:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    return [int(np.searchsorted(ends.astype(np.float64), number, side="right")) - 1] if np.isfinite(number) else []


def learned(data: Interactions, model_of: ModelOf, *, seed: int) -> Context | None:
    """The lifts of those columns of `data.contexts` that tell something; None when none does.

    `model_of` trains a model without context, for the trial.  Of at most 200,000 events of random users, those of at
    most a third of the users, and at most 500, are put aside: they are asked with the oldest 90 % of their events, and
    each newer event is looked for, by NDCG at 10, under its own context.  Each column has the power of `WEIGHTS` that
    is best if it is better than none by more than two standard errors over the users.
    """
    trial = _Trial.of(data, model_of, seed)
    if trial is None:
        return None
    weights = {name: weight for name in data.contexts if (weight := trial.weight(name))}
    if not weights:
        return None
    overlap = trial.overlap(weights) if len(weights) > 1 else 0.0
    columns: list[Column] = []
    lifts: list[Any] = []
    for name, weight in weights.items():
        values, of_values = _lifts(data, data.contexts[name])
        columns.append(Column(name, data.contexts[name].numeric, values, sum(len(column.values) for column in columns)))
        lifts.append(of_values * np.float32(weight))
    return Context(tuple(columns), sparse.vstack(lifts, format="csr"), overlap)


def _lifts(data: Interactions, column: Labels) -> tuple[Strings, Any]:
    """A column's values, and the logarithms of their lifts as a CSR matrix of float32, shape (values, items).

    A value that holds several categories counts for each.  What is counted are users, so that one who does the same
    every day is no crowd.
    """
    values, holds = _values(column)
    known = column.codes >= 0
    items, names = len(data.item_ids), len(column.names)
    keys = (data.users[known].astype(np.int64) * names + column.codes[known]) * items + data.items[known]
    pairs = np.unique(keys) % (names * items)
    counts = sparse.csr_matrix((np.ones(len(pairs)), (pairs // items, pairs % items)), shape=(names, items))
    share = np.asarray(counts.sum(axis=0)).ravel() / max(1, len(pairs))
    often = (holds @ counts).tocsr()
    keep = np.argsort(-np.asarray(often.sum(axis=1)).ravel(), kind="stable")[:MOST_VALUES]
    rows = [_logarithms(often[value].toarray()[0], share) for value in np.sort(keep)]
    return values[np.sort(keep)], sparse.vstack([sparse.csr_matrix((0, items), dtype=np.float32), *rows], format="csr")


def _logarithms(chosen: NDArray[np.float64], share: NDArray[np.float64]) -> Any:
    lifts = np.log((chosen + SHRINK) / (chosen.sum() * share + SHRINK))
    return sparse.csr_matrix(np.where(np.abs(lifts) < SMALLEST, 0, lifts).astype(np.float32))


def _values(column: Labels) -> tuple[Strings, Any]:
    """The single values, and which of them each name of the column holds: a CSR matrix of shape (values, names)."""
    held = [[name] if column.numeric else list(dict.fromkeys(name.split(SEPARATOR))) for name in column.names.tolist()]
    single = list(dict.fromkeys(value for names in held for value in names if value))
    places = {value: place for place, value in enumerate(single)}
    pairs = [(places[value], name) for name, names in enumerate(held) for value in names if value]
    rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    shape = (len(single), len(held))
    return np.array(single, dtype=np.str_), sparse.csr_matrix((np.ones(len(pairs)), (rows, columns)), shape=shape)


class _Trial:
    """Newer events of held-out users, each with its context, and what a model without context made of them."""

    def __init__(self, data: Interactions, asked: Codes, training: Interactions, model_of: ModelOf) -> None:
        """Ask for the users at the positions `asked`, none of whom trained."""
        items = data.item_ids[data.items]
        histories: list[list[str]] = []
        newer: list[int] = []
        users: list[int] = []
        for row, user in enumerate(asked.tolist()):
            start, end = data.starts[user : user + 2].tolist()
            history, targets = newest_tenth(items[start:end].tolist())
            histories.append(history)
            events = range(end - min(len(targets), MOST_TARGETS), end)
            newer += events
            users += [row] * len(events)
        places = training.positions(items[newer].tolist())
        known = np.array([place is not None for place in places], dtype=np.bool_)
        self._chances = model_of(training)(histories)
        self._users = np.array(users)[known]
        self._items = np.array([place for place in places if place is not None], dtype=np.int64)
        self._codes = {name: column.codes[np.array(newer)[known]] for name, column in data.contexts.items()}
        self._lifts = {name: _by_name(training, column) for name, column in training.contexts.items()}

    @classmethod
    def of(cls, data: Interactions, model_of: ModelOf, seed: int) -> _Trial | None:
        """None where too few users can be held out."""
        lengths = np.diff(data.starts)
        users = np.random.default_rng(seed).permutation(len(lengths)).astype(np.int32)
        users = users[: max(1, int(np.searchsorted(np.cumsum(lengths[users]), TRIAL_EVENTS)))]
        count = min(len(users) // 3, TRIAL_USERS, TRIAL_CELLS // len(data.item_ids))
        asked = users[:count][lengths[users[:count]] > 1]
        if len(asked) < FEWEST_USERS:
            return None
        trains = np.zeros(len(lengths), dtype=np.bool_)
        trains[users[count:]] = True
        return cls(data, asked, data.where(trains[data.users]), model_of)

    def weight(self, name: str) -> float:
        """The power of a column's lifts; 0 for a column that tells nothing."""
        gains = {weight: self._gains({name: weight}) for weight in WEIGHTS}
        found = max(WEIGHTS, key=lambda weight: float(gains[weight].mean()) if len(gains[weight]) else 0.0)
        gain = gains[found]
        if len(gain) < FEWEST_USERS or gain.mean() <= ERRORS * gain.std() / np.sqrt(len(gain)):
            return 0.0
        return found

    def overlap(self, weights: Mapping[str, float]) -> float:
        """The best of `OVERLAPS`."""
        return max(OVERLAPS, key=lambda overlap: float(self._gains(weights, overlap).mean()))

    def _gains(self, weights: Mapping[str, float], overlap: float = 0.0) -> NDArray[np.float64]:
        """How much NDCG at 10 the columns bring each user who has an event with a known value.  Shape (users,)."""
        events = np.flatnonzero(np.any([self._codes[name] >= 0 for name in weights], axis=0))
        size = max(1, BLOCK_CELLS // self._chances.shape[1])
        gains = np.zeros(len(events))
        for start in range(0, len(events), size):
            block = events[start : start + size]
            chances, items = self._chances[self._users[block]], self._items[block]
            tilts = self._tilts(block, weights, overlap)
            gains[start : start + size] = _ndcg(chances * np.exp(tilts), items) - _ndcg(chances, items)
        _, users = np.unique(self._users[events], return_inverse=True)
        return np.bincount(users, weights=gains) / np.bincount(users)

    def _tilts(self, events: NDArray[np.intp], weights: Mapping[str, float], overlap: float) -> Scores:
        codes = {name: self._codes[name][events] for name in weights}
        together = np.sum([column >= 0 for column in codes.values()], axis=0) ** overlap
        added = sum(weight * self._lifts[name][codes[name]] for name, weight in weights.items()).toarray()
        return np.asarray(added / together[:, np.newaxis], dtype=np.float32)


def _ndcg(chances: Scores, items: NDArray[np.int64]) -> NDArray[np.float64]:
    """NDCG at 10 where one item is wanted of each row."""
    wanted = np.take_along_axis(chances, items[:, np.newaxis], axis=1)
    above = (chances > wanted).sum(axis=1)
    return np.where(above < 10, 1 / np.log2(above + 2), 0)


def _by_name(data: Interactions, column: Labels) -> Any:
    """The logarithms of the lifts by name of the column, and a last row without any for the code -1."""
    single, lifts = _lifts(data, column)
    values, holds = _values(column)
    of_names = holds[np.isin(values, single)].T.astype(np.float32) @ lifts
    return sparse.vstack([of_names, sparse.csr_matrix((1, lifts.shape[1]), dtype=np.float32)], format="csr")
