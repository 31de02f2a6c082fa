"""DescribeAlgorithm and DescribeFeatureTransformation: what the recipes are made of, as far as AWS documents it.

https://docs.aws.amazon.com/personalize/latest/dg/working-with-predefined-recipes.html (the page of each recipe)
"""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from personalize_sfn.local.personalize.api_errors import not_found
from personalize_sfn.local.personalize.environment import Request
from personalize_sfn.local.personalize.operations.behaviour import Call, Members
from personalize_sfn.local.personalize.recipes import RECIPES


@dataclass(frozen=True, slots=True)
class Hyperparameter:
    """With its default and its range at AWS (which may differ from what the engine here takes as the default)."""

    name: str
    kind: str
    """``integer``, ``continuous`` or ``categorical``."""
    default: str
    low: float = 0
    high: float = 1
    values: tuple[str, ...] = ()
    tunable: bool = False

    def ranged(self) -> dict[str, Any]:
        range_: dict[str, Any] = {"name": self.name, "isTunable": self.tunable}
        if self.kind == "categorical":
            return range_ | {"values": list(self.values)}
        return range_ | {"minValue": self.low, "maxValue": self.high}


_TRUTH = ("true", "false")


def _hidden(default: int, *, tunable: bool = True) -> Hyperparameter:
    return Hyperparameter("hidden_dimension", "integer", str(default), 32, 256, tunable=tunable)


_SEQUENCE = (
    Hyperparameter("bptt", "integer", "32", 2, 32, tunable=True),
    Hyperparameter("recency_mask", "categorical", "true", values=_TRUTH, tunable=True),
)
_RECENCY_BIAS = (Hyperparameter("apply_recency_bias", "categorical", "true", values=_TRUTH),)

#: By the algorithm's name; those that are not here have none.
ALGORITHMS: dict[str, tuple[Hyperparameter, ...]] = {
    "aws-user-personalization-v2": _RECENCY_BIAS,
    "aws-personalized-ranking-v2": _RECENCY_BIAS,
    "aws-user-personalization": (_hidden(149), *_SEQUENCE),
    "aws-personalized-ranking": (_hidden(149), *_SEQUENCE),
    "aws-hrnn": (_hidden(43), *_SEQUENCE),
    "aws-hrnn-metadata": (_hidden(43), *_SEQUENCE),
    "aws-hrnn-coldstart": (_hidden(149), *_SEQUENCE),
    "aws-similar-items": (
        Hyperparameter("popularity_discount_factor", "continuous", "0.0"),
        Hyperparameter("item_id_hidden_dim", "integer", "100", 30, 200, tunable=True),
        Hyperparameter("item_metadata_hidden_dim", "integer", "100", 30, 200, tunable=True),
    ),
    "aws-sims": (
        Hyperparameter("popularity_discount_factor", "continuous", "0.5", tunable=True),
        Hyperparameter("min_cointeraction_count", "integer", "3", 0, 10, tunable=True),
    ),
    "aws-item-affinity": (_hidden(149, tunable=False),),
    "aws-item-attribute-affinity": (_hidden(149, tunable=False),),
    "aws-next-best-action": (Hyperparameter("action_optimization_period", "integer", "14", 7, 28),),
}

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


def describe_algorithm(call: Call, request: Request) -> Members:
    """Without the members that nobody has documented: image, resources, input mode, role."""
    arn = request["algorithmArn"]
    described = _used("algorithmArn", arn, "algorithm")
    name = _name(arn)
    found = ALGORITHMS.get(name, ())
    ranges = {
        f"{kind}HyperParameterRanges": [each.ranged() for each in found if each.kind == kind]
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


def describe_feature_transformation(call: Call, request: Request) -> Members:
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
