"""Schemas, dataset groups, datasets, event trackers: creation, preconditions, lists, tags, deletion."""

from __future__ import annotations

import pytest

from fakes.personalize_aws import ACCOUNT, REGION, avro

PREFIX = f"arn:aws:personalize:{REGION}:{ACCOUNT}:"


def test_a_schema_exists_at_once_and_has_no_status(aws):
    arn = aws.schema("movies-schema")
    described = aws.describe("schema", arn)
    assert arn == PREFIX + "schema/movies-schema"
    assert described["schema"] == avro()
    assert "status" not in described
    assert described["creationDateTime"] == described["lastUpdatedDateTime"]


def test_a_second_schema_of_that_name_is_refused_in_aws_words(aws, refused):
    arn = aws.schema()
    assert refused(aws.personalize.create_schema, name="movies-schema", schema=avro()) == (
        "ResourceAlreadyExistsException",
        f"Another resource with Arn {arn} already exists.",
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "it is no JSON"),
        ('"x"', 'expected an object with "type": "record"'),
        (avro(name="Movies"), '"name": expected one of Interactions, Users, Items'),
        (avro(fields=[]), "expected a list of at least one field"),
        (avro({"name": "A", "type": "array"}), 'field A, "type": expected one of float, double'),
        (avro({"name": "A", "type": ["string", "long"]}), 'field A, "type"'),
        (avro({"name": "A B", "type": "string"}), "field names are letters, digits and underscores"),
        (avro({"name": "USERID", "type": "string"}), "more than underscores and case: USER_ID, USERID"),
        (avro({"name": "A", "type": "long", "categorical": True}), "only strings can be categorical"),
        (
            avro(*({"name": n, "type": "string", "textual": True} for n in "AB"), name="Items"),
            "at most one field can be textual",
        ),
    ],
)
def test_a_schema_that_is_no_schema_is_refused(aws, refused, text, problem):
    code, message = refused(aws.personalize.create_schema, name="x", schema=text)
    assert code == "InvalidInputException"
    assert message.startswith("Invalid Avro schema: ")
    assert problem in message


def test_a_dataset_group_is_active_and_has_no_failure_reason(aws):
    described = aws.settled("dataset_group", aws.group("movies"))
    assert described["datasetGroupArn"] == PREFIX + "dataset-group/movies"
    assert described["status"] == "ACTIVE"
    assert set(described) == {"name", "datasetGroupArn", "status", "creationDateTime", "lastUpdatedDateTime"}


def test_a_domain_dataset_group_echoes_its_domain(aws):
    assert aws.personalize.create_dataset_group(name="shop", domain="ECOMMERCE")["domain"] == "ECOMMERCE"


def test_a_missing_dataset_group_is_not_found_in_aws_words(aws, refused):
    arn = PREFIX + "dataset-group/none"
    assert refused(aws.personalize.describe_dataset_group, datasetGroupArn=arn) == (
        "ResourceNotFoundException",
        f"The given dataset group does not exist: {arn}",
    )
    assert refused(aws.personalize.delete_schema, schemaArn=PREFIX + "schema/none") == (
        "ResourceNotFoundException",
        f"Resource Arn {PREFIX}schema/none does not exist.",
    )


def test_the_arn_of_another_kind_of_resource_is_invalid(aws, refused):
    code, message = refused(aws.personalize.describe_campaign, campaignArn=aws.group())
    assert code == "InvalidInputException"
    assert "expected the ARN of a campaign" in message


def test_accounts_regions_do_not_see_each_other(aws):
    aws.group("movies")
    assert aws.client("personalize", "eu-west-1").list_dataset_groups()["datasetGroups"] == []


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


def test_an_event_tracker_has_an_id_a_tracking_id_and_the_account(aws):
    made = aws.personalize.create_event_tracker(name="clicks", datasetGroupArn=aws.group())
    described = aws.describe("event_tracker", made["eventTrackerArn"])
    assert made["eventTrackerArn"].startswith(PREFIX + "event-tracker/")
    assert not made["eventTrackerArn"].endswith("clicks")
    assert described["trackingId"] == made["trackingId"]
    assert described["accountId"] == ACCOUNT
    assert "trackingId" not in aws.personalize.list_event_trackers()["eventTrackers"][0]


def test_a_group_has_one_event_tracker(aws, refused):
    group = aws.group()
    first = aws.personalize.create_event_tracker(name="one", datasetGroupArn=group)["eventTrackerArn"]
    assert refused(aws.personalize.create_event_tracker, name="two", datasetGroupArn=group) == (
        "ResourceAlreadyExistsException",
        f"Another resource with Arn {first} already exists.",
    )


def test_lists_come_in_pages_oldest_first(aws):
    names = [f"schema-{number}" for number in range(5)]
    for name in names:
        aws.schema(name)
    first = aws.personalize.list_schemas(maxResults=2)
    assert [schema["name"] for schema in first["schemas"]] == names[:2]
    pages = aws.personalize.get_paginator("list_schemas").paginate(PaginationConfig={"PageSize": 2})
    assert [schema["name"] for page in pages for schema in page["schemas"]] == names
    assert "nextToken" not in aws.personalize.list_schemas(maxResults=5)


def test_an_empty_list_is_there(aws):
    assert aws.personalize.list_campaigns()["campaigns"] == []


def test_a_token_of_another_list_is_not_valid(aws, refused):
    for name in ("a", "b"):
        aws.schema(name)
    token = aws.personalize.list_schemas(maxResults=1)["nextToken"]
    for wrong in (token, "nonsense", "e30="):
        code, message = refused(aws.personalize.list_dataset_groups, nextToken=wrong)
        assert code == "InvalidNextTokenException"
        assert "pass the nextToken of the same list" in message


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


def test_tags_are_kept_beside_the_resource(aws):
    group = aws.group(tags=[{"tagKey": "team", "tagValue": "a"}, {"tagKey": "old", "tagValue": ""}])
    aws.personalize.tag_resource(resourceArn=group, tags=[{"tagKey": "team", "tagValue": "b"}])
    aws.personalize.untag_resource(resourceArn=group, tagKeys=["old"])
    assert aws.personalize.list_tags_for_resource(resourceArn=group)["tags"] == [{"tagKey": "team", "tagValue": "b"}]
    assert "tags" not in aws.describe("dataset_group", group)


def test_tags_have_rules(aws, refused):
    group, schema = aws.group(), aws.schema()
    tag = aws.personalize.tag_resource
    code, message = refused(tag, resourceArn=group, tags=[{"tagKey": "aws:x", "tagValue": ""}])
    assert (code, message) == (
        "InvalidInputException",
        "Tag keys that begin with aws: are reserved for AWS, got aws:x",
    )
    many = [{"tagKey": f"k{number}", "tagValue": ""} for number in range(51)]
    assert refused(tag, resourceArn=group, tags=many) == (
        "TooManyTagsException",
        "A resource has at most 50 tags, got 51.",
    )
    code, message = refused(tag, resourceArn=schema, tags=many[:1])
    assert (code, message) == ("InvalidInputException", f"A schema cannot be tagged: {schema}")
    code, message = refused(tag, resourceArn=group, tags=[{"tagKey": "a", "tagValue": "\N{SNOWMAN}"}])
    assert code == "InvalidInputException"
    assert message.startswith("1 validation error detected: Value at 'tags.1.member.tagValue' failed to satisfy")


def test_letters_of_any_script_may_stand_in_a_tag(aws):
    group = aws.group(tags=[{"tagKey": "équipe", "tagValue": "映画 1"}])
    assert aws.personalize.list_tags_for_resource(resourceArn=group)["tags"][0]["tagValue"] == "映画 1"


def test_quotas_are_those_of_aws_and_can_be_set(aws, refused):
    for number in range(5):
        aws.group(f"group-{number}")
    assert refused(aws.group, name="one-more") == (
        "LimitExceededException",
        "More than 5 resources in ACTIVE state. Please delete some and try again.",
    )
    aws.service.quotas.per_region["datasetGroup"] = 6
    assert aws.group("one-more").endswith("one-more")


def test_a_schema_goes_only_when_no_dataset_uses_it(aws, refused):
    schema = aws.schema()
    dataset = aws.dataset(schema=schema)
    code, message = refused(aws.personalize.delete_schema, schemaArn=schema)
    assert (code, message) == ("ResourceInUseException", f"The given schema is in use by {dataset}: {schema}")
    aws.personalize.delete_dataset(datasetArn=dataset)
    aws.gone("dataset", dataset)
    aws.personalize.delete_schema(schemaArn=schema)
    assert aws.personalize.list_schemas()["schemas"] == []


def test_a_group_goes_last(aws, refused):
    group = aws.group()
    tracker = aws.personalize.create_event_tracker(name="clicks", datasetGroupArn=group)["eventTrackerArn"]
    solution = aws.solution(group)
    dataset = aws.dataset(group)
    for kind, left, delete in (
        ("event_tracker", tracker, lambda: aws.personalize.delete_event_tracker(eventTrackerArn=tracker)),
        ("solution", solution, lambda: aws.personalize.delete_solution(solutionArn=solution)),
        ("dataset", dataset, lambda: aws.personalize.delete_dataset(datasetArn=dataset)),
    ):
        code, message = refused(aws.personalize.delete_dataset_group, datasetGroupArn=group)
        assert code == "ResourceInUseException"
        assert left in message
        delete()
        aws.gone(kind, left)
    aws.personalize.delete_dataset_group(datasetGroupArn=group)
    aws.gone("dataset_group", group)
    assert refused(aws.personalize.describe_dataset_group, datasetGroupArn=group)[0] == "ResourceNotFoundException"
