"""What an event may be."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import botocore.session
import numpy as np
import pytest

from personalize_sfn.config_datasets import INTERACTIONS_SCHEMA
from personalize_sfn.errors import EventError
from personalize_sfn.serving import outgoing_event
from personalize_sfn.serving.outgoing_event import EventColumns, OutgoingEvent, make_event

PLAIN = EventColumns(INTERACTIONS_SCHEMA)


def columns(*fields: tuple[str, Any]) -> EventColumns:
    extra = [{"name": name, "type": type_} for name, type_ in fields]
    return EventColumns({"fields": [*INTERACTIONS_SCHEMA["fields"], *extra]})


def test_the_shortest_event_has_an_id_the_time_and_the_users_own_session() -> None:
    event = make_event(PLAIN, "u1", "42", "buy")
    assert (event.user_id, event.session_id) == ("u1", "u1")
    assert abs(event.members["sentAt"] - time.time()) < 5
    assert event.members == {"itemId": "42", "eventType": "buy"} | {
        name: event.members[name] for name in ("eventId", "sentAt")
    }
    assert event.event_id != make_event(PLAIN, "u1", "42", "buy").event_id


def test_every_member_that_putevents_takes_can_be_given() -> None:
    event = make_event(
        columns(("DEVICE", "string")),
        None,
        None,
        "search",
        session_id="s",
        value=2,
        properties={"DEVICE": "tv"},
        sent_at=1_700_000_000,
        recommendation_id="RID-1",
        impression=["1", "2"],
        attribution_source="mail",
        event_id="e",
    )
    assert event == OutgoingEvent(
        None,
        "s",
        {
            "eventId": "e",
            "eventType": "search",
            "sentAt": 1_700_000_000,
            "eventValue": 2.0,
            "recommendationId": "RID-1",
            "impression": ["1", "2"],
            "metricAttribution": {"eventAttributionSource": "mail"},
            "properties": '{"device": "tv"}',
        },
    )
    assert OutgoingEvent.from_json(event.to_json()) == event


def test_whole_numbers_of_any_library_are_ids() -> None:
    event = make_event(PLAIN, 7, np.int64(42), "buy")
    assert (event.user_id, event.members["itemId"]) == ("7", "42")


@pytest.mark.parametrize(
    ("sent_at", "seconds"),
    [
        (datetime(2024, 4, 17, 9, 30, tzinfo=UTC), 1713346200),
        (datetime(2024, 4, 17, 11, 30, tzinfo=timezone(timedelta(hours=2))), 1713346200),
        (1713346200.9, 1713346200),
        (np.float64(1713346200), 1713346200),
    ],
)
def test_times_are_whole_seconds_since_1970(sent_at: Any, seconds: int) -> None:
    assert make_event(PLAIN, "u", "i", "buy", sent_at=sent_at).members["sentAt"] == seconds


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"user_id": ""}, "user_id: expected 1 to 256 characters, got 0: ''"),
        ({"user_id": "u" * 257}, f"user_id: expected 1 to 256 characters, got 257: '{'u' * 79}"),
        ({"user_id": 7.5}, "user_id: expected text, got float 7.5"),
        ({"user_id": True}, "user_id: expected text, got bool True"),
        ({"user_id": None}, "session_id: expected one, because the event has no user_id"),
        ({"user_id": "null"}, "session_id: AWS drops events of a session that is called 'null': give it another name"),
        ({"item_id": ""}, "item_id: expected 1 to 256 characters, got 0: ''"),
        ({"event_type": ""}, "event_type: expected 1 to 256 characters, got 0: ''"),
        ({"event_type": None}, "event_type: expected text, got NoneType None"),
        ({"value": "5"}, "value: expected a number, got '5'"),
        ({"value": float("nan")}, "value: expected a number, got nan"),
        ({"value": float("inf")}, "value: expected a number, got inf"),
        (
            {"sent_at": datetime(2024, 1, 1)},
            "sent_at: expected a time zone, such as datetime.now(UTC), got 2024-01-01 00:00:00",
        ),
        (
            {"sent_at": 1_700_000_000_000},
            "sent_at: expected seconds since 1970, got 1700000000000: these are milliseconds, divide by 1000",
        ),
        ({"sent_at": -1}, "sent_at: expected seconds since 1970, got -1"),
        ({"sent_at": "now"}, "sent_at: expected a datetime or seconds since 1970, got 'now'"),
        ({"recommendation_id": "r" * 41}, f"recommendation_id: expected 1 to 40 characters, got 41: '{'r' * 41}'"),
        ({"impression": "12"}, "impression: expected a list of up to 25 item ids, got '12'"),
        ({"impression": ["i"] * 26}, "impression: expected a list of up to 25 item ids, got ['i', 'i'"),
        (
            {"properties": {"itemId": "1"}},
            "properties: 'itemId' has an argument of its own: give it as item_id=",
        ),
        (
            {"properties": {"DEVICE": "tv"}},
            "properties: datasets.interactions.schema has no other column; got 'DEVICE'",
        ),
    ],
)
def test_what_aws_would_refuse_is_refused_at_once(arguments: dict[str, Any], message: str) -> None:
    given = {"user_id": "u", "item_id": "i", "event_type": "buy"} | arguments
    with pytest.raises(EventError) as refused:
        make_event(PLAIN, **given)
    assert str(refused.value).startswith(message)


def test_properties_are_columns_in_camel_case() -> None:
    shop = columns(("NUM_RATINGS", "int"), ("PRICE", ["null", "float"]))
    event = make_event(shop, "u", "i", "buy", properties={"NUM_RATINGS": np.int64(3), "price": 1.5})
    assert json.loads(event.members["properties"]) == {"numRatings": 3, "price": 1.5}


def test_a_column_that_may_be_null_may_be_left_out_and_another_may_not() -> None:
    shop = columns(("NUM_RATINGS", "int"), ("PRICE", ["null", "float"]))
    with pytest.raises(EventError) as refused:
        make_event(shop, "u", "i", "buy", properties={"NUM_RATINGS": None, "PRICE": 2})
    assert str(refused.value) == "properties: expected NUM_RATINGS, which the schema does not let be null"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("x" * 1100, "properties: expected at most 1024 characters of JSON, got 1114"),
        (float("nan"), "properties: expected texts, numbers and truth values: "),
        (object(), "properties: expected texts, numbers and truth values: object <object"),
    ],
)
def test_properties_that_are_too_long_or_no_json_are_refused(value: Any, message: str) -> None:
    with pytest.raises(EventError) as refused:
        make_event(columns(("DEVICE", "string")), "u", "i", "buy", properties={"DEVICE": value})
    assert str(refused.value).startswith(message)


def test_an_event_larger_than_aws_takes_is_refused() -> None:
    with pytest.raises(EventError, match="expected an event of at most 10,240 bytes, got "):
        make_event(PLAIN, "u", "i", "buy", impression=["\N{GRINNING FACE}" * 256] * 25)


def test_the_lengths_are_those_of_botocores_model() -> None:
    request = (
        botocore.session.get_session().get_service_model("personalize-events").operation_model("PutEvents").input_shape
    )
    event = request.members["eventList"].member
    shapes = {**request.members, **event.members, **event.members["metricAttribution"].members}
    assert {name: shapes[name].metadata["max"] for name in outgoing_event.LONGEST} == outgoing_event.LONGEST
    assert shapes["impression"].metadata["max"] == outgoing_event.LONGEST_IMPRESSION
    assert shapes["properties"].metadata["max"] == outgoing_event.LONGEST_PROPERTIES
