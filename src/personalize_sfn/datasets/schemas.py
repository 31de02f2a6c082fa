"""Avro schemas of Amazon Personalize: builders, one canonical text, and the service's rules, checked beforehand.

A schema is the mapping that CreateSchema takes as JSON text:

>>> schema = items(field("GENRES", categorical=True, nullable=True), "CREATION_TIMESTAMP")
>>> [column["name"] for column in schema["fields"]]
['ITEM_ID', 'GENRES', 'CREATION_TIMESTAMP']

Rules: https://docs.aws.amazon.com/personalize/latest/dg/how-it-works-dataset-schema.html and the pages on each dataset
type.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from personalize_sfn.errors import DataError

__all__ = [
    "Field",
    "Schema",
    "check",
    "field",
    "interactions",
    "items",
    "movielens_items",
    "movielens_users",
    "schema_json",
    "type_of",
    "users",
]

Field: TypeAlias = Mapping[str, Any]
"""One column: ``name``, ``type`` (a name, or the union of one with ``null``) and the flags of a metadata string."""
Schema: TypeAlias = Mapping[str, Any]
"""``type``, ``name``, ``namespace``, ``fields``, ``version``, as Personalize takes them."""
Domain = Literal["ECOMMERCE", "VIDEO_ON_DEMAND"]

NAMESPACE = "com.amazonaws.personalize.schema"
TYPES = frozenset({"string", "long", "int", "float", "double", "boolean"})
_NAME = re.compile(r"[A-Za-z_][A-Za-z\d_]*")
_FLAGS = ("categorical", "textual", "itemName")
_NUMBER = frozenset({"float", "double", "int", "long"})
_STRING, _LONG, _FLOAT = frozenset({"string"}), frozenset({"long"}), frozenset({"float", "double"})

# What each dataset type must have, and which other names have a meaning of their own, with the types they may have.
_REQUIRED: Mapping[str, Mapping[str, frozenset[str]]] = {
    "Interactions": {"USER_ID": _STRING, "ITEM_ID": _STRING, "TIMESTAMP": _LONG},
    "Items": {"ITEM_ID": _STRING},
    "Users": {"USER_ID": _STRING},
    "Actions": {"ACTION_ID": _STRING},
    "ActionInteractions": {"USER_ID": _STRING, "ACTION_ID": _STRING, "EVENT_TYPE": _STRING, "TIMESTAMP": _LONG},
}
_RESERVED: Mapping[str, Mapping[str, frozenset[str]]] = {
    "Interactions": {
        "EVENT_TYPE": _STRING,
        "EVENT_VALUE": _FLOAT,
        "IMPRESSION": _STRING,
        "RECOMMENDATION_ID": _STRING,
        "EVENT_ATTRIBUTION_SOURCE": _STRING,
    },
    "Items": {"CREATION_TIMESTAMP": _LONG},
    "Users": {},
    "Actions": {
        "CREATION_TIMESTAMP": _LONG,
        "VALUE": _LONG,
        "EXPIRATION_TIMESTAMP": _LONG,
        "REPEAT_FREQUENCY": _LONG,
        "TYPE": _STRING,
    },
    "ActionInteractions": {"IMPRESSION": _STRING, "RECOMMENDATION_ID": _STRING},
}
_DOMAIN_REQUIRED: Mapping[tuple[str, str], Mapping[str, frozenset[str]]] = {
    ("ECOMMERCE", "Interactions"): {"EVENT_TYPE": _STRING},
    ("VIDEO_ON_DEMAND", "Interactions"): {"EVENT_TYPE": _STRING},
    ("ECOMMERCE", "Items"): {"PRICE": _NUMBER, "CATEGORY_L1": _STRING},
    ("VIDEO_ON_DEMAND", "Items"): {"GENRES": _STRING, "CREATION_TIMESTAMP": _LONG},
}
# Least and most columns beside the required ones (for interactions: beside the reserved ones too).
# https://docs.aws.amazon.com/personalize/latest/dg/limits.html
_METADATA_COLUMNS: Mapping[str, tuple[int, int]] = {
    "Interactions": (0, 5),
    "Items": (1, 100),
    "Users": (1, 25),
    "Actions": (1, 10),
    "ActionInteractions": (0, 0),
}
_NEVER_NULL = frozenset({"USER_ID", "ITEM_ID", "ACTION_ID", "TIMESTAMP"})


def field(
    name: str,
    type: str = "string",  # noqa: A002 - Avro's own word
    *,
    nullable: bool = False,
    categorical: bool = False,
    textual: bool = False,
) -> Field:
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


def interactions(*columns: Field | str) -> Schema:
    """USER_ID, ITEM_ID, TIMESTAMP (epoch seconds), then ``columns``: a :func:`field`, or the name of a reserved column
    such as ``"EVENT_TYPE"``.

    Raises:
        DataError: Personalize would refuse the schema; says why.
    """
    return _build("Interactions", columns)


def items(*columns: Field | str) -> Schema:
    """ITEM_ID, then at least one of ``columns``: a :func:`field`, or ``"CREATION_TIMESTAMP"`` (epoch seconds).

    Raises:
        DataError: Personalize would refuse the schema; says why.
    """
    return _build("Items", columns)


def users(*columns: Field | str) -> Schema:
    """USER_ID, then at least one of ``columns``, each a :func:`field`.

    Raises:
        DataError: Personalize would refuse the schema; says why.
    """
    return _build("Users", columns)


def movielens_items() -> Schema:
    """The movies of MovieLens as items: GENRES (categorical, joined by ``|``) and YEAR, both may be null."""
    return items(field("GENRES", categorical=True, nullable=True), field("YEAR", "int", nullable=True))


def movielens_users() -> Schema:
    """The people of MovieLens-100K as users: AGE, and GENDER and OCCUPATION as categories."""
    return users(field("AGE", "int"), field("GENDER", categorical=True), field("OCCUPATION", categorical=True))


def schema_json(schema: Schema) -> str:
    """The schema as text, the same for the same content: keys sorted, no spaces; fields stay in their order."""
    return json.dumps(schema, sort_keys=True, separators=(",", ":"))


def check(schema: Schema, *, domain: Domain | None = None) -> None:
    """Check a schema by the rules that Personalize applies when the schema and its dataset are created.

    Args:
        schema: the mapping that CreateSchema takes as JSON.
        domain: the domain of the dataset group; None for a custom one.

    Raises:
        DataError: lists up to five things that Personalize would refuse.
    """
    problems = list(_problems(schema, domain))
    if problems:
        kind = schema.get("name") if isinstance(schema, Mapping) else None
        more = [f"and {len(problems) - 5} more"] if len(problems) > 5 else []
        raise DataError("\n  ".join([f"schema {kind!r} would be refused by Personalize:", *problems[:5], *more]))


def _build(kind: str, columns: Sequence[Field | str]) -> Schema:
    required = [field(name, min(types)) for name, types in _REQUIRED[kind].items()]
    added = [_reserved(kind, column) if isinstance(column, str) else column for column in columns]
    schema = {"type": "record", "name": kind, "namespace": NAMESPACE, "fields": [*required, *added], "version": "1.0"}
    check(schema)
    return schema


def _reserved(kind: str, name: str) -> Field:
    types = _RESERVED[kind].get(name)
    if types is None:
        known = ", ".join(_RESERVED[kind]) or "none"
        raise DataError(f"schema {kind!r}: {name} is no reserved column ({known}); write field({name!r}, ...) instead")
    # Values and recommendation ids are known for some events only; every event has a type.
    nullable = kind == "Interactions" and name != "EVENT_TYPE"
    return field(name, "float" if types is _FLOAT else min(types), nullable=nullable)


def type_of(column: Field) -> tuple[str, bool]:
    """Type of a well-formed column, and whether it may be null."""
    types = [column["type"]] if isinstance(column["type"], str) else list(column["type"])
    (name,) = [each for each in types if each != "null"]
    return name, "null" in types


def _problems(schema: Schema, domain: Domain | None) -> Iterator[str]:
    if not isinstance(schema, Mapping):
        yield f"expected a mapping such as schemas.interactions(), got {type(schema).__name__}"
        return
    for key, wanted in (("type", "record"), ("namespace", NAMESPACE), ("version", "1.0")):
        if schema.get(key) != wanted:
            yield f"{key}: expected {wanted!r}, got {schema.get(key)!r}"
    kind = str(schema.get("name"))
    if kind not in _REQUIRED:
        yield f"name: expected one of {', '.join(_REQUIRED)}, got {kind!r}"
        return
    columns = schema.get("fields")
    if not isinstance(columns, Sequence) or isinstance(columns, str) or not columns:
        yield f"fields: expected a list of columns, got {columns!r}"
        return
    malformed = [problem for column in columns for problem in _field_problems(column)]
    yield from malformed
    if not malformed:
        yield from _name_problems([column["name"] for column in columns])
        yield from _kind_problems(kind, {column["name"]: column for column in columns}, domain)


def _field_problems(column: Any) -> Iterator[str]:
    if not isinstance(column, Mapping) or not isinstance(column.get("name"), str):
        yield f"fields: expected a mapping with name and type, got {column!r}"
        return
    name, types = column["name"], column.get("type")
    if not _NAME.fullmatch(name) or len(name) > 150:
        yield f"field {name!r}: expected up to 150 letters, digits and _, not starting with a digit"
    named = [types] if isinstance(types, str) else types
    if (
        not isinstance(named, Sequence)
        or not all(isinstance(each, str) for each in named)
        or len(set(named) & TYPES) != 1
        or len(named) != len(set(named) & (TYPES | {"null"}))
    ):
        yield f"field {name}: expected one of {', '.join(sorted(TYPES))}, alone or in a list with 'null', got {types!r}"
        return
    flags = [flag for flag in _FLAGS if column.get(flag)]
    if flags and type_of(column)[0] != "string":
        yield f"field {name}: only a string can be {' or '.join(flags)}, this is {type_of(column)[0]}"
    if {"categorical", "textual"} <= set(flags):
        yield f"field {name}: categorical or textual, not both"


def _name_problems(names: Sequence[str]) -> Iterator[str]:
    for squeezed, count in Counter(name.replace("_", "") for name in names).items():
        if count > 1:
            same = [name for name in names if name.replace("_", "") == squeezed]
            yield f"fields {' and '.join(same)}: names must differ, and not only by their underscores"


def _kind_problems(kind: str, columns: Mapping[str, Field], domain: Domain | None) -> Iterator[str]:
    required = {**_REQUIRED[kind], **_DOMAIN_REQUIRED.get((domain or "", kind), {})}
    reserved = _RESERVED[kind]
    where = f"{domain} {kind}" if domain else kind
    for name, types in required.items():
        if name not in columns:
            yield f"field {name} ({' or '.join(sorted(types))}) is required by {where}"
    for name, types in {**reserved, **required}.items():
        if name not in columns:
            continue
        found, nullable = type_of(columns[name])
        if found not in types:
            yield f"field {name}: expected {' or '.join(sorted(types))}, got {found}"
        if nullable and name in _NEVER_NULL:
            yield f"field {name}: may not be null"
        if name in {**reserved, **_REQUIRED[kind]} and any(columns[name].get(flag) for flag in _FLAGS):
            yield f"field {name}: a required or reserved column takes no {', '.join(_FLAGS)}"
    beside = set(required) | (set(reserved) if kind in {"Interactions", "ActionInteractions"} else set())
    own = [name for name in columns if name not in beside]
    least, most = _METADATA_COLUMNS[kind]
    if domain is None and len(own) < least:
        yield f"expected at least {least} column beside {', '.join(required)}"
    if len(own) > most:
        yield f"expected at most {most} columns of your own, got {len(own)}: {', '.join(own)}"
    textual = [name for name in columns if columns[name].get("textual")]
    if textual and kind != "Items":
        yield f"field {textual[0]}: only Items can have a textual column"
    if len(textual) > 1:
        yield f"fields {', '.join(textual)}: at most one column can be textual"
