"""Tests of ``recipes``: listRecipes and DescribeRecipe."""

from __future__ import annotations


def test_recipes_are_listed_and_described(aws):
    pages = aws.personalize.get_paginator("list_recipes").paginate()
    recipes = [recipe for page in pages for recipe in page["recipes"]]
    assert {recipe["lastUpdatedDateTime"].date().isoformat() for recipe in recipes} == {"2024-06-19"}
    names = [recipe["name"] for recipe in recipes]
    assert names == sorted(names)
    assert {"aws-user-personalization-v2", "aws-sims", "aws-vod-top-picks"} <= set(names)
    assert all("domain" in recipe for recipe in recipes if recipe["name"].startswith(("aws-ecomm", "aws-vod")))
    described = aws.personalize.describe_recipe(recipeArn="arn:aws:personalize:::recipe/aws-sims")["recipe"]
    assert described["recipeType"] == "RELATED_ITEMS"
    assert described["featureTransformationArn"] == "arn:aws:personalize:::feature-transformation/sims"


def test_recipes_are_filtered_by_domain_after_the_page_is_cut(aws):
    page = aws.personalize.list_recipes(domain="VIDEO_ON_DEMAND", maxResults=10)
    assert page["recipes"] == []
    assert "nextToken" in page
    pages = aws.personalize.get_paginator("list_recipes").paginate(domain="VIDEO_ON_DEMAND")
    assert sum(len(page["recipes"]) for page in pages) == 5
