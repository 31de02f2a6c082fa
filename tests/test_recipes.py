"""The table of recipes: what was probably meant, values as text, and the page that lists them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from personalize_sfn.config import Config, SolutionConfig
from personalize_sfn.errors import ConfigError
from personalize_sfn.recipes import OFFERED, RECIPES, Recipe

PAGE = Path(__file__).parents[1] / "docs/configuration.md"
START, END = "writes it anew -->\n", "<!-- end of recipes -->"


def row(recipe: Recipe) -> str:
    taken = "; ".join(f"`{each.name}`: {each.expected}" for each in recipe.hyperparameters) or "none"
    needs = " Needs items, one column with `itemName: true`." if recipe.needs_item_name else ""
    return f"| `{recipe.name}` | {recipe.summary}.{needs} | {taken} |"


def test_the_page_lists_the_recipes_of_the_table():
    rows = [row(RECIPES[name]) for name in OFFERED]
    table = "\n".join(["", "| recipe | answers | hyperparameters |", "|---|---|---|", *rows, "", ""])
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    listed, _, after = rest.partition(END)
    if os.environ.get("RECIPES") == "rewrite":
        PAGE.write_text(f"{before}{START}{table}{END}{after}", encoding="utf-8")
        listed = table
    assert listed == table


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("aws-user-personalisation", "aws-user-personalization"),
        ("user-personalization-v2", "aws-user-personalization-v2"),
        ("AWS-SIMS", "aws-sims"),
        ("aws_similar_items", "aws-similar-items"),
        ("arn:aws:personalize:::recipe/aws-hrnn", "aws-hrnn"),
        ("aws-user-personalization-v3", "aws-user-personalization-v2"),
    ],
)
def test_a_recipe_that_was_probably_meant_is_named(written: str, meant: str):
    with pytest.raises(ConfigError) as raised:
        SolutionConfig(recipe=written)
    assert str(raised.value) == (
        f"solution.recipe: expected a recipe's name such as aws-user-personalization-v2, got {written!r}; "
        f"did you mean {meant}?"
    )


def test_where_nothing_is_close_the_recipes_are_listed():
    with pytest.raises(ConfigError) as raised:
        SolutionConfig(recipe="aws-foo")
    assert str(raised.value).endswith(f"got 'aws-foo'; the recipes are {', '.join(OFFERED)}")


@pytest.mark.parametrize(
    ("recipe", "given", "problem"),
    [
        (
            "aws-user-personalization-v2",
            {"bptt": 30},
            "bptt: ... has no such hyperparameter; it has apply_recency_bias",
        ),
        ("aws-user-personalization", {"hiden_dimension": 64}, "... did you mean hidden_dimension?"),
        ("aws-user-personalization", {"bptt": 33}, "bptt: expected a whole number from 2 to 32, got 33"),
        ("aws-user-personalization", {"bptt": "thirty"}, "bptt: expected a whole number from 2 to 32, got 'thirty'"),
        ("aws-user-personalization", {"bptt": 2.5}, "bptt: expected a whole number from 2 to 32, got 2.5"),
        ("aws-user-personalization", {"bptt": True}, "bptt: expected a whole number from 2 to 32, got True"),
        ("aws-user-personalization", {"bptt": "٣٢"}, "bptt: expected a whole number from 2 to 32, got '٣٢'"),
        ("aws-user-personalization", {"recency_mask": "maybe"}, "... expected one of true, false, got 'maybe'"),
        ("aws-sims", {"popularity_discount_factor": 1.5}, "... expected a number from 0 to 1, got 1.5"),
        ("aws-popularity-count", {"a.$": "$.x"}, "a.$: aws-popularity-count has no such hyperparameter; it has none"),
    ],
)
def test_a_hyperparameter_that_the_recipe_refuses_is_told_before_anything_is_billed(recipe, given, problem):
    with pytest.raises(ConfigError) as raised:
        Config.from_dict({"solutions": {"for-you": {"recipe": recipe, "hyperparameters": given}}})
    assert str(raised.value).startswith("solutions.for-you.hyperparameters.")
    for part in problem.split("..."):
        assert part.strip() in str(raised.value)


def test_numbers_and_truth_become_the_text_that_personalize_takes():
    given = {"bptt": 30, "hidden_dimension": "55", "recency_mask": False, "min_user_history_length_percentile": 0.25}
    solution = SolutionConfig(recipe="aws-user-personalization", hyperparameters=given)
    assert solution.hyperparameter_texts == {
        "bptt": "30",
        "hidden_dimension": "55",
        "recency_mask": "false",
        "min_user_history_length_percentile": "0.25",
    }


def test_a_recipe_of_names_needs_items_with_a_name():
    schema = {
        "type": "record",
        "name": "Items",
        "namespace": "com.amazonaws.personalize.schema",
        "version": "1.0",
        "fields": [{"name": "ITEM_ID", "type": "string"}, {"name": "TITLE", "type": "string"}],
    }
    needs = r"solutions\.for-you\.recipe: aws-semantic-similarity needs items: add datasets\.items"
    with pytest.raises(ConfigError, match=needs):
        Config.from_dict({"solutions": {"for-you": {"recipe": "aws-semantic-similarity"}}})
    values = {
        "solutions": {"for-you": {"recipe": "aws-semantic-similarity"}},
        "datasets": {"items": {"schema": schema}},
    }
    with pytest.raises(ConfigError, match=r"one column of datasets\.items\.schema that holds the items' names"):
        Config.from_dict(values)
    schema["fields"][1] |= {"textual": True, "itemName": True}
    assert Config.from_dict(values).solutions["for-you"].recipe == "aws-semantic-similarity"
