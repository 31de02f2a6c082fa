"""Recipes, and what they are made of, over the wire; one table of a recipe's features does not contradict another."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.personalize_aws import Aws

ARN = "arn:aws:personalize:::"
LEGACY = ["aws-hrnn", "aws-hrnn-coldstart", "aws-hrnn-metadata"]
VIDEO = [
    "aws-vod-because-you-watched-x",
    "aws-vod-more-like-x",
    "aws-vod-most-popular",
    "aws-vod-top-picks",
    "aws-vod-trending-now",
]


def pages(aws: Aws, **request: Any) -> list[list[dict[str, Any]]]:
    found = aws.personalize.get_paginator("list_recipes").paginate(**request)
    return [page["recipes"] for page in found]


def names(recipes: list[dict[str, Any]]) -> list[str]:
    return [found["name"] for found in recipes]


def test_only_recipes_of_a_domain_name_one(aws: Aws) -> None:
    domains = {found["name"]: found.get("domain") for page in pages(aws) for found in page}
    assert domains["aws-sims"] is None
    assert domains["aws-ecomm-recommended-for-you"] == "ECOMMERCE"
    assert [name for name, domain in domains.items() if domain == "VIDEO_ON_DEMAND"] == VIDEO


def test_the_domain_is_filtered_after_the_page_is_cut(aws: Aws) -> None:
    found = pages(aws, domain="VIDEO_ON_DEMAND", PaginationConfig={"PageSize": 10})
    assert [names(page) for page in found] == [[], VIDEO[:3], VIDEO[3:]]


def test_pagination_refuses_the_token_of_another_list(aws: Aws, refused: Any) -> None:
    first = aws.personalize.list_recipes()
    assert (len(first["recipes"]), "nextToken" in first) == (11, True)
    token = aws.personalize.list_recipes(maxResults=3)["nextToken"]
    code, message = refused(aws.personalize.list_recipes, domain="ECOMMERCE", nextToken=token)
    assert code == "InvalidNextTokenException"
    assert message.startswith("The given token is not valid")


def test_a_recipe_is_described_whole(aws: Aws) -> None:
    described = aws.personalize.describe_recipe(recipeArn=ARN + "recipe/aws-trending-now")["recipe"]
    dates = described.pop("creationDateTime"), described.pop("lastUpdatedDateTime")
    assert dates[0] <= dates[1]
    assert described == {
        "name": "aws-trending-now",
        "recipeArn": ARN + "recipe/aws-trending-now",
        "algorithmArn": ARN + "algorithm/aws-trending-now-custom",
        "featureTransformationArn": ARN + "feature-transformation/aws-trending-now",
        "status": "ACTIVE",
        "description": "The items whose interactions grow fastest, the same for every user",
        "recipeType": "POPULAR_ITEMS",
    }


@pytest.mark.parametrize("name", LEGACY)
def test_a_recipe_of_former_days_can_still_be_described(aws: Aws, name: str) -> None:
    assert aws.personalize.describe_recipe(recipeArn=f"{ARN}recipe/{name}")["recipe"]["name"] == name


@pytest.mark.parametrize(
    ("method", "member", "kind", "words"),
    [
        ("describe_recipe", "recipeArn", "recipe", "recipe"),
        ("describe_algorithm", "algorithmArn", "algorithm", "algorithm"),
        (
            "describe_feature_transformation",
            "featureTransformationArn",
            "feature-transformation",
            "feature transformation",
        ),
    ],
)
def test_what_the_service_does_not_have_is_not_found(
    aws: Aws, refused: Any, method: str, member: str, kind: str, words: str
) -> None:
    arn = f"{ARN}{kind}/aws-magic"
    assert refused(getattr(aws.personalize, method), **{member: arn}) == (
        "ResourceNotFoundException",
        f"The given {words} does not exist: {arn}",
    )


def test_a_solution_cannot_be_made_with_a_use_case_of_a_domain(aws: Aws, refused: Any) -> None:
    group = aws.group(domain="VIDEO_ON_DEMAND")
    recipe = ARN + "recipe/aws-vod-top-picks"
    code, message = refused(aws.personalize.create_solution, name="s", datasetGroupArn=group, recipeArn=recipe)
    assert code == "InvalidInputException"
    assert message.endswith("is a use case of the domain VIDEO_ON_DEMAND: create a recommender with it")


def test_a_domain_group_takes_custom_solutions_too(aws: Aws) -> None:
    solution = aws.solution(aws.group(domain="VIDEO_ON_DEMAND"), "aws-sims")
    assert aws.describe("solution", solution)["status"] == "ACTIVE"
