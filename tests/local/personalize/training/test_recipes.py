"""Tests of ``recipes``: the recipes of Amazon Personalize, and what the embedded AWS can train."""

from __future__ import annotations

from typing import Any

from fakes.personalize_aws import Aws
from personalize_sfn.local.personalize.training.recipes import RECIPES

LEGACY = ["aws-hrnn", "aws-hrnn-coldstart", "aws-hrnn-metadata"]


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


def test_every_recipe_says_what_it_does_in_words_of_its_own() -> None:
    descriptions = [found.description for found in RECIPES]
    assert all(descriptions)
    assert len(set(descriptions)) == len(RECIPES) == 25
