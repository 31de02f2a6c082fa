"""Tests of ``hpo``: hyperparameter optimisation as a solution's hpoConfig asks for it; the engine does the search."""

from __future__ import annotations

import pytest

V1, V2 = "aws-user-personalization", "aws-user-personalization-v2"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            {
                "algorithmHyperParameterRanges": {
                    "integerHyperParameterRanges": [{"name": "depth", "minValue": 1, "maxValue": 2}]
                }
            },
            "HPO cannot tune 'depth' of the recipe aws-sims; what it can tune: "
            "popularity_discount_factor, min_cointeraction_count",
        ),
        (
            {
                "algorithmHyperParameterRanges": {
                    "integerHyperParameterRanges": [{"name": "min_cointeraction_count", "minValue": 1, "maxValue": 20}]
                }
            },
            "HPO range of min_cointeraction_count: expected whole numbers from 0 to 10, got whole numbers from 1 to 20",
        ),
        (
            {
                "algorithmHyperParameterRanges": {
                    "continuousHyperParameterRanges": [
                        {"name": "min_cointeraction_count", "minValue": 1, "maxValue": 2}
                    ]
                }
            },
            "HPO range of min_cointeraction_count: expected whole numbers from 0 to 10, got numbers from 1.0 to 2.0",
        ),
        (
            {"algorithmHyperParameterRanges": {"categoricalHyperParameterRanges": [{"name": "bptt"}]}},
            "categoricalHyperParameterRanges: each range needs name, values; values is missing",
        ),
        (
            {"hpoResourceConfig": {"maxNumberOfTrainingJobs": "41"}},
            "hpoResourceConfig.maxNumberOfTrainingJobs: expected a whole number from '1' to '40', got '41'",
        ),
        (
            {"hpoResourceConfig": {"maxParallelTrainingJobs": "many"}},
            "hpoResourceConfig.maxParallelTrainingJobs: expected a whole number from '1' to '10', got 'many'",
        ),
        (
            {"hpoObjective": {"type": "max"}},
            "hpoConfig.hpoObjective cannot be configured at this time: leave it out",
        ),
    ],
)
def test_searches_that_cannot_be_are_refused(aws, refused, config, message):
    options = {"performHPO": True, "solutionConfig": {"hpoConfig": config}}
    assert refused(aws.solution, group=aws.group(), recipe="aws-sims", **options) == ("InvalidInputException", message)


def test_recipes_that_tune_themselves_take_no_search(aws, refused):
    code, message = refused(aws.solution, group=aws.group(), recipe=V2, performHPO=True)
    assert code == "InvalidInputException"
    assert message.startswith(f"performHPO does not go with the recipe {V2}, only with aws-user-personalization, ")


def test_a_search_stays_within_its_ranges_and_is_trained_with_what_it_found(aws):
    config = {
        "hpoConfig": {
            "hpoResourceConfig": {"maxNumberOfTrainingJobs": "4", "maxParallelTrainingJobs": "2"},
            "algorithmHyperParameterRanges": {
                "integerHyperParameterRanges": [{"name": "min_cointeraction_count", "minValue": 1, "maxValue": 5}],
                "continuousHyperParameterRanges": [
                    {"name": "popularity_discount_factor", "minValue": 0.1, "maxValue": 0.4}
                ],
            },
        }
    }
    version = aws.describe(
        "solution_version", aws.trained(aws.data(), "aws-sims", performHPO=True, solutionConfig=config)
    )
    found = version["tunedHPOParams"]["algorithmHyperParameters"]
    assert version["performHPO"] is True
    assert set(found) == {"min_cointeraction_count", "popularity_discount_factor"}
    assert 1 <= int(found["min_cointeraction_count"]) <= 5
    assert 0.1 <= float(found["popularity_discount_factor"]) <= 0.4


def test_without_a_search_nothing_is_told_of_one(aws):
    assert "tunedHPOParams" not in aws.describe("solution_version", aws.trained(aws.data(), "aws-sims"))
