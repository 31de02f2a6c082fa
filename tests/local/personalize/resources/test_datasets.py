"""Datasets: what a schema must and may have by dataset type and domain; the replacement of a schema."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.personalize_aws import INTERACTIONS_FIELDS, Aws, avro

USER_ID, ITEM_ID, ACTION_ID = ({"name": f"{name}_ID", "type": "string"} for name in ("USER", "ITEM", "ACTION"))
PRICE = {"name": "PRICE", "type": "float"}
CATEGORY = {"name": "CATEGORY_L1", "type": "string", "categorical": True}
GENRES = {"name": "GENRES", "type": "string", "categorical": True}
CREATED = {"name": "CREATION_TIMESTAMP", "type": "long"}
NAMES = {"Items": "Items", "Users": "Users", "Actions": "Actions", "Action_Interactions": "ActionInteractions"}


def created(aws: Aws, kind: str, fields: list[dict[str, Any]], domain: str | None = None) -> Any:
    """A call that makes a dataset of that kind with those fields, and its arguments."""
    options = {} if domain is None else {"domain": domain}
    schema = aws.schema(f"s-{kind}", schema=avro(name=NAMES.get(kind, kind), fields=fields), **options)
    return {
        "name": kind.lower(),
        "datasetGroupArn": aws.group(f"g-{kind.lower()}", **options),
        "schemaArn": schema,
        "datasetType": kind,
    }


def columns(count: int) -> list[dict[str, Any]]:
    return [{"name": f"COLUMN{number}", "type": "int"} for number in range(count)]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("Actions", [ACTION_ID, {"name": "VALUE", "type": ["null", "long"]}, CREATED, *columns(10)]),
        (
            "Action_Interactions",
            [USER_ID, ACTION_ID, {"name": "EVENT_TYPE", "type": "string"}, {"name": "TIMESTAMP", "type": "long"}],
        ),
        ("Users", [USER_ID, *columns(25)]),
        ("Items", [ITEM_ID, CREATED, *columns(100)]),
        ("Items", [ITEM_ID, {"name": "TITLE", "type": "string", "itemName": True}]),
        ("Interactions", [*INTERACTIONS_FIELDS, {"name": "EVENT_VALUE", "type": ["null", "float"]}, *columns(5)]),
    ],
)
def test_a_schema_with_all_that_its_type_needs_makes_a_dataset(
    aws: Aws, kind: str, fields: list[dict[str, Any]]
) -> None:
    arn = aws.personalize.create_dataset(**created(aws, kind, fields))["datasetArn"]
    described = aws.settled("dataset", arn)
    assert (described["status"], described["datasetType"]) == ("ACTIVE", kind.upper())
    assert ("trackingId" in described) == (kind == "Action_Interactions")


@pytest.mark.parametrize(
    ("kind", "domain", "fields", "message"),
    [
        ("Actions", None, [ACTION_ID], "A schema for ACTIONS needs at least one metadata field besides the id"),
        ("Actions", None, [ACTION_ID, *columns(11)], "A schema for ACTIONS has at most 10 metadata fields, got 11"),
        ("Users", None, [USER_ID, *columns(26)], "A schema for USERS has at most 25 metadata fields, got 26"),
        ("Items", None, [ITEM_ID, *columns(101)], "A schema for ITEMS has at most 100 metadata fields, got 101"),
        (
            "Interactions",
            None,
            [*INTERACTIONS_FIELDS, *columns(6)],
            "A schema for INTERACTIONS has at most 5 metadata fields, got 6",
        ),
        (
            "Action_Interactions",
            None,
            [USER_ID, ACTION_ID, {"name": "TIMESTAMP", "type": "long"}],
            "The schema is missing the following required fields: EVENT_TYPE",
        ),
        (
            "Actions",
            None,
            [ACTION_ID, {"name": "VALUE", "type": "string"}],
            "Field VALUE must be of type long, got string",
        ),
        (
            "Items",
            None,
            [ITEM_ID | {"categorical": True}, PRICE],
            "Field ITEM_ID is reserved and can be neither categorical nor textual, nor the itemName",
        ),
        (
            "Users",
            None,
            [USER_ID, {"name": "NOTES", "type": "string", "textual": True}],
            "Field NOTES: only items have textual fields",
        ),
        (
            "Users",
            None,
            [USER_ID, {"name": "NAME", "type": "string", "itemName": True}],
            "Field NAME: only items have an itemName",
        ),
        ("Items", "ECOMMERCE", [ITEM_ID, PRICE], "The schema is missing the following required fields: CATEGORY_L1"),
        (
            "Items",
            "ECOMMERCE",
            [ITEM_ID, PRICE, {"name": "CATEGORY_L1", "type": "string"}],
            "Field CATEGORY_L1 must be categorical",
        ),
        (
            "Items",
            "ECOMMERCE",
            [ITEM_ID, PRICE, CATEGORY, {"name": "GENDER", "type": ["null", "int"]}],
            "Field GENDER must be of type string, got int",
        ),
        (
            "Items",
            "VIDEO_ON_DEMAND",
            [ITEM_ID, GENRES, CREATED, {"name": "DURATION", "type": "int"}],
            "Field DURATION must be of type float, got int",
        ),
        (
            "Users",
            "VIDEO_ON_DEMAND",
            [USER_ID, {"name": "SUBSCRIPTION_MODEL", "type": "string"}],
            "Field SUBSCRIPTION_MODEL must be categorical",
        ),
        (
            "Interactions",
            "ECOMMERCE",
            INTERACTIONS_FIELDS,
            "The schema is missing the following required fields: EVENT_TYPE",
        ),
    ],
)
def test_a_schema_that_does_not_fit_its_type_and_domain_is_refused(
    aws: Aws, refused: Any, kind: str, domain: str | None, fields: list[dict[str, Any]], message: str
) -> None:
    code, text = refused(aws.personalize.create_dataset, **created(aws, kind, fields, domain))
    assert (code, text) == ("InvalidInputException", message)


@pytest.mark.parametrize(
    ("kind", "domain", "fields"),
    [
        ("Items", "ECOMMERCE", [ITEM_ID, PRICE, CATEGORY, CREATED]),
        ("Items", "VIDEO_ON_DEMAND", [ITEM_ID, GENRES, CREATED, {"name": "DURATION", "type": "float"}]),
        ("Interactions", "ECOMMERCE", [*INTERACTIONS_FIELDS, {"name": "EVENT_TYPE", "type": "string"}]),
    ],
)
def test_the_fields_of_a_domain_make_a_dataset(aws: Aws, kind: str, domain: str, fields: list[dict[str, Any]]) -> None:
    assert aws.personalize.create_dataset(**created(aws, kind, fields, domain))["datasetArn"].endswith(kind.upper())


def test_while_a_schema_is_replaced_both_schemas_and_the_dataset_are_in_use(aws: Aws, refused: Any) -> None:
    """AWS's own notebook waits for the dataset's status, not for that of latestDatasetUpdate."""
    dataset = aws.personalize.create_dataset(**created(aws, "Items", [ITEM_ID, PRICE]))["datasetArn"]
    fields = [ITEM_ID, PRICE, {"name": "YEAR", "type": ["null", "int"]}]
    new = aws.schema("new", schema=avro(name="Items", fields=fields))
    old = aws.describe("dataset", dataset)["schemaArn"]
    aws.service.durations.set("dataset", 100)
    aws.personalize.update_dataset(datasetArn=dataset, schemaArn=new)
    for seconds, status in ((0, "UPDATE PENDING"), (50, "UPDATE IN_PROGRESS")):
        aws.environment.ahead = seconds
        described = aws.describe("dataset", dataset)
        assert (described["status"], described["schemaArn"]) == (status, old)
        assert described["latestDatasetUpdate"]["status"] == status
        [listed] = aws.personalize.list_datasets()["datasets"]
        assert listed["status"] == status
        assert refused(aws.start_import, dataset=dataset) == (
            "ResourceInUseException",
            f"The given dataset is being updated, the update is {status}: {dataset}",
        )
        assert refused(aws.personalize.update_dataset, datasetArn=dataset, schemaArn=new) == (
            "ResourceInUseException",
            f"The given dataset is being updated, the update is {status}: {dataset}",
        )
        assert refused(aws.personalize.delete_dataset, datasetArn=dataset)[0] == "ResourceInUseException"
        for schema in (old, new):
            assert refused(aws.personalize.delete_schema, schemaArn=schema)[0] == "ResourceInUseException"
    aws.environment.ahead = 200
    described = aws.describe("dataset", dataset)
    assert (described["schemaArn"], described["latestDatasetUpdate"]["status"]) == (new, "ACTIVE")
    assert described["status"] == "ACTIVE"
    assert "failureReason" not in described["latestDatasetUpdate"]
    aws.personalize.delete_schema(schemaArn=old)


def test_an_update_that_a_plan_lets_fail_leaves_the_schema(aws: Aws) -> None:
    dataset = aws.personalize.create_dataset(**created(aws, "Items", [ITEM_ID, PRICE]))["datasetArn"]
    old = aws.describe("dataset", dataset)["schemaArn"]
    fields = [ITEM_ID, PRICE, {"name": "YEAR", "type": ["null", "int"]}]
    aws.service.faults.fail("dataset", reason="no luck")
    aws.personalize.update_dataset(
        datasetArn=dataset, schemaArn=aws.schema("new", schema=avro(name="Items", fields=fields))
    )
    described = aws.describe("dataset", dataset)
    assert (described["schemaArn"], described["status"]) == (old, "ACTIVE")
    assert described["latestDatasetUpdate"]["status"] == "UPDATE FAILED"
    assert described["latestDatasetUpdate"]["failureReason"] == "no luck"


@pytest.mark.parametrize(("kind", "fields"), [("Interactions", INTERACTIONS_FIELDS), ("Actions", [ACTION_ID, PRICE])])
def test_only_the_schema_of_items_and_users_can_be_replaced(
    aws: Aws, refused: Any, kind: str, fields: list[dict[str, Any]]
) -> None:
    dataset = aws.personalize.create_dataset(**created(aws, kind, fields))["datasetArn"]
    more = [*fields, {"name": "YEAR", "type": ["null", "int"]}]
    new = aws.schema("new", schema=avro(name=kind, fields=more))
    assert refused(aws.personalize.update_dataset, datasetArn=dataset, schemaArn=new) == (
        "InvalidInputException",
        f"Only the schema of an ITEMS or USERS dataset can be replaced, this one is of type {kind.upper()}",
    )
