"""Avro schemas of Amazon Personalize by the service's own rules: what it would refuse, and what may be replaced.

Rules: https://docs.aws.amazon.com/personalize/latest/dg/how-it-works-dataset-schema.html and the pages on each dataset
type.  Imports the standard library only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias

AvroField: TypeAlias = Mapping[str, Any]
"""One column: ``name``, ``type`` (a name, or the union of one with ``null``) and the flags of a metadata string."""
AvroSchema: TypeAlias = Mapping[str, Any]
"""``type``, ``name``, ``namespace``, ``fields``, ``version``, as Personalize takes them."""
Domain = Literal["ECOMMERCE", "VIDEO_ON_DEMAND"]

NAMESPACE = "com.amazonaws.personalize.schema"
TYPES = frozenset({"string", "long", "int", "float", "double", "boolean"})
_NAME = re.compile(r"[A-Za-z_][A-Za-z\d_]*")
_FLAGS = ("categorical", "textual", "itemName")
_STRING, _LONG, _SINGLE, FLOAT = (
    frozenset({"string"}),
    frozenset({"long"}),
    frozenset({"float"}),
    frozenset({"float", "double"}),
)

#: The column by which a row of a dataset is known, by its schema's name; interactions have none.
KEY_COLUMNS: Mapping[str, str] = {"Users": "USER_ID", "Items": "ITEM_ID", "Actions": "ACTION_ID"}

# What each dataset type must have, and which other names have a meaning of their own, with the types they may have.
REQUIRED: Mapping[str, Mapping[str, frozenset[str]]] = {
    "Interactions": {"USER_ID": _STRING, "ITEM_ID": _STRING, "TIMESTAMP": _LONG},
    "Items": {"ITEM_ID": _STRING},
    "Users": {"USER_ID": _STRING},
    "Actions": {"ACTION_ID": _STRING},
    "ActionInteractions": {"USER_ID": _STRING, "ACTION_ID": _STRING, "EVENT_TYPE": _STRING, "TIMESTAMP": _LONG},
}
RESERVED: Mapping[str, Mapping[str, frozenset[str]]] = {
    "Interactions": {
        "EVENT_TYPE": _STRING,
        "EVENT_VALUE": FLOAT,
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
    ("ECOMMERCE", "Items"): {"PRICE": _SINGLE, "CATEGORY_L1": _STRING},
    ("VIDEO_ON_DEMAND", "Items"): {"GENRES": _STRING, "CREATION_TIMESTAMP": _LONG},
}
# Reserved in a domain, with the types that they may have:
# https://docs.aws.amazon.com/personalize/latest/dg/domain-datasets-and-schemas.html
_DOMAIN_RESERVED: Mapping[tuple[str, str], Mapping[str, frozenset[str]]] = {
    ("ECOMMERCE", "Items"): {
        "CATEGORY_L2": _STRING,
        "CATEGORY_L3": _STRING,
        "PRODUCT_DESCRIPTION": _STRING,
        "CREATION_TIMESTAMP": _LONG | _SINGLE,
        "AGE_GROUP": _STRING,
        "ADULT": _STRING,
        "GENDER": _STRING,
    },
    ("VIDEO_ON_DEMAND", "Items"): {
        "PRICE": _SINGLE,
        "DURATION": _SINGLE,
        "GENRE_L2": _STRING,
        "GENRE_L3": _STRING,
        "AVERAGE_RATING": _SINGLE,
        "PRODUCT_DESCRIPTION": _STRING,
        "CONTENT_OWNER": _STRING,
        "CONTENT_CLASSIFICATION": _STRING,
    },
    ("VIDEO_ON_DEMAND", "Users"): {"SUBSCRIPTION_MODEL": _STRING},
}
#: The only string of a domain that need not be categorical.
_FREE_TEXT = "PRODUCT_DESCRIPTION"
# Least and most columns beside the required ones (for interactions: beside the reserved ones too).
# https://docs.aws.amazon.com/personalize/latest/dg/limits.html
_METADATA_COLUMNS: Mapping[str, tuple[int, int]] = {
    "Interactions": (0, 5),
    "Items": (1, 100),
    "Users": (1, 25),
    "Actions": (1, 10),
    "ActionInteractions": (0, 5),
}
#: The columns of Interactions in the AWS post that this package implements, and its default until EVENT_TYPE came.
BEFORE_EVENT_TYPE: tuple[AvroField, ...] = (
    {"name": "USER_ID", "type": "string"},
    {"name": "ITEM_ID", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
)
#: What every event is called where the data has no EVENT_TYPE, unless the configuration says otherwise.
DEFAULT_EVENT_TYPE = "interaction"


def schema_name(dataset_type: str) -> str:
    """What a schema of a dataset type is called: ``ActionInteractions`` for ACTION_INTERACTIONS."""
    return "".join(word.title() for word in dataset_type.split("_"))


def type_of(column: AvroField) -> tuple[str, bool]:
    """Type of a well-formed column, and whether it may be null."""
    types = [column["type"]] if isinstance(column["type"], str) else list(column["type"])
    (name,) = [each for each in types if each != "null"]
    return name, "null" in types


def problems(schema: AvroSchema, domain: Domain | None = None) -> Iterator[str]:
    """What Personalize would refuse of a schema, each in a sentence."""
    if not isinstance(schema, Mapping):
        yield f"expected a mapping such as schemas.interactions(), got {type(schema).__name__}"
        return
    for key, wanted in (("type", "record"), ("namespace", NAMESPACE), ("version", "1.0")):
        if schema.get(key) != wanted:
            yield f"{key}: expected {wanted!r}, got {schema.get(key)!r}"
    kind = str(schema.get("name"))
    if kind not in REQUIRED:
        yield f"name: expected one of {', '.join(REQUIRED)}, got {kind!r}"
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


def _kind_problems(kind: str, columns: Mapping[str, AvroField], domain: Domain | None) -> Iterator[str]:
    in_domain = _DOMAIN_REQUIRED.get((domain or "", kind), {})
    required = {**REQUIRED[kind], **in_domain}
    reserved = RESERVED[kind]
    of_domain = {**_DOMAIN_RESERVED.get((domain or "", kind), {}), **in_domain}
    everywhere = {**reserved, **REQUIRED[kind]}
    where = f"{domain} {kind}" if domain else kind
    for name, types in required.items():
        if name not in columns:
            yield f"field {name} ({' or '.join(sorted(types))}) is required by {where}"
    for name, types in {**everywhere, **of_domain}.items():
        if name not in columns:
            continue
        found, nullable = type_of(columns[name])
        if found not in types:
            yield f"field {name}: expected {' or '.join(sorted(types))}, got {found}"
        if nullable and name in REQUIRED[kind]:
            yield f"field {name}: may not be null"
        if name not in everywhere and found == "string" and name != _FREE_TEXT and not columns[name].get("categorical"):
            yield f"field {name}: must be categorical in {where}"
        if name in everywhere and any(columns[name].get(flag) for flag in _FLAGS):
            yield f"field {name}: a required or reserved column takes no {', '.join(_FLAGS)}"
    beside = set(required) | (set(reserved) if kind in {"Interactions", "ActionInteractions"} else set())
    own = [name for name in columns if name not in beside]
    least, most = _METADATA_COLUMNS[kind]
    if domain is None and len(own) < least:
        yield f"expected at least {least} column beside {', '.join(required)}"
    if len(own) > most:
        yield f"expected at most {most} columns of your own, got {len(own)}: {', '.join(own)}"
    named = [name for name in columns if columns[name].get("itemName")]
    if named and kind != "Items":
        yield f"field {named[0]}: only Items can have an itemName"
    textual = [name for name in columns if columns[name].get("textual")]
    if textual and kind != "Items":
        yield f"field {textual[0]}: only Items can have a textual column"
    if len(textual) > 1:
        yield f"fields {', '.join(textual)}: at most one column can be textual"


def replacement_problems(old: AvroSchema, new: AvroSchema) -> Iterator[str]:
    """Why a dataset of Items or Users cannot get the schema ``new`` in place of ``old``; nothing: it can.

    https://docs.aws.amazon.com/personalize/latest/dg/updating-dataset-schema.html
    """
    before, after = ({column["name"]: column for column in schema["fields"]} for schema in (old, new))
    for name, column in before.items():
        if name not in after:
            yield f"column {name} is gone, and what a schema has it keeps: put it back"
        elif _meaning(after[name]) != _meaning(column):
            yield f"column {name} is changed, and columns stay as they were: put it back, or use another name"
    for name, column in after.items():
        if name not in before and not type_of(column)[1]:
            yield (
                f"column {name} is new and may not be null, but the rows that are there have no value for it: "
                f"make its type ['null', {type_of(column)[0]!r}]"
            )


def lacks_only_event_type(old: AvroSchema, new: AvroSchema) -> bool:
    """Whether ``old`` is the default schema of Interactions before it had EVENT_TYPE, and ``new`` as it is now."""
    added = {"name": "EVENT_TYPE", "type": "string"}
    return list(old["fields"]) == list(BEFORE_EVENT_TYPE) and list(new["fields"]) == [*BEFORE_EVENT_TYPE, added]


def _meaning(column: AvroField) -> dict[str, Any]:
    """A column by its content: the order of a union and flags that are off say nothing."""
    flags = {flag: True for flag in _FLAGS if column.get(flag)}
    return {"type": type_of(column), **flags}
