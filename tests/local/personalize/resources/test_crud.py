"""Schemas, dataset groups, datasets, event trackers: creation, preconditions, lists, tags, deletion."""

from __future__ import annotations

import pytest

from fakes.personalize_aws import ACCOUNT, REGION, avro

PREFIX = f"arn:aws:personalize:{REGION}:{ACCOUNT}:"


def test_the_arn_of_another_kind_of_resource_is_invalid(aws, refused):
    code, message = refused(aws.personalize.describe_campaign, campaignArn=aws.group())
    assert code == "InvalidInputException"
    assert "expected the ARN of a campaign" in message


def test_a_dataset_is_named_by_its_group_and_upper_case_type(aws):
    arn = aws.dataset(aws.group("movies"), kind="Interactions")
    described = aws.settled("dataset", arn)
    assert arn == PREFIX + "dataset/movies/INTERACTIONS"
    assert described["datasetType"] == "INTERACTIONS"
    assert described["schemaArn"] == PREFIX + "schema/movies-schema"
    assert described["status"] == "ACTIVE"


def test_a_group_has_one_dataset_of_a_type(aws, refused):
    group, schema = aws.group(), aws.schema()
    arn = aws.dataset(group, schema)
    code, message = refused(
        aws.personalize.create_dataset, name="two", datasetGroupArn=group, schemaArn=schema, datasetType="INTERACTIONS"
    )
    assert (code, message) == ("ResourceAlreadyExistsException", f"Another resource with Arn {arn} already exists.")


@pytest.mark.parametrize(
    ("kind", "schema", "problem"),
    [
        ("Interactions", avro(fields=[{"name": "USER_ID", "type": "string"}]), "required fields: ITEM_ID, TIMESTAMP"),
        ("Items", avro(), "The schema is one for INTERACTIONS, the dataset is of type ITEMS"),
        ("Films", avro(), "Invalid dataset type: expected Interactions, Items, Users"),
        ("Items", avro(name="Items", fields=[{"name": "ITEM_ID", "type": "string"}]), "at least one metadata field"),
        (
            "Interactions",
            avro({"name": "EVENT_VALUE", "type": "string"}),
            "Field EVENT_VALUE must be of type float or double, got string",
        ),
        (
            "Users",
            avro(
                name="Users", fields=[{"name": "USER_ID", "type": ["null", "string"]}, {"name": "AGE", "type": "int"}]
            ),
            "Field USER_ID is required and cannot be null",
        ),
    ],
)
def test_a_schema_that_does_not_fit_the_dataset_is_refused(aws, refused, kind, schema, problem):
    code, message = refused(
        aws.personalize.create_dataset,
        name="x",
        datasetGroupArn=aws.group(),
        schemaArn=aws.schema(schema=schema),
        datasetType=kind,
    )
    assert code == "InvalidInputException"
    assert problem in message


def test_the_domains_of_schema_and_group_must_be_the_same(aws, refused):
    code, message = refused(aws.dataset, group=aws.group(domain="ECOMMERCE"), schema=aws.schema())
    assert code == "InvalidInputException"
    assert message == "The domains of the schema and of the dataset group must be the same, got none and ECOMMERCE"


def test_a_domain_dataset_needs_the_fields_of_its_domain(aws, refused):
    schema = aws.schema(domain="VIDEO_ON_DEMAND")
    code, message = refused(aws.dataset, group=aws.group(domain="VIDEO_ON_DEMAND"), schema=schema)
    assert (code, message) == (
        "InvalidInputException",
        "The schema is missing the following required fields: EVENT_TYPE",
    )


def test_a_dataset_needs_an_active_group(aws, refused):
    aws.service.durations.set("dataset_group", 3600)
    group = aws.group()
    code, message = refused(aws.dataset, group=group)
    assert code == "ResourceInUseException"
    assert message == f"The given dataset group is not ACTIVE, its status is CREATE PENDING: {group}"


def test_an_empty_list_is_there(aws):
    assert aws.personalize.list_campaigns()["campaigns"] == []


def test_lists_are_narrowed_by_their_parent(aws):
    one, two = aws.group("one"), aws.group("two")
    aws.solution(one, name="first")
    aws.solution(two, name="second")
    assert [s["name"] for s in aws.personalize.list_solutions(datasetGroupArn=two)["solutions"]] == ["second"]
    assert len(aws.personalize.list_solutions()["solutions"]) == 2
    assert aws.personalize.list_solutions(datasetGroupArn=PREFIX + "dataset-group/none")["solutions"] == []


def test_only_the_list_of_solution_versions_minds_an_unknown_parent(aws, refused):
    arn = PREFIX + "solution/none"
    assert refused(aws.personalize.list_solution_versions, solutionArn=arn) == (
        "ResourceNotFoundException",
        f"The given solution does not exist: {arn}",
    )


def test_quotas_are_those_of_aws_and_can_be_set(aws, refused):
    for number in range(5):
        aws.group(f"group-{number}")
    assert refused(aws.group, name="one-more") == (
        "LimitExceededException",
        "More than 5 resources in ACTIVE state. Please delete some and try again.",
    )
    aws.service.quotas.per_region["datasetGroup"] = 6
    assert aws.group("one-more").endswith("one-more")
