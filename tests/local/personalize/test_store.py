"""Tests of ``store``: the resources of one account and region, and their changes under way."""

from __future__ import annotations


def test_accounts_regions_do_not_see_each_other(aws):
    aws.group("movies")
    assert aws.client("personalize", "eu-west-1").list_dataset_groups()["datasetGroups"] == []


def test_pagination_gives_lists_page_by_page_oldest_first(aws):
    names = [f"schema-{number}" for number in range(5)]
    for name in names:
        aws.schema(name)
    first = aws.personalize.list_schemas(maxResults=2)
    assert [schema["name"] for schema in first["schemas"]] == names[:2]
    pages = aws.personalize.get_paginator("list_schemas").paginate(PaginationConfig={"PageSize": 2})
    assert [schema["name"] for page in pages for schema in page["schemas"]] == names
    assert "nextToken" not in aws.personalize.list_schemas(maxResults=5)


def test_pagination_refuses_a_token_of_another_list(aws, refused):
    for name in ("a", "b"):
        aws.schema(name)
    token = aws.personalize.list_schemas(maxResults=1)["nextToken"]
    for wrong in (token, "nonsense", "e30="):
        code, message = refused(aws.personalize.list_dataset_groups, nextToken=wrong)
        assert code == "InvalidNextTokenException"
        assert "pass the nextToken of the same list" in message
