"""Events from a CSV, row by row, whatever its size: for events that were kept elsewhere, and for trying things out."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from personalize_sfn.errors import DataError, EventError
from personalize_sfn.serving.outgoing_event import EventColumns, OutgoingEvent, make_event

__all__ = ["CsvEvent", "EventCsv"]

_NEEDED = ("USER_ID", "ITEM_ID", "TIMESTAMP")
#: Columns that are arguments of an event; the other columns of the schema are its properties.
_ARGUMENTS = {
    "SESSION_ID": "session_id",
    "EVENT_VALUE": "value",
    "RECOMMENDATION_ID": "recommendation_id",
    "IMPRESSION": "impression",
    "EVENT_ATTRIBUTION_SOURCE": "attribution_source",
    "EVENT_ID": "event_id",
}
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_SEPARATORS = ",;\t|"
_CONVERTERS: dict[str, Callable[[str], Any]] = {
    "int": int,
    "long": int,
    "float": float,
    "double": float,
    "boolean": lambda text: {"true": True, "false": False}[text.lower()],
    "string": str,
}


class CsvEvent(NamedTuple):
    """A row that can be sent, or what is wrong with it."""

    line: int
    """On which it begins, counted from 1."""
    event: OutgoingEvent | None
    problem: str = ""


@dataclass(frozen=True)
class EventCsv:
    """A CSV with the columns USER_ID, ITEM_ID, TIMESTAMP and, if they are there, EVENT_TYPE, SESSION_ID, EVENT_VALUE,
    RECOMMENDATION_ID, IMPRESSION (ids joined by ``|``), EVENT_ATTRIBUTION_SOURCE, EVENT_ID and those of the schema.

    Texts in double quotes may hold separators and line breaks, quotes in them are doubled.  An empty value is none.
    A row without EVENT_ID gets an id from its content: Personalize counts each id once, so a file, or a part of it, can
    be sent again; two rows that are the same in all columns count once.
    """

    path: Path
    columns: EventColumns
    default_event_type: str | None = None
    """Of a file without EVENT_TYPE."""
    names: Mapping[str, str] = field(default_factory=dict)
    """``{name in the file: one of the columns}``"""
    time_unit: str = "s"
    """What numbers in TIMESTAMP count since 1970: s, ms, us or ns.  Dates are ISO 8601, in UTC unless they say
    otherwise."""

    def unused_columns(self) -> tuple[str, ...]:
        """Columns of the file that are neither an event's nor the schema's.

        Raises:
            DataError: as :meth:`events`.
        """
        known = {*_NEEDED, *_ARGUMENTS, "EVENT_TYPE", *self.columns.names}
        return tuple(name for name in self._header()[1] if name not in known)

    def events(self, from_line: int = 2) -> Iterator[CsvEvent]:
        """The rows from that line of the file on.

        Raises:
            DataError: the file cannot be read, is not UTF-8, or lacks a column; names it.
        """
        separator, header = self._header()
        missing = [name for name in _NEEDED if name not in header]
        if self.default_event_type is None and "EVENT_TYPE" not in header:
            missing.append("EVENT_TYPE")
        if missing:
            found = ", ".join(header[:20]) or "nothing"
            raise DataError(
                f"{self.path.name}: line 1: expected the columns {', '.join(missing)}, found {found}; "
                "say what the file calls them with --columns"
            )
        line = 1
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as text:
                rows = csv.reader(text, delimiter=separator, strict=True)
                next(rows)
                line = rows.line_num + 1
                for row in rows:
                    if line >= from_line and any(row):
                        yield self._event(line, header, row)
                    line = rows.line_num + 1
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise DataError(f"{self.path.name}: line {line} or after it: {error}") from error

    def _header(self) -> tuple[str, list[str]]:
        """The separator, and the columns by the names that they have here."""
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as text:
                first = text.readline(1 << 20)
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"{self.path}: cannot be read: {error}") from error
        known = {*_NEEDED, *self.names}

        def columns(separator: str) -> list[str]:
            return next(csv.reader([first.rstrip("\r\n")], delimiter=separator), [])

        separator = max(_SEPARATORS, key=lambda each: len(known & set(columns(each))))
        return separator, [self.names.get(name, name) for name in columns(separator)]

    def _event(self, line: int, header: list[str], row: list[str]) -> CsvEvent:
        if len(row) != len(header):
            return CsvEvent(line, None, f"expected {len(header)} values, found {len(row)}")
        values = {name: value for name, value in zip(header, row, strict=True) if value}
        try:
            event = make_event(
                self.columns,
                values.get("USER_ID"),
                values.get("ITEM_ID"),
                values.get("EVENT_TYPE", "") if "EVENT_TYPE" in header else self.default_event_type or "",
                sent_at=self._seconds(values.get("TIMESTAMP", "")),
                properties={
                    name: _typed(name, values[name], self.columns.types[name])
                    for name in self.columns.names
                    if name in values
                },
                **_arguments(values),
            )
        except EventError as error:
            return CsvEvent(line, None, str(error))
        if "EVENT_ID" not in values:
            event = _with_id_of_content(event)
        return CsvEvent(line, event)

    def _seconds(self, text: str) -> float:
        if re.fullmatch(r"-?\d{1,30}", text, re.ASCII):
            seconds = int(text) // _PER_SECOND[self.time_unit]
            if seconds >= 10**11:
                raise EventError(f"TIMESTAMP: expected {self.time_unit} since 1970, got {text}: is --time-unit right?")
            return seconds
        try:
            when = datetime.fromisoformat(text)
        except ValueError:
            raise EventError(f"TIMESTAMP: expected seconds since 1970 or ISO 8601, got {text!r:.80}") from None
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _arguments(values: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {argument: values[name] for name, argument in _ARGUMENTS.items() if name in values}
    if "value" in found:
        found["value"] = _typed("EVENT_VALUE", found["value"], "double")
    if "impression" in found:
        found["impression"] = found["impression"].split("|")
    return found


def _typed(name: str, text: str, avro_type: Any) -> Any:
    types = avro_type if isinstance(avro_type, list) else [avro_type]
    kind = next((each for each in types if each != "null"), "string")
    try:
        return _CONVERTERS.get(kind, str)(text)
    except (ValueError, KeyError):
        raise EventError(f"{name}: expected a value of type {kind}, got {text!r:.80}") from None


def _with_id_of_content(event: OutgoingEvent) -> OutgoingEvent:
    members = {name: value for name, value in event.members.items() if name != "eventId"}
    content = json.dumps([event.user_id, event.session_id, members], sort_keys=True)
    event_id = hashlib.sha256(content.encode()).hexdigest()[:32]
    return OutgoingEvent(event.user_id, event.session_id, {"eventId": event_id, **members})
