"""PutEvents: what a user does now, so that the very next recommendation knows it.

https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_PutEvents.html
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.contents import live_events, schema_of
from personalize_sfn.local.personalize.data.put_records import check_id, checked, plain
from personalize_sfn.local.personalize.data.schemas import SchemaField
from personalize_sfn.local.personalize.data.tables import LiveEvent
from personalize_sfn.local.personalize.data.values import LONGEST_ID, TIME_LIMITS
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.local.personalize.wire.errors import invalid_input
from personalize_sfn.local.personalize.wire.protocol import Members, json_document
from personalize_sfn.resources import ACTIVE, DATASET, DATASET_GROUP, EVENT_TRACKER

LONGEST_PROPERTIES = 1024
MOST_BYTES = 10 * 1024
"""Of an event: https://docs.aws.amazon.com/personalize/latest/dg/limits.html"""
_RESERVED = ("userid", "sessionid", "eventtype", "timestamp", "recommendationid", "impression")
_OUTSIDE_PROPERTIES = (
    "USERID",
    "ITEMID",
    "TIMESTAMP",
    "EVENTTYPE",
    "EVENTVALUE",
    "RECOMMENDATIONID",
    "IMPRESSION",
    "EVENTATTRIBUTIONSOURCE",
)


def put_events(context: OperationContext, request: Members) -> Members:
    with context.store.lock:
        context.lifecycle.advance(context.store)
        tracker = _tracker(context, request["trackingId"])
        needed = _needed_properties(context, tracker)
        live = live_events(context.store.get(DATASET_GROUP, tracker.ancestors["datasetGroup"]))
        # All are read before the first is kept: a request is taken whole or not at all.
        events = [_read(context, tracker, request, event, needed) for event in request["eventList"]]
        # A session called "null" is a client's mistake that AWS answers with success and drops.
        if request["sessionId"] != "null":
            for event in events:
                if event.event_id not in live.known_ids:
                    live.add(replace(event, number=len(live.events) + 1))
    return {}


def _tracker(context: OperationContext, tracking_id: str) -> Record:
    for tracker in context.store.of(EVENT_TRACKER):
        if tracker.members["trackingId"] == tracking_id and tracker.status == ACTIVE:
            return tracker
    raise invalid_input(f"The given trackingId belongs to no ACTIVE event tracker: {tracking_id}")


def _needed_properties(context: OperationContext, tracker: Record) -> list[str]:
    """The columns of the Interactions dataset that cannot be null and have no member of their own in an event."""
    return [
        field.name
        for field in _interactions_fields(context, tracker)
        if not field.nullable and plain(field.name) not in _OUTSIDE_PROPERTIES
    ]


def _columns(context: OperationContext, tracker: Record, properties: dict[str, Any]) -> dict[str, Any]:
    """The properties that are columns of the Interactions dataset, by column name."""
    columns = {plain(field.name): field for field in _interactions_fields(context, tracker)}
    kept = {}
    for name, value in properties.items():
        if plain(name) in columns and plain(name) not in _OUTSIDE_PROPERTIES:
            field = columns[plain(name)]
            kept[field.name] = checked(field, value)
    return kept


def _interactions_fields(context: OperationContext, tracker: Record) -> tuple[SchemaField, ...]:
    for dataset in context.store.of(DATASET, datasetGroup=tracker.ancestors["datasetGroup"]):
        if dataset.members["datasetType"] == "INTERACTIONS":
            return schema_of(context, dataset).fields
    return ()


def _properties(event: dict[str, Any], needed: list[str]) -> dict[str, Any]:
    text = event.get("properties", "{}")
    if len(text) > LONGEST_PROPERTIES:
        raise invalid_input(f"properties must be at most {LONGEST_PROPERTIES} characters, got {len(text)}")
    properties = json_document(text, "properties")
    if not isinstance(properties, dict):
        raise invalid_input("Error parsing properties json")
    for name in properties:
        if name.lower() in _RESERVED:
            raise invalid_input(f"properties: {name} is a reserved name, give it as the event's own member")
    given = {plain(name) for name, value in properties.items() if value is not None}
    missing = [name for name in needed if plain(name) not in given]
    if missing:
        raise invalid_input(f"properties: the dataset's required columns are missing: {', '.join(missing)}")
    return properties


def _read(
    context: OperationContext, tracker: Record, request: Members, event: dict[str, Any], needed: list[str]
) -> LiveEvent:
    """An event as it is kept, but for its number."""
    size = len(json.dumps(event, ensure_ascii=False).encode())
    if size > MOST_BYTES:
        raise invalid_input(f"An event must be at most {MOST_BYTES} bytes, got {size}")
    properties = _properties(event, needed)
    if (problem := TIME_LIMITS.problem(event["sentAt"])) is not None:
        raise invalid_input(f"sentAt: {problem}")
    for name in ("userId", "sessionId"):
        check_id(name, request.get(name))
    return LiveEvent(
        number=0,
        session_id=request["sessionId"],
        user_id=request.get("userId"),
        event_type=event["eventType"],
        item_id=_item_id(event, properties),
        value=_value(event, properties),
        timestamp=int(event["sentAt"]),
        properties=_columns(context, tracker, properties),
        recommendation_id=event.get("recommendationId"),
        impression=tuple(event.get("impression", ())),
        attribution_source=event.get("metricAttribution", {}).get("eventAttributionSource"),
        event_id=event.get("eventId"),
    )


def _item_id(event: dict[str, Any], properties: dict[str, Any]) -> str | None:
    """It may also stand in the properties: the older way."""
    found = event.get("itemId", properties.get("itemId"))
    if found is None:
        return None
    if not isinstance(found, str | int) or isinstance(found, bool) or not 1 <= len(str(found)) <= LONGEST_ID:
        raise invalid_input(f"properties: itemId must be a string of 1 to {LONGEST_ID} characters, got {found!r:.80}")
    check_id("itemId", str(found))
    return str(found)


def _value(event: dict[str, Any], properties: dict[str, Any]) -> float | None:
    """It may also stand in the properties: the older way."""
    found = event.get("eventValue", properties.get("eventValue"))
    value: float | None = checked(SchemaField("eventValue", "float", nullable=True), found)
    return value
