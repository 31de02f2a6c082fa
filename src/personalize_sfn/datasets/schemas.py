"""Avro schemas of Amazon Personalize: builders, one canonical text, and the service's rules, checked beforehand.

A schema is the mapping that CreateSchema takes as JSON text:

>>> schema = items(field("GENRES", categorical=True, nullable=True), "CREATION_TIMESTAMP")
>>> [column["name"] for column in schema["fields"]]
['ITEM_ID', 'GENRES', 'CREATION_TIMESTAMP']

Rules: https://docs.aws.amazon.com/personalize/latest/dg/how-it-works-dataset-schema.html and the pages on each dataset
type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from personalize_sfn.config_parsing import read_schema_file
from personalize_sfn.errors import DataError
from personalize_sfn.ownership import schema_json
from personalize_sfn.schema_rules import (
    FLOAT,
    NAMESPACE,
    REQUIRED,
    RESERVED,
    AvroField,
    AvroSchema,
    Domain,
    problems,
    type_of,
)

__all__ = [
    "AvroField",
    "AvroSchema",
    "action_interactions",
    "actions",
    "check",
    "field",
    "interactions",
    "items",
    "load",
    "movielens_items",
    "movielens_users",
    "schema_json",
    "type_of",
    "users",
]


def field(
    name: str,
    type: str = "string",  # noqa: A002 - Avro's own word
    *,
    nullable: bool = False,
    categorical: bool = False,
    textual: bool = False,
) -> AvroField:
    """A column of your own.

    Args:
        name: letters, digits and ``_``.
        type: ``string``, ``long``, ``int``, ``float``, ``double`` or ``boolean``.
        nullable: whether a row may leave it empty.
        categorical: a string that training may use; several categories in one value are joined by ``|``.
        textual: free text of an item that training may use (Items only, one a schema).
    """
    column: dict[str, Any] = {"name": name, "type": ["null", type] if nullable else type}
    column |= {flag: True for flag, wanted in (("categorical", categorical), ("textual", textual)) if wanted}
    return column


def interactions(*columns: AvroField | str) -> AvroSchema:
    """USER_ID, ITEM_ID, TIMESTAMP (epoch seconds), then ``columns``: a :func:`field`, or the name of a reserved column
    such as ``"EVENT_TYPE"``.

    Raises:
        DataError: Personalize would refuse the schema; says why.
    """
    return _build("Interactions", columns)


def items(*columns: AvroField | str) -> AvroSchema:
    """ITEM_ID, then at least one of ``columns``: a :func:`field`, or ``"CREATION_TIMESTAMP"`` (epoch seconds).

    Raises:
        DataError: Personalize would refuse the schema; says why.
    """
    return _build("Items", columns)


def users(*columns: AvroField | str) -> AvroSchema:
    """USER_ID, then at least one of ``columns``, each a :func:`field`.

    Raises:
        DataError: Personalize would refuse the schema; says why.
    """
    return _build("Users", columns)


def actions(*columns: AvroField | str) -> AvroSchema:
    """ACTION_ID, then at least one of ``columns``: a :func:`field`, or the name of a reserved column such as
    ``"VALUE"``.

    Raises:
        DataError: Personalize would refuse the schema; says why.
    """
    return _build("Actions", columns)


def action_interactions(*columns: AvroField | str) -> AvroSchema:
    """USER_ID, ACTION_ID, EVENT_TYPE (``Taken``, ``Not Taken`` or ``Viewed``), TIMESTAMP (epoch seconds), then
    ``columns``.

    Raises:
        DataError: Personalize would refuse the schema; says why.
    """
    return _build("ActionInteractions", columns)


def movielens_items() -> AvroSchema:
    """The movies of MovieLens as items: GENRES (categorical, joined by ``|``) and YEAR, both may be null."""
    return items(field("GENRES", categorical=True, nullable=True), field("YEAR", "int", nullable=True))


def movielens_users() -> AvroSchema:
    """The people of MovieLens-100K as users: AGE, and GENDER and OCCUPATION as categories."""
    return users(field("AGE", "int"), field("GENDER", categorical=True), field("OCCUPATION", categorical=True))


def load(path: str | Path) -> AvroSchema:
    """The schema in an ``.avsc`` file; a configuration in a file may name the path itself.

    Raises:
        ConfigError: the file cannot be read, or holds no JSON mapping.
        DataError: Personalize would refuse the schema; says why.
    """
    schema = read_schema_file(path)
    check(schema)
    return schema


def check(schema: AvroSchema, *, domain: Domain | None = None) -> None:
    """Check a schema by the rules that Personalize applies when the schema and its dataset are created.

    Args:
        schema: the mapping that CreateSchema takes as JSON.
        domain: the domain of the dataset group; None for a custom one.

    Raises:
        DataError: lists up to five things that Personalize would refuse.
    """
    found = list(problems(schema, domain))
    if found:
        kind = schema.get("name") if isinstance(schema, Mapping) else None
        more = [f"and {len(found) - 5} more"] if len(found) > 5 else []
        raise DataError("\n  ".join([f"schema {kind!r} would be refused by Personalize:", *found[:5], *more]))


def _build(kind: str, columns: Sequence[AvroField | str]) -> AvroSchema:
    required = [field(name, min(types)) for name, types in REQUIRED[kind].items()]
    added = [_reserved(kind, column) if isinstance(column, str) else column for column in columns]
    schema = {"type": "record", "name": kind, "namespace": NAMESPACE, "fields": [*required, *added], "version": "1.0"}
    check(schema)
    return schema


def _reserved(kind: str, name: str) -> AvroField:
    types = RESERVED[kind].get(name)
    if types is None:
        known = ", ".join(RESERVED[kind]) or "none"
        raise DataError(f"schema {kind!r}: {name} is no reserved column ({known}); write field({name!r}, ...) instead")
    # Values and recommendation ids are known for some events only; every event has a type.
    nullable = kind in ("Interactions", "Actions", "ActionInteractions") and name != "EVENT_TYPE"
    return field(name, "float" if types is FLOAT else min(types), nullable=nullable)
