"""The rows of a dataset, column by column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
Table = dict[str, Column]
"""Columns of equal length by field name: strings, ``int64``, ``float64``, ``bool``; ``object`` where nulls can be."""


@dataclass(eq=False, slots=True)
class DatasetContent:
    """What a dataset holds; replaced or extended as a whole, so that a training under way keeps what it began with."""

    parts: tuple[Table, ...] = ()
    """One for each import that counts: FULL replaces all, INCREMENTAL adds one."""

    def full(self, table: Table) -> None:
        self.parts = (table,)

    def add(self, table: Table) -> None:
        self.parts = (*self.parts, table)


@dataclass(frozen=True, slots=True)
class Rows:
    """Interactions as the engine wants them."""

    users: Column
    items: Column
    timestamps: Column
    event_types: Column | None = None
    event_values: Column | None = None

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


@dataclass(eq=False, slots=True)
class LiveEvents:
    """The events of a dataset group, in the order in which they arrived; kept when their tracker is deleted."""

    events: list[LiveEvent] = field(default_factory=list)
    known_ids: set[str] = field(default_factory=set)
    by_person: dict[str, list[LiveEvent]] = field(default_factory=dict)
    """By user id, and by session id for who asks with the session's id instead."""

    def add(self, event: LiveEvent) -> None:
        self.events.append(event)
        for person in {event.session_id, event.user_id} - {None}:
            self.by_person.setdefault(str(person), []).append(event)

    def of(self, person: str, *, after: int) -> list[LiveEvent]:
        """The events of a user or session that arrived after the event of that number."""
        return [event for event in self.by_person.get(person, ()) if event.number > after]

    def settled_users(self) -> dict[str, str]:
        """The user behind each session in which some event named one."""
        return {event.session_id: event.user_id for event in self.events if event.user_id is not None}


def interaction_rows(content: DatasetContent, live: list[LiveEvent], users: dict[str, str]) -> Rows:
    """All interactions: the imported ones and the live ones that name an item; sessions count as their user."""
    usable = [event for event in live if event.item_id is not None]
    types_known = bool(usable) or any("EVENT_TYPE" in part for part in content.parts)
    values_known = any(event.value is not None for event in usable) or any(
        "EVENT_VALUE" in part for part in content.parts
    )
    return Rows(
        users=_joined(
            content, "USER_ID", [event.user_id or users.get(event.session_id, event.session_id) for event in usable]
        ),
        items=_joined(content, "ITEM_ID", [event.item_id for event in usable]),
        timestamps=_joined(content, "TIMESTAMP", [event.timestamp for event in usable]).astype(np.int64),
        event_types=_joined(content, "EVENT_TYPE", [event.event_type for event in usable]) if types_known else None,
        event_values=_joined(content, "EVENT_VALUE", [event.value for event in usable]) if values_known else None,
    )


def _joined(content: DatasetContent, name: str, live: list[Any]) -> Column:
    columns = [
        part[name] if name in part else np.full(len(part["USER_ID"]), None, dtype=object) for part in content.parts
    ]
    if live or not columns:
        columns.append(np.array(live, dtype=object))
    if len(columns) == 1:
        return columns[0]
    if any(column.dtype.kind == "O" for column in columns):
        columns = [column.astype(object) for column in columns]
    return np.concatenate(columns)
