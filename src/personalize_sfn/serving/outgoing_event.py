"""A live event: what PutEvents takes, checked before it is queued, while the caller can still do something about it.

https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_PutEvents.html
"""

from __future__ import annotations

import json
import math
import re
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, SupportsIndex

from personalize_sfn.errors import EventError

__all__ = ["EventColumns", "OutgoingEvent", "make_event"]

#: Characters, by member: the lengths of botocore's model of PutEvents.
LONGEST = {
    "userId": 256,
    "sessionId": 256,
    "eventId": 256,
    "eventType": 256,
    "itemId": 256,
    "recommendationId": 40,
    "eventAttributionSource": 1024,
}
LONGEST_IMPRESSION = 25
LONGEST_PROPERTIES = 1024
#: Of one event, in bytes: https://docs.aws.amazon.com/personalize/latest/dg/limits.html
LARGEST_EVENT = 10 * 1024
#: Columns that PutEvents has members for; they may not stand in the properties.
#: https://docs.aws.amazon.com/personalize/latest/dg/event-record-api.html
_MEMBERS = {
    "userid": "user_id",
    "itemid": "item_id",
    "timestamp": "sent_at",
    "sessionid": "session_id",
    "eventtype": "event_type",
    "eventvalue": "value",
    "recommendationid": "recommendation_id",
    "impression": "impression",
    "eventattributionsource": "attribution_source",
}
#: In the year 5138.  What is above it counts milliseconds.
_LATEST = 10**11 - 1


@dataclass(frozen=True, slots=True)
class OutgoingEvent:
    """One event of the list of PutEvents, and the user and session, which a call has once."""

    user_id: str | None
    session_id: str
    members: Mapping[str, Any]
    """As the operation takes them; ``sentAt`` is in whole seconds since 1970, ``properties`` JSON."""

    @property
    def event_id(self) -> str:
        return str(self.members["eventId"])

    def to_json(self) -> str:
        return json.dumps({"userId": self.user_id, "sessionId": self.session_id, "event": self.members})

    @classmethod
    def from_json(cls, text: str) -> OutgoingEvent:
        """Raises ValueError, KeyError or TypeError where the text is no event of :meth:`to_json`."""
        found = json.loads(text)
        event = cls(found["userId"], found["sessionId"], dict(found["event"]))
        if not (isinstance(event.session_id, str) and isinstance(event.members["eventId"], str)):
            raise TypeError(text)
        return event


class EventColumns:
    """The columns of the Interactions dataset that an event carries as properties."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        """Args: schema: of the Interactions dataset, as Avro."""
        fields = [each for each in schema["fields"] if _plain(each["name"]) not in _MEMBERS]
        self.names = tuple(str(each["name"]) for each in fields)
        self.types = {str(each["name"]): each["type"] for each in fields}
        self._keys = {_plain(name): _camel(name) for name in self.names}
        self._needed = {_plain(name): name for name in self.names if not _takes_null(self.types[name])}

    def to_json(self, properties: Mapping[str, Any]) -> str | None:
        """The properties as PutEvents takes them: ``{"numRatings": 3}`` for ``{"NUM_RATINGS": 3}``; None: there are
        none.

        Raises:
            EventError: a name is no column, a column that cannot be null is missing, or a value is no JSON.
        """
        found: dict[str, Any] = {}
        for name, value in properties.items():
            plain = _plain(name)
            if plain in _MEMBERS:
                raise EventError(f"properties: {name!r} has an argument of its own: give it as {_MEMBERS[plain]}=")
            if plain not in self._keys:
                known = ", ".join(self.names) or "no other column"
                raise EventError(f"properties: datasets.interactions.schema has {known}; got {name!r}")
            if value is not None:
                found[plain] = value
        missing = [name for plain, name in self._needed.items() if plain not in found]
        if missing:
            raise EventError(f"properties: expected {', '.join(missing)}, which the schema does not let be null")
        if not found:
            return None
        try:
            text = json.dumps(
                {self._keys[name]: value for name, value in found.items()}, allow_nan=False, default=_item
            )
        except (TypeError, ValueError) as error:
            raise EventError(f"properties: expected texts, numbers and truth values: {error}") from error
        if len(text) > LONGEST_PROPERTIES:
            raise EventError(f"properties: expected at most {LONGEST_PROPERTIES} characters of JSON, got {len(text)}")
        return text


def make_event(
    columns: EventColumns,
    user_id: str | int | None,
    item_id: str | int | None,
    event_type: str,
    *,
    session_id: str | None = None,
    value: float | None = None,
    properties: Mapping[str, Any] | None = None,
    sent_at: datetime | float | None = None,
    recommendation_id: str | None = None,
    impression: Sequence[str] = (),
    attribution_source: str | None = None,
    event_id: str | None = None,
) -> OutgoingEvent:
    """An event with all that AWS asks for; see :meth:`personalize_sfn.serving.EventSender.put`.

    Raises:
        EventError: AWS would refuse it; says the argument, what was expected and what came.
    """
    user = None if user_id is None else _text("user_id", "userId", user_id)
    if session_id is None and user is None:
        raise EventError("session_id: expected one, because the event has no user_id")
    session = user if session_id is None else _text("session_id", "sessionId", session_id)
    assert session is not None
    if session == "null":  # https://docs.aws.amazon.com/personalize/latest/dg/recording-events.html
        raise EventError("session_id: AWS drops events of a session that is called 'null': give it another name")
    members: dict[str, Any] = {
        "eventId": uuid.uuid4().hex if event_id is None else _text("event_id", "eventId", event_id),
        "eventType": _text("event_type", "eventType", event_type),
        "sentAt": _seconds(sent_at),
    }
    if item_id is not None:
        members["itemId"] = _text("item_id", "itemId", item_id)
    if value is not None:
        members["eventValue"] = _number(value)
    if recommendation_id is not None:
        members["recommendationId"] = _text("recommendation_id", "recommendationId", recommendation_id)
    if impression:
        if isinstance(impression, str) or len(impression) > LONGEST_IMPRESSION:
            raise EventError(
                f"impression: expected a list of up to {LONGEST_IMPRESSION} item ids, got {impression!r:.80}"
            )
        members["impression"] = [_text("impression", "itemId", each) for each in impression]
    if attribution_source is not None:
        source = _text("attribution_source", "eventAttributionSource", attribution_source)
        members["metricAttribution"] = {"eventAttributionSource": source}
    text = columns.to_json(properties or {})
    if text is not None:
        members["properties"] = text
    size = len(json.dumps(members).encode())
    if size > LARGEST_EVENT:
        raise EventError(f"expected an event of at most {LARGEST_EVENT:,} bytes, got {size:,}")
    return OutgoingEvent(user, session, members)


def _text(argument: str, member: str, value: object) -> str:
    if not isinstance(value, str):
        if isinstance(value, bool) or not isinstance(value, SupportsIndex):
            raise EventError(f"{argument}: expected text, got {type(value).__name__} {value!r:.80}")
        value = str(value.__index__())  # a whole number of any library
    if not 1 <= len(value) <= LONGEST[member]:
        raise EventError(f"{argument}: expected 1 to {LONGEST[member]} characters, got {len(value)}: {value!r:.80}")
    return value


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(value, str) or not math.isfinite(number):
        raise EventError(f"value: expected a number, got {value!r:.80}")
    return number


def _seconds(sent_at: datetime | float | None) -> int:
    if sent_at is None:
        return int(time.time())
    if isinstance(sent_at, datetime):
        if sent_at.tzinfo is None:
            raise EventError(f"sent_at: expected a time zone, such as datetime.now(UTC), got {sent_at}")
        sent_at = sent_at.timestamp()
    try:
        seconds = float(sent_at)
    except (TypeError, ValueError):
        raise EventError(f"sent_at: expected a datetime or seconds since 1970, got {sent_at!r:.80}") from None
    if not 0 <= seconds <= _LATEST:
        hint = ": these are milliseconds, divide by 1000" if seconds > _LATEST else ""
        raise EventError(f"sent_at: expected seconds since 1970, got {sent_at!r:.80}{hint}")
    return int(seconds)


def _plain(name: str) -> str:
    """``numratings`` for ``NUM_RATINGS`` and ``numRatings``."""
    return name.replace("_", "").lower()


def _camel(name: str) -> str:
    """``numRatings`` for ``NUM_RATINGS``: https://docs.aws.amazon.com/personalize/latest/dg/event-record-api.html"""
    return re.sub("_+(.)", lambda found: found[1].upper(), name.lower())


def _takes_null(type_: Any) -> bool:
    return type_ == "null" or (isinstance(type_, list) and "null" in type_)


def _item(value: Any) -> Any:
    """numpy's numbers are no JSON; what they hold is."""
    if not hasattr(value, "item"):
        raise TypeError(f"{type(value).__name__} {value!r:.80}")
    return value.item()
