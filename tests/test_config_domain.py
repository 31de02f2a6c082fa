"""Tests of ``config_domain``: what the configuration of domains and recommenders refuses."""

from __future__ import annotations

import pytest

from fakes.wrong_configs import refused
from personalize_sfn.datasets import schemas

ACTIONS = dict(schemas.actions(schemas.field("KIND", categorical=True)))

WRONG = [
    (
        {"recommenders": {"picks": {"recipe": "aws-ecomm-recommended-for-you"}}},
        "recommenders.picks.recipe",
        "aws-ecomm-recommended-for-you needs a domain: add domain: ECOMMERCE or VIDEO_ON_DEMAND",
    ),
    (
        {"domain": "ECOMMERCE", "recommenders": {"picks": {"recipe": "aws-vod-most-popular"}}},
        "recommenders.picks.recipe",
        "expected a use case of ECOMMERCE, one of aws-ecomm-",
    ),
    (
        {"domain": "VIDEO_ON_DEMAND", "recommenders": {"picks": {"recipe": "aws-vod-top-picks"}}},
        "recommenders.picks.recipe",
        "aws-vod-top-picks needs items: add datasets.items with a schema",
    ),
    (
        {"domain": "ECOMMERCE", "recommenders": {"for-you": {"recipe": "aws-ecomm-recommended-for-you"}}},
        "recommenders.for-you",
        "expected a key that no solution has",
    ),
    (
        {"domain": "ECOMMERCE", "datasets": {"actions": {"schema": ACTIONS}}},
        "datasets.actions",
        "a domain has no actions: remove it, or leave domain out",
    ),
    (
        {
            "domain": "ECOMMERCE",
            "recommenders": {
                "a": {"recipe": "aws-ecomm-recommended-for-you", "name": "same"},
                "b": {"recipe": "aws-ecomm-popular-items-by-views", "name": "same"},
            },
        },
        "recommenders.b.name",
        "expected a name of its own, got same, which recommenders.a has",
    ),
]


@pytest.mark.parametrize(("values", "field", "problem"), WRONG, ids=[field for _, field, _ in WRONG])
def test_a_wrong_value_is_an_error_that_names_the_field(values: dict, field: str, problem: str):
    refused(values, field, problem)
