"""PutItems, PutUsers, PutActions and PutActionInteractions: rows that come one by one.

https://docs.aws.amazon.com/personalize/latest/dg/importing-individual-records.html: properties are columns by their
names in camel case; a row replaces the one with its id; a column may be null only where the schema lets it.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.contents import dataset_content, schema_of
from personalize_sfn.local.personalize.data.import_csv import is_action_event
from personalize_sfn.local.personalize.data.schemas import ID_COLUMNS, ID_FIELDS, ParsedSchema, SchemaField
from personalize_sfn.local.personalize.data.tables import Table
from personalize_sfn.local.personalize.data.values import CONVERTERS, TooLong, checked_text, limits
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.local.personalize.wire.errors import in_use, invalid_input, not_found
from personalize_sfn.local.personalize.wire.protocol import Members, json_document
from personalize_sfn.resources import ACTIVE, DATASET


def put_items(context: OperationContext, request: Members) -> Members:
    return _put(context, request, "ITEMS", "items", "itemId")


def put_users(context: OperationContext, request: Members) -> Members:
    return _put(context, request, "USERS", "users", "userId")


def put_actions(context: OperationContext, request: Members) -> Members:
    return _put(context, request, "ACTIONS", "actions", "actionId")


def put_action_interactions(context: OperationContext, request: Members) -> Members:
    dataset = next(
        (each for each in context.store.of(DATASET) if each.members.get("trackingId") == request["trackingId"]), None
    )
    if dataset is None:
        raise not_found(f"The given trackingId belongs to no dataset: {request['trackingId']}")
    _require_active(dataset)
    schema = schema_of(context, dataset)
    content = dataset_content(dataset)
    rows, ids = [], set(content.known_ids)
    for event in request["actionInteractions"]:
        if not is_action_event(event["eventType"]):
            raise invalid_input(f"eventType: expected Taken, Not taken or Viewed, got {event['eventType']}")
        known = {
            "USER_ID": event.get("userId", event["sessionId"]),
            "ACTION_ID": event["actionId"],
            "EVENT_TYPE": event["eventType"],
            "TIMESTAMP": int(event["timestamp"]),
            "IMPRESSION": "|".join(event.get("impression", ())) or None,
            "RECOMMENDATION_ID": event.get("recommendationId"),
        }
        row = _row(schema, known, event.get("properties", "{}"))
        if event.get("eventId") in ids:
            continue
        ids |= {event["eventId"]} if "eventId" in event else set()
        rows.append(row)
    content.known_ids = ids
    if rows:
        content.put_rows(_table(schema, rows))
    return {}


def _put(context: OperationContext, request: Members, kind: str, member: str, id_member: str) -> Members:
    dataset = context.store.get(DATASET, request["datasetArn"])
    if dataset.members["datasetType"] != kind:
        raise invalid_input(f"Expected the ARN of a dataset of type {kind}, got {dataset.arn}")
    _require_active(dataset)
    schema, id_column = schema_of(context, dataset), ID_COLUMNS[kind]
    rows = [_row(schema, {id_column: entry[id_member]}, entry.get("properties", "{}")) for entry in request[member]]
    dataset_content(dataset).put_rows(_table(schema, rows), id_column)
    return {}


def _require_active(dataset: Record) -> None:
    if dataset.status != ACTIVE:
        raise in_use(f"The given dataset is not ACTIVE, its status is {dataset.status}: {dataset.arn}")


def _row(schema: ParsedSchema, known: dict[str, Any], text: str) -> dict[str, Any]:
    """The values of a row by column name, checked."""
    properties = json_document(text, "properties")
    if not isinstance(properties, dict):
        raise invalid_input("Error parsing properties json")
    columns = {plain(field.name): field for field in schema.fields}
    row = {field.name: known.get(field.name) for field in schema.fields}
    for name in ID_FIELDS:
        check_id(name, known.get(name))
    for name, value in properties.items():
        field = columns.get(plain(name))
        if field is None or field.name in known:
            raise invalid_input(f"properties: the dataset's schema has no column for {name}")
        row[field.name] = checked(field, value)
    missing = [field.name for field in schema.fields if row[field.name] is None and not field.nullable]
    if missing:
        raise invalid_input(f"properties: the dataset's required columns are missing: {', '.join(missing)}")
    for name, limit in limits(schema).items():
        number = row[name]
        problem = None if number is None else limit.problem(number)
        if problem is not None:
            raise invalid_input(f"properties: {name}: {problem}")
    return row


def checked(field: SchemaField, value: Any) -> Any:
    """A property's value as the column holds it; an empty text is null where the column can be null, as in a CSV.

    Numbers and truth values may stand in strings, as in AWS's own example ``{"numberOfVideosWatched": "45"}``:
    https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_User.html

    Raises:
        AwsError: InvalidInputException for a value of another type, or a text that is too long.
    """
    if value is None or (value == "" and field.nullable):
        return None
    if field.type == "string":
        return _text(field, value)
    try:
        return CONVERTERS[field.type](value if isinstance(value, str) else json.dumps(value))
    except ValueError:
        raise _wrong_type(field, value) from None


def _text(field: SchemaField, value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong_type(field, value)
    try:
        return checked_text(field, value)
    except TooLong as error:
        text = f"properties: {field.name} must be at most {error.longest} characters, got {len(value)}"
        raise invalid_input(text) from None


def check_id(name: str, value: str | None) -> None:
    """Raises InvalidInputException for an id that no import would take."""
    if value is not None and "\0" in value:
        raise invalid_input(f"{name} must be an id without NUL characters, got {value!r:.80}")


def _wrong_type(field: SchemaField, value: Any) -> AwsError:
    return invalid_input(f"properties: {field.name} must be of type {field.type}, got {value!r:.80}")


def plain(name: str) -> str:
    """``numRatings`` and ``NUM_RATINGS`` are the same column."""
    return name.replace("_", "").upper()


def _table(schema: ParsedSchema, rows: list[dict[str, Any]]) -> Table:
    return {field.name: np.array([row[field.name] for row in rows], dtype=object) for field in schema.fields}
