"""Recipes, and what they are made of, over the wire; one table of a recipe's features does not contradict another."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.personalize_aws import Aws
from personalize_sfn.engine import RECIPES as TRAINABLE
from personalize_sfn.local.personalize.resources.algorithms import ALGORITHMS
from personalize_sfn.local.personalize.training.recipe_features import Choices, training_rules
from personalize_sfn.local.personalize.training.recipes import RECIPES

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


def test_recipes_are_listed_by_name_without_those_of_former_days(aws: Aws) -> None:
    first, second = pages(aws)
    assert len(first) == 11
    listed = first + second
    assert names(listed) == sorted(names(listed))
    assert len(listed) == 22
    assert not set(names(listed)) & set(LEGACY)


def test_only_recipes_of_a_domain_name_one(aws: Aws) -> None:
    domains = {found["name"]: found.get("domain") for page in pages(aws) for found in page}
    assert domains["aws-sims"] is None
    assert domains["aws-ecomm-recommended-for-you"] == "ECOMMERCE"
    assert [name for name, domain in domains.items() if domain == "VIDEO_ON_DEMAND"] == VIDEO


def test_the_domain_is_filtered_after_the_page_is_cut(aws: Aws) -> None:
    found = pages(aws, domain="VIDEO_ON_DEMAND", PaginationConfig={"PageSize": 10})
    assert [names(page) for page in found] == [[], VIDEO[:3], VIDEO[3:]]


def test_a_token_of_one_list_is_refused_by_another(aws: Aws, refused: Any) -> None:
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


def test_every_recipe_says_what_it_does_in_words_of_its_own() -> None:
    descriptions = [found.description for found in RECIPES]
    assert all(descriptions)
    assert len(set(descriptions)) == len(RECIPES) == 25


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


def test_an_algorithm_tells_its_ranges_and_what_can_be_tuned(aws: Aws) -> None:
    algorithm = aws.personalize.describe_algorithm(algorithmArn=ARN + "algorithm/aws-sims")["algorithm"]
    assert algorithm["defaultHyperParameterRanges"] == {
        "integerHyperParameterRanges": [
            {"name": "min_cointeraction_count", "minValue": 0, "maxValue": 10, "isTunable": True}
        ],
        "continuousHyperParameterRanges": [
            {"name": "popularity_discount_factor", "minValue": 0.0, "maxValue": 1.0, "isTunable": True}
        ],
        "categoricalHyperParameterRanges": [],
    }


def test_a_feature_transformation_tells_its_defaults(aws: Aws) -> None:
    found = aws.personalize.describe_feature_transformation(
        featureTransformationArn=ARN + "feature-transformation/featurize_coldstart"
    )["featureTransformation"]
    assert found["defaultParameters"] == {
        "min_user_history_length_percentile": "0.0",
        "max_user_history_length_percentile": "0.99",
        "cold_start_max_interactions": "15",
        "cold_start_max_duration": "5.0",
        "cold_start_relative_from": "latestItem",
    }


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_what_an_algorithm_says_can_be_tuned_is_what_hpo_takes(recipe: Any) -> None:
    told = {each.name: each for each in ALGORITHMS.get(recipe.algorithm or recipe.name, ()) if each.tunable}
    taken = training_rules(recipe.name).tunable
    assert told.keys() == taken.keys()
    for name, limits in taken.items():
        if isinstance(limits, Choices):
            assert told[name].values == limits.values
        else:
            assert (told[name].low, told[name].high) == (limits.low, limits.high)


def test_every_recipe_trains_but_the_one_that_needs_a_language_model() -> None:
    assert {found.name for found in RECIPES} - set(TRAINABLE) == {"aws-semantic-similarity"}


def test_a_solution_cannot_be_made_with_a_use_case_of_a_domain(aws: Aws, refused: Any) -> None:
    group = aws.group(domain="VIDEO_ON_DEMAND")
    recipe = ARN + "recipe/aws-vod-top-picks"
    code, message = refused(aws.personalize.create_solution, name="s", datasetGroupArn=group, recipeArn=recipe)
    assert code == "InvalidInputException"
    assert message.endswith("is a use case of the domain VIDEO_ON_DEMAND: create a recommender with it")


def test_a_domain_group_takes_custom_solutions_too(aws: Aws) -> None:
    solution = aws.solution(aws.group(domain="VIDEO_ON_DEMAND"), "aws-sims")
    assert aws.describe("solution", solution)["status"] == "ACTIVE"
