"""Personalize's Avro schemas: what CreateSchema accepts and what a dataset of a type must have.

https://docs.aws.amazon.com/personalize/latest/dg/custom-datasets-and-schemas.html
https://docs.aws.amazon.com/personalize/latest/dg/domain-datasets-and-schemas.html
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from personalize_sfn.local.personalize.wire.errors import invalid_input

TYPES = ("float", "double", "int", "long", "string", "boolean", "null")
RECORD_NAMES = {
    "Interactions": "INTERACTIONS",
    "Users": "USERS",
    "Items": "ITEMS",
    "Actions": "ACTIONS",
    "ActionInteractions": "ACTION_INTERACTIONS",
}
CUSTOM_ONLY = ("ACTIONS", "ACTION_INTERACTIONS")
"""Dataset types that domain dataset groups do not have."""
FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z\d_]*")

ID_COLUMNS = {"USERS": "USER_ID", "ITEMS": "ITEM_ID", "ACTIONS": "ACTION_ID"}
"""The column that a row is known by, by dataset type; interactions have none."""
ID_FIELDS = tuple(ID_COLUMNS.values())
"""The columns that hold ids, in whatever dataset."""

_REQUIRED = {
    "INTERACTIONS": {"USER_ID": "string", "ITEM_ID": "string", "TIMESTAMP": "long"},
    "USERS": {"USER_ID": "string"},
    "ITEMS": {"ITEM_ID": "string"},
    "ACTIONS": {"ACTION_ID": "string"},
    "ACTION_INTERACTIONS": {"USER_ID": "string", "ACTION_ID": "string", "EVENT_TYPE": "string", "TIMESTAMP": "long"},
}
_REQUIRED_IN_DOMAIN = {
    ("ECOMMERCE", "INTERACTIONS"): {"EVENT_TYPE": "string"},
    ("VIDEO_ON_DEMAND", "INTERACTIONS"): {"EVENT_TYPE": "string"},
    ("ECOMMERCE", "ITEMS"): {"PRICE": "float", "CATEGORY_L1": "string"},
    ("VIDEO_ON_DEMAND", "ITEMS"): {"GENRES": "string", "CREATION_TIMESTAMP": "long"},
}
#: Reserved fields with the only types that they may have; they carry neither "categorical" nor "textual".
_RESERVED: dict[str, dict[str, tuple[str, ...]]] = {
    "INTERACTIONS": {
        "EVENT_TYPE": ("string",),
        "EVENT_VALUE": ("float", "double"),
        "IMPRESSION": ("string",),
        "RECOMMENDATION_ID": ("string",),
        "EVENT_ATTRIBUTION_SOURCE": ("string",),
    },
    "ITEMS": {"CREATION_TIMESTAMP": ("long",)},
    "USERS": {},
    "ACTIONS": {
        "CREATION_TIMESTAMP": ("long",),
        "VALUE": ("long",),
        "EXPIRATION_TIMESTAMP": ("long",),
        "REPEAT_FREQUENCY": ("long",),
        "TYPE": ("string",),
    },
    "ACTION_INTERACTIONS": {"IMPRESSION": ("string",), "RECOMMENDATION_ID": ("string",)},
}
EVENT_COLUMNS = (*_REQUIRED["INTERACTIONS"], *_RESERVED["INTERACTIONS"])
"""The columns of interactions that Personalize itself names."""
#: Reserved in a domain, with the only types that they may have.
_RESERVED_IN_DOMAIN: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {
    ("ECOMMERCE", "ITEMS"): {
        "CATEGORY_L2": ("string",),
        "CATEGORY_L3": ("string",),
        "PRODUCT_DESCRIPTION": ("string",),
        "CREATION_TIMESTAMP": ("long", "float"),
        "AGE_GROUP": ("string",),
        "ADULT": ("string",),
        "GENDER": ("string",),
    },
    ("VIDEO_ON_DEMAND", "ITEMS"): {
        "PRICE": ("float",),
        "DURATION": ("float",),
        "GENRE_L2": ("string",),
        "GENRE_L3": ("string",),
        "AVERAGE_RATING": ("float",),
        "PRODUCT_DESCRIPTION": ("string",),
        "CONTENT_OWNER": ("string",),
        "CONTENT_CLASSIFICATION": ("string",),
    },
    ("VIDEO_ON_DEMAND", "USERS"): {"SUBSCRIPTION_MODEL": ("string",)},
}
#: Of those and of the required ones: all strings but this must be categorical.
_NOT_CATEGORICAL = ("ITEM_ID", "USER_ID", "EVENT_TYPE", "PRODUCT_DESCRIPTION")
#: The lowest and highest value: https://docs.aws.amazon.com/personalize/latest/dg/actions-datasets.html
_RANGES = {"ACTIONS": {"VALUE": (1, 10), "REPEAT_FREQUENCY": (0, 30)}}
#: How many columns of one's own a dataset may have: https://docs.aws.amazon.com/personalize/latest/dg/limits.html
_MOST_METADATA = {"INTERACTIONS": 5, "USERS": 25, "ITEMS": 100, "ACTIONS": 10, "ACTION_INTERACTIONS": 5}


@dataclass(frozen=True, slots=True)
class SchemaField:
    """A column."""

    name: str
    type: str
    """``string``, ``long``, ...: the type beside ``null``."""
    nullable: bool = False
    categorical: bool = False
    textual: bool = False
    item_name: bool = False
    """It holds the items' names, for the recipe of semantic similarity."""


@dataclass(frozen=True, slots=True)
class ParsedSchema:
    """A schema that was read and found right."""

    dataset_type: str
    fields: tuple[SchemaField, ...]

    def field(self, name: str) -> SchemaField | None:
        return next((field for field in self.fields if field.name == name), None)


def read_schema(text: str) -> ParsedSchema:
    """Read the Avro text of CreateSchema.

    Raises:
        AwsError: InvalidInputException that says what was expected.
    """
    try:
        avro = json.loads(text)
    except ValueError as error:
        raise _invalid(f"it is no JSON: {error}") from error
    if not isinstance(avro, dict) or avro.get("type") != "record":
        raise _invalid('expected an object with "type": "record"')
    if avro.get("name") not in RECORD_NAMES:
        raise _invalid(f'"name": expected one of {", ".join(RECORD_NAMES)}, got {avro.get("name")!r}')
    if not isinstance(avro.get("fields"), list) or not avro["fields"]:
        raise _invalid('"fields": expected a list of at least one field')
    fields = tuple(_field(field) for field in avro["fields"])

    seen: dict[str, str] = {}
    for field in fields:
        plain = field.name.replace("_", "").upper()
        if plain in seen:
            raise _invalid(f"field names must differ by more than underscores and case: {seen[plain]}, {field.name}")
        seen[plain] = field.name
    if sum(field.textual for field in fields) > 1:
        raise _invalid("at most one field can be textual")
    if sum(field.item_name for field in fields) > 1:
        raise _invalid("at most one field can be the itemName")
    return ParsedSchema(RECORD_NAMES[avro["name"]], fields)


def check_dataset(schema: ParsedSchema, dataset_type: str, domain: str | None) -> None:
    """Does the schema fit a dataset of that type in a dataset group of that domain?

    Raises:
        AwsError: InvalidInputException.
    """
    if dataset_type not in RECORD_NAMES.values():
        expected = "Interactions, Items, Users, Actions or Action_Interactions"
        raise invalid_input(f"Invalid dataset type: expected {expected}, got {dataset_type}")
    if domain is not None and dataset_type in CUSTOM_ONLY:
        raise invalid_input(f"A dataset group of the domain {domain} has no {dataset_type} dataset")
    if schema.dataset_type != dataset_type:
        raise invalid_input(f"The schema is one for {schema.dataset_type}, the dataset is of type {dataset_type}")
    required = _REQUIRED[dataset_type] | (_REQUIRED_IN_DOMAIN.get((domain or "", dataset_type)) or {})
    missing = [name for name in required if schema.field(name) is None]
    if missing:
        raise invalid_input(f"The schema is missing the following required fields: {', '.join(missing)}")
    in_domain = _RESERVED_IN_DOMAIN.get((domain or "", dataset_type), {})
    allowed = _RESERVED[dataset_type] | in_domain | {name: (kind,) for name, kind in required.items()}
    for field in schema.fields:
        if field.type not in allowed.get(field.name, TYPES):
            expected = " or ".join(allowed[field.name])
            raise invalid_input(f"Field {field.name} must be of type {expected}, got {field.type}")
        if field.name in _REQUIRED[dataset_type] and field.nullable:
            raise invalid_input(f"Field {field.name} is required and cannot be null")
        _check_flags(field, dataset_type, of_domain=field.name in in_domain or field.name in required)
    own = [name for name in own_columns(schema) if name not in allowed]
    if len(own) > _MOST_METADATA[dataset_type]:
        raise invalid_input(
            f"A schema for {dataset_type} has at most {_MOST_METADATA[dataset_type]} metadata fields, got {len(own)}"
        )
    if dataset_type not in ("INTERACTIONS", "ACTION_INTERACTIONS") and len(schema.fields) < 2:
        raise invalid_input(f"A schema for {dataset_type} needs at least one metadata field besides the id")


def own_columns(schema: ParsedSchema) -> list[str]:
    """The columns that are neither required nor reserved in datasets of the type, whatever the domain."""
    known = _REQUIRED[schema.dataset_type].keys() | _RESERVED[schema.dataset_type].keys()
    return [field.name for field in schema.fields if field.name not in known]


def ranges(schema: ParsedSchema) -> dict[str, tuple[int, int]]:
    """The lowest and the highest value of the schema's columns that have such."""
    known = _RANGES.get(schema.dataset_type, {})
    return {name: limits for name, limits in known.items() if schema.field(name) is not None}


def _check_flags(field: SchemaField, dataset_type: str, *, of_domain: bool) -> None:
    reserved = field.name in _RESERVED[dataset_type] or field.name in _REQUIRED[dataset_type]
    if reserved and (field.categorical or field.textual or field.item_name):
        raise invalid_input(
            f"Field {field.name} is reserved and can be neither categorical nor textual, nor the itemName"
        )
    must_be_categorical = of_domain and field.type == "string" and field.name not in _NOT_CATEGORICAL
    if must_be_categorical and not (reserved or field.categorical):
        raise invalid_input(f"Field {field.name} must be categorical")
    if (field.textual or field.item_name) and dataset_type != "ITEMS":
        kind = "textual fields" if field.textual else "an itemName"
        raise invalid_input(f"Field {field.name}: only items have {kind}")


def _field(field: Any) -> SchemaField:
    if not isinstance(field, dict) or not isinstance(field.get("name"), str) or "type" not in field:
        raise _invalid(f'each field needs a "name" and a "type", got {json.dumps(field)[:100]}')
    name = field["name"]
    if not FIELD_NAME.fullmatch(name) or len(name) > 150:
        raise _invalid(f"field names are letters, digits and underscores, at most 150, got {name[:160]!r}")
    kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
    wrong = [kind for kind in kinds if kind not in TYPES]
    values = [kind for kind in kinds if kind != "null"]
    if wrong or len(values) != 1 or len(kinds) > 2:
        expected = f'one of {", ".join(TYPES[:-1])}, or a list of one of them and "null"'
        raise _invalid(f'field {name}, "type": expected {expected}, got {json.dumps(field["type"])}')
    categorical, textual = field.get("categorical") is True, field.get("textual") is True
    if (categorical or textual) and values[0] != "string":
        raise _invalid(f"field {name}: only strings can be categorical or textual, got {values[0]}")
    item_name = field.get("itemName") is True
    if item_name and values[0] != "string":
        raise _invalid(f"field {name}: only a string can be the itemName, got {values[0]}")
    return SchemaField(name, values[0], "null" in kinds, categorical, textual, item_name)


def _invalid(problem: str) -> Exception:
    return invalid_input(f"Invalid Avro schema: {problem}")
