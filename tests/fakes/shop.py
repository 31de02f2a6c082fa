"""A shop with two kinds of customers: the data of a domain dataset group."""

from __future__ import annotations

import random
from typing import Any

from fakes.personalize_aws import Aws, avro, csv_bytes

__all__ = ["EVENT_TYPE", "RECIPE", "items", "make", "shop"]


RECIPE = "arn:aws:personalize:::recipe/"
EVENT_TYPE = {"name": "EVENT_TYPE", "type": "string"}


def shop(aws: Aws, *, views: int = 1500, purchases: int = 1200) -> str:
    """An ECOMMERCE group in which even users view and purchase items 0-39 and odd ones 40-79."""
    draw = random.Random(4)
    rows = []
    for kind, count in (("view", views), ("Purchase", purchases)):
        for place in range(count):
            user = place % 60
            item = draw.randrange(40) + 40 * (user % 2)
            rows.append((f"u{user}", f"i{item}", 1_600_000_000 + 60 * len(rows), kind))
    group = aws.group("shop", domain="ECOMMERCE")
    dataset = aws.dataset(group, aws.schema(schema=avro(EVENT_TYPE), domain="ECOMMERCE"))
    job = aws.imported(dataset, csv_bytes(rows, "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"))
    assert job["status"] == "ACTIVE", job
    return group


def make(aws: Aws, group: str, recipe: str, name: str = "r", **config: Any) -> str:
    more = {"recommenderConfig": config} if config else {}
    return aws.personalize.create_recommender(name=name, datasetGroupArn=group, recipeArn=RECIPE + recipe, **more)[
        "recommenderArn"
    ]


def items(answer: dict[str, Any]) -> list[str]:
    return [item["itemId"] for item in answer["itemList"]]
