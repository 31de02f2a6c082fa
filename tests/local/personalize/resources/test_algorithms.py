"""Tests of ``local.personalize.resources.algorithms``."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.personalize_aws import Aws
from personalize_sfn.local.personalize.resources.algorithms import ALGORITHMS
from personalize_sfn.local.personalize.training.recipe_features import Choices, training_rules
from personalize_sfn.local.personalize.training.recipes import RECIPES

ARN = "arn:aws:personalize:::"


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
