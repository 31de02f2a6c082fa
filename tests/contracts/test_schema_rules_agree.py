"""The client's rules of schemas and the embedded service's: two tables, each the other's witness."""

from __future__ import annotations

import json
from typing import Any

import pytest

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.personalize.data import schemas as service
from personalize_sfn.schema_rules import REQUIRED, RESERVED, TYPES, problems

CATEGORIES = {"CATEGORY_L1", "GENRES"}
#: Names that have a meaning in some dataset type or domain, and one that has none.
NAMES = sorted(
    {name for table in (REQUIRED, RESERVED) for columns in table.values() for name in columns}
    | {"CATEGORY_L1", "CATEGORY_L2", "CATEGORY_L3", "PRICE", "PRODUCT_DESCRIPTION", "AGE_GROUP", "ADULT", "GENDER"}
    | {"GENRES", "GENRE_L2", "GENRE_L3", "DURATION", "AVERAGE_RATING", "CONTENT_OWNER", "CONTENT_CLASSIFICATION"}
    | {"SUBSCRIPTION_MODEL", "OF_YOUR_OWN"}
)
#: The least that each dataset type of each domain must have.
NEEDED: dict[tuple[str | None, str], dict[str, str]] = {
    (None, "Actions"): {"ACTION_ID": "string"},
    (None, "ActionInteractions"): {
        "USER_ID": "string", "ACTION_ID": "string", "EVENT_TYPE": "string", "TIMESTAMP": "long",
    },
    (None, "Interactions"): {"USER_ID": "string", "ITEM_ID": "string", "TIMESTAMP": "long"},
    (None, "Items"): {"ITEM_ID": "string"},
    ("ECOMMERCE", "Items"): {"ITEM_ID": "string", "PRICE": "float", "CATEGORY_L1": "string"},
    ("VIDEO_ON_DEMAND", "Items"): {"ITEM_ID": "string", "GENRES": "string", "CREATION_TIMESTAMP": "long"},
    **{(domain, "Users"): {"USER_ID": "string"} for domain in (None, "ECOMMERCE", "VIDEO_ON_DEMAND")},
    **{
        (domain, "Interactions"): {
            "USER_ID": "string", "ITEM_ID": "string", "TIMESTAMP": "long", "EVENT_TYPE": "string",
        }
        for domain in ("ECOMMERCE", "VIDEO_ON_DEMAND")
    },
}  # fmt: skip


def schema(domain: str | None, kind: str, *, without: str = "", column: dict[str, Any] | None = None) -> dict[str, Any]:
    """A schema of the least columns, less one and with another."""
    columns: dict[str, dict[str, Any]] = {
        name: {"name": name, "type": type_, **({"categorical": True} if name in CATEGORIES else {})}
        for name, type_ in NEEDED[domain, kind].items()
        if name != without
    }
    if kind not in ("Interactions", "ActionInteractions"):
        columns["OTHER"] = {"name": "OTHER", "type": "long"}
    if column is not None:
        columns[column["name"]] = column
    space = "com.amazonaws.personalize.schema"
    return {"type": "record", "name": kind, "namespace": space, "fields": list(columns.values()), "version": "1.0"}


def refused_by_the_client(made: dict[str, Any], domain: Any) -> bool:
    return bool(list(problems(made, domain)))


def refused_by_the_service(made: dict[str, Any], domain: str | None) -> bool:
    try:
        service.check_dataset(service.read_schema(json.dumps(made)), service.RECORD_NAMES[made["name"]], domain)
    except AwsError:
        return True
    return False


every_dataset = pytest.mark.parametrize(("domain", "kind"), NEEDED, ids=lambda value: value or "custom")


@every_dataset
def test_both_take_the_least_and_refuse_what_lacks_a_required_column(domain: str | None, kind: str) -> None:
    for name in ("", *NEEDED[domain, kind]):
        made = schema(domain, kind, without=name)
        assert refused_by_the_client(made, domain) is refused_by_the_service(made, domain) is bool(name), name


@every_dataset
def test_both_take_or_both_refuse_a_column_of_any_name_type_and_flag(domain: str | None, kind: str) -> None:
    disagreements = []
    for name in NAMES:
        for type_ in [*sorted(TYPES), *(["null", each] for each in sorted(TYPES))]:
            for flag in ("", "categorical", "textual", "itemName"):
                made = schema(domain, kind, column={"name": name, "type": type_, **({flag: True} if flag else {})})
                if refused_by_the_client(made, domain) != refused_by_the_service(made, domain):
                    disagreements.append((name, type_, flag))
    assert disagreements == []
