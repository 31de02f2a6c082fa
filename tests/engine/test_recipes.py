"""Hyperparameters and recipe names: read as the service takes them, refused in words."""

from __future__ import annotations

import pytest

from personalize_sfn.engine import RECIPES, parse_options, recipe_named
from personalize_sfn.errors import ConfigError


def test_hyperparameters_come_as_strings():
    options = parse_options(
        "aws-user-personalization", {"hidden_dimension": "43", "recency_mask": "False", "bptt": "20"}
    )
    assert (options.hidden_dimension, options.recency_mask, options.bptt) == (43, False, 20)
    assert parse_options("aws-sims", {"popularity_discount_factor": "0.25"}).popularity_discount_factor == 0.25


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_has_defaults(recipe: str):
    assert parse_options(recipe) == parse_options(recipe, {})


def test_a_recipe_may_be_named_without_its_prefix():
    assert recipe_named("sims") is RECIPES["aws-sims"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "hidden_dimension",
            "10000",
            r"hyperparameters.hidden_dimension: expected a whole number from 32 to 256, got '10000'",
        ),
        ("hidden_dimension", "64.5", r"expected a whole number from 32 to 256, got '64.5'"),
        ("recency_mask", "yes", r"hyperparameters.recency_mask: expected true or false, got 'yes'"),
        (
            "max_user_history_length_percentile",
            "nan",
            r"expected a number from 0.0 to 1.0, got 'nan'",
        ),
        (
            "factors",
            "64",
            r"hyperparameters.factors: aws-user-personalization has no such hyperparameter; it has hidden",
        ),
    ],
)
def test_a_wrong_hyperparameter_is_an_error_that_names_it(name: str, text: str, message: str):
    with pytest.raises(ConfigError, match=message) as error:
        parse_options("aws-user-personalization", {name: text})
    assert error.value.field == f"hyperparameters.{name}"


def test_an_unknown_recipe_is_an_error_that_lists_the_known():
    with pytest.raises(ConfigError, match=r"recipe: 'aws-magic' is not trained here; choose one of aws-user-person"):
        parse_options("aws-magic")


def test_semantic_similarity_is_refused_by_name_with_the_reason():
    with pytest.raises(ConfigError, match="'aws-semantic-similarity' is not trained here: it compares the texts"):
        recipe_named("aws-semantic-similarity")


def test_the_legacy_recipes_have_their_own_hyperparameters():
    assert parse_options("aws-hrnn").hidden_dimension == 43
    options = parse_options("aws-hrnn-coldstart", {"cold_start_relative_from": "currentTime"})
    assert options.cold_start_relative_from == "currentTime"
    with pytest.raises(ConfigError, match="expected a whole number of at least 1, got '0'"):
        parse_options("aws-hrnn-coldstart", {"cold_start_max_interactions": "0"})
    with pytest.raises(ConfigError, match="aws-hrnn has no such hyperparameter"):
        parse_options("aws-hrnn", {"cold_start_max_interactions": "9"})


def test_use_cases_take_no_hyperparameters():
    with pytest.raises(ConfigError, match="aws-vod-top-picks has no such hyperparameter; it has none"):
        parse_options("aws-vod-top-picks", {"apply_recency_bias": "true"})


def test_use_cases_say_what_they_are_about():
    def about(recipe: str) -> tuple[str | None, str | None]:
        return RECIPES[recipe].event_type, RECIPES[recipe].leaves_out

    assert about("aws-ecomm-customers-who-viewed-x-also-viewed") == ("View", "Purchase")
    assert about("aws-ecomm-frequently-bought-together") == ("Purchase", None)
    assert about("aws-vod-top-picks") == (None, "Watch")
    assert about("aws-user-personalization") == (None, None)
