"""PutItems, PutUsers, PutActions and PutActionInteractions: rows that come one by one.

https://docs.aws.amazon.com/personalize/latest/dg/importing-individual-records.html: properties are columns by their
names in camel case; a row replaces the one with its id; a column may be null only where the schema lets it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from personalize_sfn.local.personalize.api_errors import in_use, invalid_input
from personalize_sfn.local.personalize.environment import Request
from personalize_sfn.local.personalize.importing import ACTION_EVENTS
from personalize_sfn.local.personalize.operations.behaviour import Call, Members
from personalize_sfn.local.personalize.operations.datasets import dataset_content, schema_of
from personalize_sfn.local.personalize.protocol import json_document
from personalize_sfn.local.personalize.schemas import Field, Schema
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.local.personalize.tables import Table
from personalize_sfn.resources import ACTIVE, DATASET

LONGEST_STRING, LONGEST_TEXTUAL = 1000, 20_000
_PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "int": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
}


def put_items(call: Call, request: Request) -> Members:
    return _put(call, request, "ITEMS", "items", "itemId", "ITEM_ID")


def put_users(call: Call, request: Request) -> Members:
    return _put(call, request, "USERS", "users", "userId", "USER_ID")


def put_actions(call: Call, request: Request) -> Members:
    return _put(call, request, "ACTIONS", "actions", "actionId", "ACTION_ID")


def put_action_interactions(call: Call, request: Request) -> Members:
    dataset = next(
        (each for each in call.store.of(DATASET) if each.members.get("trackingId") == request["trackingId"]), None
    )
    if dataset is None:
        raise invalid_input(f"The given trackingId belongs to no dataset: {request['trackingId']}")
    _require_active(dataset)
    schema = schema_of(call, dataset)
    rows = []
    for event in request["actionInteractions"]:
        if event["eventType"].upper().replace("_", " ") not in ACTION_EVENTS:
            raise invalid_input(f"eventType: expected Taken, Not taken or Viewed, got {event['eventType']}")
        known = {
            "USER_ID": event.get("userId", event["sessionId"]),
            "ACTION_ID": event["actionId"],
            "EVENT_TYPE": event["eventType"],
            "TIMESTAMP": int(event["timestamp"]),
            "IMPRESSION": "|".join(event.get("impression", ())) or None,
            "RECOMMENDATION_ID": event.get("recommendationId"),
        }
        rows.append(_row(schema, known, event.get("properties", "{}")))
    dataset_content(dataset).put_rows(_table(schema, rows))
    return {}


def _put(call: Call, request: Request, kind: str, member: str, id_member: str, id_column: str) -> Members:  # noqa: PLR0917
    dataset = call.store.get(DATASET, request["datasetArn"])
    if dataset.members["datasetType"] != kind:
        raise invalid_input(f"Expected the ARN of a dataset of type {kind}, got {dataset.arn}")
    _require_active(dataset)
    schema = schema_of(call, dataset)
    rows = [_row(schema, {id_column: entry[id_member]}, entry.get("properties", "{}")) for entry in request[member]]
    dataset_content(dataset).put_rows(_table(schema, rows), id_column)
    return {}


def _require_active(dataset: Record) -> None:
    if dataset.status != ACTIVE:
        raise in_use(f"The given dataset is not ACTIVE, its status is {dataset.status}: {dataset.arn}")


def _row(schema: Schema, known: dict[str, Any], text: str) -> dict[str, Any]:
    """The values of a row by column name, checked."""
    properties = json_document(text, "properties")
    if not isinstance(properties, dict):
        raise invalid_input("Error parsing properties json")
    columns = {plain(field.name): field for field in schema.fields}
    row = {field.name: known.get(field.name) for field in schema.fields}
    for name, value in properties.items():
        field = columns.get(plain(name))
        if field is None or field.name in known:
            raise invalid_input(f"properties: the dataset's schema has no column for {name}")
        row[field.name] = checked(field, value)
    missing = [field.name for field in schema.fields if row[field.name] is None and not field.nullable]
    if missing:
        raise invalid_input(f"properties: the dataset's required columns are missing: {', '.join(missing)}")
    return row


def checked(field: Field, value: Any) -> Any:
    """A property's value as the column holds it.

    Raises:
        ApiError: InvalidInputException for a value of another type, or a text that is too long.
    """
    if value is None:
        return None
    # To Python a bool is an int; to JSON it is not.
    if not isinstance(value, _PYTHON[field.type]) or (isinstance(value, bool) and field.type != "boolean"):
        raise invalid_input(f"properties: {field.name} must be of type {field.type}, got {value!r:.80}")
    longest = LONGEST_TEXTUAL if field.textual else LONGEST_STRING
    if isinstance(value, str) and len(value) > longest:
        if not field.textual:
            raise invalid_input(f"properties: {field.name} must be at most {longest} characters, got {len(value)}")
        return value[:longest]
    number: Any = value
    return float(number) if field.type in ("float", "double") else value


def plain(name: str) -> str:
    """``numRatings`` and ``NUM_RATINGS`` are the same column."""
    return name.replace("_", "").upper()


def _table(schema: Schema, rows: list[dict[str, Any]]) -> Table:
    table = {field.name: np.empty(len(rows), dtype=object) for field in schema.fields}
    for name, column in table.items():
        column[:] = [row[name] for row in rows]
    return table
