"""ListRecipes and DescribeRecipe."""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.resources.crud import one_page
from personalize_sfn.local.personalize.training.recipes import RECIPES, ServiceRecipe, recipe
from personalize_sfn.local.personalize.wire.protocol import Members

PAGE = 11
"""Recipes on a page when the request does not say."""


@dataclass(frozen=True, slots=True)
class _Numbered:
    number: int
    recipe: ServiceRecipe


def list_recipes(context: OperationContext, request: Members) -> Members:
    """As on AWS, a page is cut though the request did not ask for it (recorded: 11 recipes and a token).

    The domain is filtered after that: a page may be short and yet not the last.
    """
    numbered = [_Numbered(number, found) for number, found in enumerate((each for each in RECIPES if each.listed), 1)]
    page, token = one_page(numbered, {"maxResults": PAGE} | request, context=["recipe", request.get("domain")])
    shown: list[dict[str, Any]] = [
        entry.recipe.described() for entry in page if request.get("domain") in (None, entry.recipe.domain)
    ]
    return {"recipes": shown, "nextToken": token}


def describe_recipe(context: OperationContext, request: Members) -> Members:
    return {"recipe": recipe(request["recipeArn"]).described()}
