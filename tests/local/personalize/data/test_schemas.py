"""Tests of ``local.personalize.data.schemas``."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.personalize_aws import Aws, avro
from fakes.put_items import ITEM_FIELDS, exported, item


@pytest.fixture
def items(aws: Aws) -> str:
    """An Items dataset."""
    return aws.dataset(aws.group(), aws.schema(schema=avro(name="Items", fields=ITEM_FIELDS)), "Items")


def test_a_schema_is_replaced_by_one_that_adds_columns_which_can_be_null(aws: Aws, items: str) -> None:
    aws.events.put_items(datasetArn=items, items=[item("i1", genre="war")])
    added = {"name": "YEAR", "type": ["null", "int"]}
    new = aws.schema("second", schema=avro(added, name="Items", fields=ITEM_FIELDS))
    assert aws.personalize.update_dataset(datasetArn=items, schemaArn=new)["datasetArn"] == items
    described = aws.describe("dataset", items)
    assert (described["schemaArn"], described["status"]) == (new, "ACTIVE")
    assert described["latestDatasetUpdate"]["status"] == "ACTIVE"
    aws.events.put_items(datasetArn=items, items=[item("i2", genre="love", year=1999)])
    assert sorted(exported(aws, items)) == ["i1,war,,,", "i2,love,,,1999"]


def test_a_schema_that_cannot_replace_the_old_one_is_refused(aws: Aws, refused: Any, items: str) -> None:
    update = aws.personalize.update_dataset
    old = aws.describe("dataset", items)["schemaArn"]
    code, text = refused(update, datasetArn=items, schemaArn=old)
    assert (code, text) == ("InvalidInputException", f"The update changes nothing of the given dataset: {items}")
    without = aws.schema("without", schema=avro(name="Items", fields=ITEM_FIELDS[:3]))
    code, text = refused(update, datasetArn=items, schemaArn=without)
    assert (code, text) == (
        "InvalidInputException",
        "The new schema must have all fields of the old one as they are: PRICE",
    )
    strict = aws.schema("strict", schema=avro({"name": "YEAR", "type": "int"}, name="Items", fields=ITEM_FIELDS))
    code, text = refused(update, datasetArn=items, schemaArn=strict)
    assert code == "InvalidInputException"
    assert text == "The new field YEAR must be nullable: the rows that are there have no value"
