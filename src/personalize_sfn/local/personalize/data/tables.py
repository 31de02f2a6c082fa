"""The rows of a dataset, column by column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.engine.coded_column import CodedColumn, Column, different

if TYPE_CHECKING:
    from personalize_sfn.engine import Labels

Table = dict[str, Column]
"""Columns of equal length by field name: ``int64``, ``float64``, ``bool``; ``object`` or coded for strings and what can
be null.  Imported columns are coded: a row takes 4 bytes, however long its id."""


@dataclass(eq=False, slots=True)
class DatasetContent:
    """What a dataset holds.  Tables never change, they are replaced: a training under way keeps what it began with."""

    bulk: tuple[Table, ...] = ()
    """What import jobs brought."""
    put: tuple[Table, ...] = ()
    """What PutItems, PutUsers, PutActions and PutActionInteractions brought, oldest first; imports leave it."""
    known_ids: set[str] = field(default_factory=set)
    """The event ids that PutActionInteractions brought."""

    @property
    def parts(self) -> tuple[Table, ...]:
        """All rows; of rows with one id the last is the one that counts."""
        return self.bulk + self.put

    def replace(self, change: Callable[[Table], Table | None]) -> None:
        """Put ``change(table)`` in the place of each table; None leaves it out."""
        self.bulk, self.put = (
            tuple(table for table in map(change, tables) if table is not None) for tables in (self.bulk, self.put)
        )

    def full(self, table: Table) -> None:
        """An import in mode FULL: in the place of all imported rows."""
        self.bulk = (table,)

    def add(self, table: Table, key: str | None = None) -> None:
        """An import in mode INCREMENTAL.

        Args:
            table: the rows.
            key: the id column, if rows have one: rows with known ids replace the older ones, also those of Put*.
                None appends.
        """
        if key is None:
            self.bulk = (*self.bulk, table)
            return
        self.bulk = (last_rows((*self.bulk, table), key),)
        arrived = different(table[key])
        self.replace_put(lambda row_id: row_id not in arrived, key)

    def replace_put(self, keep: Callable[[Any], bool], key: str) -> None:
        """Keep only the Put* rows of the ids for which ``keep`` is true."""
        kept = []
        for part in self.put:
            mask = np.array([keep(row_id) for row_id in part[key].tolist()], dtype=np.bool_)
            if mask.all():
                kept.append(part)
            elif mask.any():
                kept.append({name: column[mask] for name, column in part.items()})
        self.put = tuple(kept)

    def put_rows(self, table: Table, key: str | None = None) -> None:
        """Add rows that came one by one; small tables are joined, so that there are few of them."""
        parts = [*self.put, table]
        while len(parts) > 1 and _length(parts[-2]) <= 2 * _length(parts[-1]):
            last = tuple(parts[-2:])
            parts[-2:] = [joined(last) if key is None else last_rows(last, key)]
        self.put = tuple(parts)


def merged(content: DatasetContent, key: str) -> Table:
    """All rows of a dataset whose rows have ids: of rows with one id the last, in the order of first arrival.

    Args:
        content: the dataset's.
        key: the id column, ``ITEM_ID``.

    Returns:
        Columns by name, ``{}`` for no rows; None where a row's import had no such column.
    """
    return last_rows(content.parts, key)


def last_rows(parts: Sequence[Table], key: str) -> Table:
    """One table of several; of rows with one id the last."""
    table = joined(parts)
    if not table:
        return table
    places = {row_id: place for place, row_id in enumerate(table[key].tolist())}
    if len(places) == len(table[key]):
        return table
    chosen = np.fromiter(places.values(), dtype=np.intp, count=len(places))
    return {name: column[chosen] for name, column in table.items()}


def joined(parts: Sequence[Table]) -> Table:
    """The rows of several tables as one table; None where a table has no such column."""
    if len(parts) == 1:
        return parts[0]
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: _concatenated([_column(part, name) for part in parts]) for name in names}


def distinct(parts: Sequence[Table], names: Sequence[str]) -> Table:
    """One table of several in which rows equal in the columns of those names stand once, where the first stood."""
    table = joined(parts)
    if _all_different(_row_codes(table, names)):  # most often; telling so takes a third of the memory
        return table
    first = np.unique(_row_codes(table, names), return_index=True)[1]
    first.sort()
    return {name: column[first] for name, column in table.items()}


def _all_different(codes: NDArray[np.int64]) -> bool:
    codes.sort()
    return not (codes[1:] == codes[:-1]).any()


def fresh_rows(known: Sequence[Table], table: Table) -> NDArray[np.bool_]:
    """Which rows of a table are equal in all columns to none of the known tables' rows; shape (rows,)."""
    whole = joined((*known, table))
    codes = _row_codes(whole, list(whole))
    start = len(codes) - _length(table)
    return ~np.isin(codes[start:], codes[:start])


def _row_codes(table: Table, names: Sequence[str]) -> NDArray[np.int64]:
    """A number for each row; equal rows have equal numbers."""
    rows, count = np.zeros(_length(table), dtype=np.int64), 1
    for name in names:
        codes, kinds = _codes(table[name])
        if count * kinds >= _MOST_CODES:  # numbered anew, so that it fits
            rows, count = _numbered(rows), len(rows)
        rows *= kinds
        rows += codes
        count *= kinds
    return rows


_MOST_CODES = 2**62
_MOST_KINDS = 2**31


def _codes(column: Column) -> tuple[NDArray[np.int64], int]:
    """A number for each value, equal ones for equal values, and a number that is above all of them."""
    if isinstance(column, CodedColumn) or column.dtype.kind == "O":
        coded = CodedColumn.joined([column])  # of equal values one is left
        return coded.codes.astype(np.int64), len(coded.values) + 1
    if column.dtype.kind == "i" and len(column):
        lowest, highest = int(column.min()), int(column.max())
        if highest - lowest < _MOST_KINDS:
            return column.astype(np.int64) - lowest, highest - lowest + 1
    return _numbered(column), len(column) + 1


def _numbered(values: NDArray[Any]) -> NDArray[np.int64]:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _length(table: Table) -> int:
    return len(next(iter(table.values()))) if table else 0


def _column(part: Table, name: str) -> Column:
    return part[name] if name in part else np.full(_length(part), None, dtype=object)


def _concatenated(columns: list[Column]) -> Column:
    if any(column.dtype.kind == "O" for column in columns):
        return CodedColumn.joined(columns)
    return np.concatenate([np.asarray(column) for column in columns])


@dataclass(frozen=True, slots=True)
class InteractionRows:
    """Interactions as the engine wants them."""

    users: Column
    items: Column
    timestamps: NDArray[np.int64]
    event_types: Column | None = None
    event_values: Column | None = None
    contexts: Mapping[str, Labels] = field(default_factory=dict)
    """The columns of context that are learned from, by name."""

    def __len__(self) -> int:
        return len(self.users)


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """One event that PutEvents brought."""

    number: int
    """Its place in the order of arrival, in its dataset group; from 1."""
    session_id: str
    user_id: str | None
    event_type: str
    item_id: str | None
    value: float | None
    timestamp: int
    properties: dict[str, str | float | int | bool | None] = field(default_factory=dict)
    """The other columns of the Interactions dataset that it has a value for, by column name."""
    recommendation_id: str | None = None
    impression: tuple[str, ...] = ()
    """The items that were shown."""
    attribution_source: str | None = None
    """``metricAttribution.eventAttributionSource``."""
    event_id: str | None = None
    """The client's own: a later event with the same one is dropped."""

    def columns(self) -> dict[str, Any]:
        """Its values by column name, without USER_ID: whose it is, is not settled before its session's end."""
        return self.properties | {
            "ITEM_ID": self.item_id,
            "TIMESTAMP": self.timestamp,
            "EVENT_TYPE": self.event_type,
            "EVENT_VALUE": self.value,
            "RECOMMENDATION_ID": self.recommendation_id,
            "IMPRESSION": "|".join(self.impression) or None,
            "EVENT_ATTRIBUTION_SOURCE": self.attribution_source,
        }


@dataclass(eq=False, slots=True)
class LiveEvents:
    """The events of a dataset group, in the order in which they arrived; kept when their tracker is deleted."""

    events: list[LiveEvent] = field(default_factory=list)
    known_ids: set[str] = field(default_factory=set)
    """The event ids of ``events``; it and ``by_person`` are worked out from them by ``add``."""
    by_person: dict[str, list[LiveEvent]] = field(default_factory=dict)
    """By user id, and by session id, with which a request may ask instead."""

    def add(self, event: LiveEvent) -> None:
        self.events.append(event)
        if event.event_id is not None:
            self.known_ids.add(event.event_id)
        for person in {event.session_id, event.user_id} - {None}:
            self.by_person.setdefault(str(person), []).append(event)

    def of(self, person: str, *, after: int) -> list[LiveEvent]:
        """The events of a user or session that arrived after the event of that number."""
        return [event for event in self.by_person.get(person, ()) if event.number > after]

    def settled_users(self) -> dict[str, str]:
        """The user behind each session in which some event named one."""
        return {event.session_id: event.user_id for event in self.events if event.user_id is not None}


def interaction_rows(content: DatasetContent, live: list[LiveEvent], users: dict[str, str]) -> InteractionRows:
    """All interactions: the imported ones and the live ones that name an item; sessions count as their user."""
    usable = _usable(live)
    types_known = bool(usable) or any("EVENT_TYPE" in part for part in content.parts)
    values_known = any(event.value is not None for event in usable) or any(
        "EVENT_VALUE" in part for part in content.parts
    )
    return InteractionRows(
        users=_joined(
            content, "USER_ID", [event.user_id or users.get(event.session_id, event.session_id) for event in usable]
        ),
        items=_joined(content, "ITEM_ID", [event.item_id for event in usable]),
        timestamps=np.asarray(_joined(content, "TIMESTAMP", [event.timestamp for event in usable]), dtype=np.int64),
        event_types=_joined(content, "EVENT_TYPE", [event.event_type for event in usable]) if types_known else None,
        event_values=_joined(content, "EVENT_VALUE", [event.value for event in usable]) if values_known else None,
    )


def interaction_column(content: DatasetContent, live: list[LiveEvent], name: str) -> Column:
    """A metadata column of the same interactions, in the same order; None where it has no value."""
    return _joined(content, name, [event.properties.get(name) for event in _usable(live)])


def _usable(live: list[LiveEvent]) -> list[LiveEvent]:
    return [event for event in live if event.item_id is not None]


def _joined(content: DatasetContent, name: str, live: list[Any]) -> Column:
    columns = [_column(part, name) for part in content.parts]
    if live or not columns:
        columns.append(np.array(live, dtype=np.int64 if name == "TIMESTAMP" else object))
    return columns[0] if len(columns) == 1 else _concatenated(columns)
