"""Interactions: who did something with which item, and when, as columns of numbers.

Everything in the engine starts from an `Interactions`.  It is made once, checked once, sorted once, and never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import repeat
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from personalize_sfn.engine.coded_column import CodedColumn
from personalize_sfn.engine.labels import Labels
from personalize_sfn.errors import DataError

Strings: TypeAlias = NDArray[np.str_]
Codes: TypeAlias = NDArray[np.int32]
Timestamps: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float32]


class Event(NamedTuple):
    """One thing a user did with an item; `timestamp` is in epoch seconds."""

    item_id: str
    timestamp: int


@dataclass(frozen=True, slots=False, eq=False)
class Interactions:
    """A data set of events, sorted by user and then by time (events of one second keep the order they came in).

    Make one with `Interactions.from_columns`; the constructor takes columns that are already coded and sorted.
    """

    user_ids: Strings
    """The users, sorted; ``user_ids[users]`` is the USER_ID column.  Shape (users,)."""
    item_ids: Strings
    """The items, sorted; ``item_ids[items]`` is the ITEM_ID column.  An item may have no event.  Shape (items,)."""
    users: Codes
    """Each event's user, a position in `user_ids`; ascending.  Shape (events,)."""
    items: Codes
    """Each event's item, a position in `item_ids`.  Shape (events,)."""
    timestamps: Timestamps
    """Each event's time in epoch seconds; ascending within a user.  Shape (events,)."""
    event_types: Strings | None = None
    """Each event's EVENT_TYPE, if the data set has that column."""
    event_values: Floats | None = None
    """Each event's EVENT_VALUE, if the data set has that column."""
    weights: Floats | None = None
    """How much each event counts against the others, above 0; None: all the same.  Only the ratio matters."""
    contexts: Mapping[str, Labels] = field(default_factory=dict)
    """By name of column, the context of each event.  To learn from only: no model file holds it."""

    @classmethod
    def from_columns(
        cls,
        user_ids: Iterable[object] | CodedColumn,
        item_ids: Iterable[object] | CodedColumn,
        timestamps: ArrayLike,
        *,
        event_types: Iterable[object] | None = None,
        event_values: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        contexts: Mapping[str, Labels] | None = None,
    ) -> Interactions:
        """Code and sort columns of equal length; ids may be of any type and become strings.

        Ids that are coded already come as `CodedColumn`: large data are not looked through again.

        Rows equal in every column count once, as in Amazon Personalize
        (https://docs.aws.amazon.com/personalize/latest/dg/interactions-datasets.html); of rows that differ in their
        context alone the first counts, so that context changes nothing of what is learned without it.

        Raises `DataError` when the columns differ in length, hold no row, or a timestamp is not a whole number.
        """
        names, user_codes = _coded(user_ids)
        titles, item_codes = _coded(item_ids)
        times = _whole_numbers(timestamps)
        types = None if event_types is None else _strings(event_types)
        values = None if event_values is None else np.asarray(event_values, dtype=np.float32)
        counting = None if weights is None else np.asarray(weights, dtype=np.float32)
        columns: dict[str, NDArray[Any] | None] = {name: column.codes for name, column in (contexts or {}).items()}
        columns |= {"ITEM_ID": item_codes, "TIMESTAMP": times, "EVENT_TYPE": types, "EVENT_VALUE": values}
        columns["weights"] = counting
        for name, column in columns.items():
            if column is not None and len(column) != len(user_codes):
                raise DataError(f"column {name} has {len(column)} rows, column USER_ID has {len(user_codes)}")
        if not len(user_codes):
            raise DataError("the interactions hold no row: at least one event is needed")

        order = np.lexsort((times, user_codes))
        whole = cls(
            names,
            titles,
            user_codes[order],
            item_codes[order],
            times[order],
            None if types is None else types[order],
            None if values is None else values[order],
            None if counting is None else counting[order],
            {name: column.at(order) for name, column in (contexts or {}).items()},
        )
        first = _first_of_equal_rows(whole)
        return whole if first.all() else whole.where(first)

    @classmethod
    def without_events(cls) -> Interactions:
        """No event, no user, no item: what `over` gives a catalogue."""
        nobody, none = np.empty(0, dtype=np.str_), np.empty(0, dtype=np.int32)
        return cls(nobody, nobody, none, none, none.astype(np.int64))

    def __len__(self) -> int:
        """The number of events."""
        return len(self.users)

    def where(self, keep: Mask) -> Interactions:
        """The events for which `keep` (boolean, one an event) is true, with only the users and items that they name."""
        users, items = self.users[keep], self.items[keep]
        named_users, named_items = (_named(*each) for each in ((users, self.user_ids), (items, self.item_ids)))
        return Interactions(
            self.user_ids[named_users],
            self.item_ids[named_items],
            _renumbered(users, named_users),
            _renumbered(items, named_items),
            self.timestamps[keep],
            None if self.event_types is None else self.event_types[keep],
            None if self.event_values is None else self.event_values[keep],
            None if self.weights is None else self.weights[keep],
            {name: column.at(keep) for name, column in self.contexts.items()},
        )

    def without_context(self) -> Interactions:
        """The same events, of whose moments nothing is known."""
        return replace(self, contexts={}) if self.contexts else self

    def over(self, item_ids: Strings) -> Interactions:
        """The same events over a larger catalogue: `item_ids`, sorted, with items that have no event too."""
        places = np.searchsorted(item_ids, self.item_ids).astype(np.int32)
        return replace(self, item_ids=item_ids, items=places[self.items])

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """Where each user's events begin, and the end: user ``u`` has events ``starts[u]:starts[u + 1]``."""
        return np.concatenate(([0], np.cumsum(np.bincount(self.users, minlength=len(self.user_ids)))))

    @cached_property
    def item_users(self) -> NDArray[np.int64]:
        """How many different users each item has: its popularity.  Shape (items,)."""
        return np.bincount(self.pairs(np.bool_).indices, minlength=len(self.item_ids))

    def pairs(self, dtype: type[np.generic]) -> Any:
        """A CSR matrix of shape (users, items): 1 for each user and item that have an event."""
        parts = (np.ones(len(self), dtype=dtype), self.items.copy(), self.starts)
        matrix = sparse.csr_matrix(parts, shape=(len(self.user_ids), len(self.item_ids)))
        matrix.sum_duplicates()
        matrix.data[:] = 1
        return matrix

    @cached_property
    def has_events(self) -> Mask:
        """Whether each item has an event.  Shape (items,)."""
        return np.bincount(self.items, minlength=len(self.item_ids)) > 0

    @cached_property
    def _item_positions(self) -> dict[str, int]:
        return {item_id: position for position, item_id in enumerate(self.item_ids.tolist())}

    def positions(self, item_ids: Sequence[str]) -> list[int | None]:
        """The position of each item in `item_ids`, or None for an item that is not there."""
        return [self._item_positions.get(item_id) for item_id in item_ids]

    def places(self, item_ids: Iterable[str]) -> Codes:
        """The position of each item in `item_ids`, -1 for an item that is not there: `positions` for many."""
        return np.fromiter(map(self._item_positions.get, item_ids, repeat(-1)), dtype=np.int32)

    def known(self, item_ids: Iterable[str]) -> Codes:
        """The positions of those items that are in `item_ids`, in the order given."""
        found = self.places(item_ids)
        return found[found >= 0]

    def history(self, user_id: str) -> list[Event]:
        """A user's events, oldest first; empty for a user who has none."""
        user = int(np.searchsorted(self.user_ids, user_id))
        if user == len(self.user_ids) or self.user_ids[user] != user_id:
            return []
        events = slice(self.starts[user], self.starts[user + 1])
        names = self.item_ids[self.items[events]].tolist()
        return list(map(Event, names, self.timestamps[events].tolist()))


def _named(codes: Codes, ids: Strings) -> Mask:
    """Which of the ids the codes name."""
    return np.bincount(codes, minlength=len(ids)) > 0


def _renumbered(codes: Codes, named: Mask) -> Codes:
    """The codes as positions among those that are named."""
    return (np.cumsum(named, dtype=np.int32) - 1)[codes].astype(np.int32, copy=False)


def _coded(values: Iterable[object] | CodedColumn) -> tuple[Strings, Codes]:
    """The different values as sorted strings, and each value's place among them."""
    if isinstance(values, CodedColumn):
        names, places = np.unique(_strings(values.values), return_inverse=True)
        return names, places.astype(np.int32)[values.codes]
    names, places = np.unique(_strings(values), return_inverse=True)
    return names, places.astype(np.int32)


def _strings(values: Iterable[object]) -> Strings:
    column: NDArray[Any] = values if isinstance(values, np.ndarray) else np.array(list(values), dtype=object)
    return column if column.dtype.kind == "U" else np.array([str(value) for value in column.tolist()], dtype=np.str_)


def _whole_numbers(values: ArrayLike) -> Timestamps:
    try:
        given = np.asarray(values)
        whole = given.astype(np.int64, copy=False)
    except (TypeError, ValueError) as error:
        raise DataError(f"column TIMESTAMP: expected whole epoch seconds: {error}") from error
    if given.dtype.kind == "f" and not np.array_equal(given, whole):
        row = int(np.flatnonzero(given != whole)[0])
        raise DataError(f"column TIMESTAMP, row {row}: expected whole epoch seconds, got {given[row]}")
    return whole


def _first_of_equal_rows(data: Interactions) -> Mask:
    """True for the first of each group of rows that are equal in every column."""
    # Equal rows are of one user and one second: they stand together, and the few rows that do are all that is sorted.
    together = np.zeros(len(data) + 1, dtype=np.bool_)
    together[1:-1] = (data.users[1:] == data.users[:-1]) & (data.timestamps[1:] == data.timestamps[:-1])
    rows = np.flatnonzero(together[1:] | together[:-1])
    columns: list[NDArray[Any]] = [data.users[rows], data.timestamps[rows], data.items[rows]]
    if data.event_types is not None:
        columns.append(np.unique(data.event_types[rows], return_inverse=True)[1])
    if data.event_values is not None:
        columns.append(data.event_values[rows])
    if data.weights is not None:
        columns.append(data.weights[rows])
    order = np.lexsort(columns[::-1])  # stable: of equal rows the first comes first
    equal = np.ones(max(0, len(rows) - 1), dtype=np.bool_)
    for column in columns:
        ordered = column[order]
        equal &= ordered[1:] == ordered[:-1]
    first = np.ones(len(data), dtype=np.bool_)
    first[rows[order[1:]][equal]] = False
    return first


def typical_users(data: Interactions, lowest: float, highest: float) -> Interactions:
    """The events of users whose history is no shorter and no longer than those percentiles (0 to 1) of the lengths.

    The catalogue stays whole, so positions of items mean the same in the answer as in `data`.
    """
    keep = _within(np.bincount(data.users), lowest, highest)[data.users]
    return data if keep.all() else data.where(keep).over(data.item_ids)


def typical_items(data: Interactions, lowest: float, highest: float) -> Interactions:
    """The same for items and their events."""
    keep = _within(np.bincount(data.items, minlength=len(data.item_ids)), lowest, highest)[data.items]
    return data if keep.all() else data.where(keep).over(data.item_ids)


def _within(counts: NDArray[np.int64], lowest: float, highest: float) -> Mask:
    if lowest <= 0 and highest >= 1:
        return np.ones(len(counts), dtype=np.bool_)
    low, high = np.quantile(counts, [lowest, highest])
    return np.asarray((counts >= low) & (counts <= high))
