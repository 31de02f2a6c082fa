"""What the tests of filters and its neighbours share."""

from __future__ import annotations

from typing import Any

from fakes.personalize_aws import Aws, avro, csv_bytes, two_tastes

__all__ = ["EVENTS", "ITEMS", "ITEM_FIELDS", "catalogue", "genre", "items", "make"]


ITEMS = [f"i{number}" for number in range(80)]
EVENTS = {"name": "EVENT_TYPE", "type": "string"}
ITEM_FIELDS = [
    {"name": "ITEM_ID", "type": "string"},
    {"name": "GENRE", "type": ["null", "string"], "categorical": True},
    {"name": "PRICE", "type": "float"},
    {"name": "ADULT", "type": "boolean"},
]


def genre(number: int) -> str:
    return "" if number == 0 else "even|all" if number % 2 == 0 else "odd|all"


def catalogue(aws: Aws) -> str:
    """A dataset group of interactions with event types and of items with a genre and a price."""
    group = aws.group()
    rows = [(*row, "view" if place % 5 else "buy") for place, row in enumerate(two_tastes())]
    dataset = aws.dataset(group, aws.schema(schema=avro(EVENTS)))
    job = aws.imported(dataset, csv_bytes(rows, "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"))
    assert job["status"] == "ACTIVE", job
    items = aws.dataset(group, aws.schema("items", schema=avro(name="Items", fields=ITEM_FIELDS)), "Items")
    content = csv_bytes(
        [(item, genre(number), number / 2, "false") for number, item in enumerate(ITEMS)], "ITEM_ID,GENRE,PRICE,ADULT"
    )
    job = aws.imported(items, content, name="items")
    assert job["status"] == "ACTIVE", job
    return group


def make(aws: Aws, group: str, expression: str, name: str = "f") -> str:
    return aws.personalize.create_filter(name=name, datasetGroupArn=group, filterExpression=expression)["filterArn"]


def items(answer: dict[str, Any]) -> list[str]:
    return [item["itemId"] for item in answer["itemList"]]
