"""DescribeAlgorithm and DescribeFeatureTransformation: what the recipes are made of, as far as AWS documents it.

https://docs.aws.amazon.com/personalize/latest/dg/working-with-predefined-recipes.html (the page of each recipe)
"""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

from typing import Any

from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.training.hyperparameters import ALGORITHMS, ranged
from personalize_sfn.local.personalize.training.recipes import RECIPES
from personalize_sfn.local.personalize.wire.errors import not_found
from personalize_sfn.local.personalize.wire.protocol import Members

_USERS = {"min_user_history_length_percentile": "0.0", "max_user_history_length_percentile": "0.99"}

#: Default parameters by the feature transformation's name; those that are not here have none.
FEATURE_TRANSFORMATIONS: dict[str, dict[str, str]] = {
    "JSON-percentile-filtering": _USERS,
    "aws-user-personalization": _USERS,
    "featurize_metadata": _USERS,
    "featurize_coldstart": {
        **_USERS,
        "cold_start_max_interactions": "15",
        "cold_start_max_duration": "5.0",
        "cold_start_relative_from": "latestItem",
    },
    "sims": {
        "min_user_history_length_percentile": "0.005",
        "max_user_history_length_percentile": "0.995",
        "min_item_interaction_count_percentile": "0.01",
        "max_item_interaction_count_percentile": "0.9",
    },
    "aws-trending-now": {"trend_discovery_frequency": "2 hours"},
}


def describe_algorithm(context: OperationContext, request: Members) -> Members:
    """Without the members that are not documented: image, resources, input mode, role."""
    arn = request["algorithmArn"]
    described = _used("algorithmArn", arn, "algorithm")
    name = _name(arn)
    found = ALGORITHMS.get(name, ())
    ranges = {
        f"{kind}HyperParameterRanges": [ranged(each) for each in found if each.kind == kind]
        for kind in ("integer", "continuous", "categorical")
    }
    return {
        "algorithm": {
            **described,
            "name": name,
            "algorithmArn": arn,
            "defaultHyperParameters": {each.name: each.default for each in found},
            "defaultHyperParameterRanges": ranges,
        }
    }


def describe_feature_transformation(context: OperationContext, request: Members) -> Members:
    arn = request["featureTransformationArn"]
    described = _used("featureTransformationArn", arn, "feature transformation")
    name = _name(arn)
    parameters = FEATURE_TRANSFORMATIONS.get(name, {})
    return {
        "featureTransformation": {
            **described,
            "name": name,
            "featureTransformationArn": arn,
            "status": "ACTIVE",
            "defaultParameters": parameters,
        }
    }


def _name(arn: str) -> str:
    return str(arn.rpartition("/")[2])


def _used(member: str, arn: str, words: str) -> dict[str, Any]:
    """The dates of the first recipe that is made with it."""
    for found in RECIPES:
        described = found.described()
        if described[member] == arn:
            return {name: described[name] for name in ("creationDateTime", "lastUpdatedDateTime")}
    raise not_found(f"The given {words} does not exist: {arn}")
