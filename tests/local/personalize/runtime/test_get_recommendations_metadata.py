"""Tests of ``get_recommendations``: getRecommendations and GetPersonalizedRanking."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.filtered_catalogue import catalogue, make
from fakes.personalize_aws import Aws


@pytest.fixture
def group(aws: Aws) -> str:
    return catalogue(aws)


@pytest.fixture
def campaign(aws: Aws, group: str) -> str:
    return aws.campaign(aws.trained(group), campaignConfig={"enableMetadataWithRecommendations": True})


def test_metadata_comes_as_texts_under_small_names_without_nulls(aws: Aws, group: str, campaign: str) -> None:
    asked = {"campaignArn": campaign, "userId": "u0", "metadataColumns": {"ITEMS": ["GENRE", "price"]}}
    arn = make(aws, group, "INCLUDE ItemID WHERE Items.PRICE <= 1")
    answer = aws.runtime.get_recommendations(**asked, filterArn=arn)["itemList"]
    assert {item["itemId"]: item["metadata"] for item in answer} == {
        "i0": {"price": "0.0"},
        "i1": {"genre": "odd|all", "price": "0.5"},
        "i2": {"genre": "even|all", "price": "1.0"},
    }


def test_truth_values_are_texts_in_small_letters(aws: Aws, group: str, campaign: str) -> None:
    adult = {"itemId": "i1", "properties": '{"price": 1, "adult": true}'}
    aws.events.put_items(datasetArn=f"{group.replace(':dataset-group/', ':dataset/')}/ITEMS", items=[adult])
    asked = {"campaignArn": campaign, "userId": "u0", "metadataColumns": {"ITEMS": ["Adult"]}}
    arn = make(aws, group, "INCLUDE ItemID WHERE Items.PRICE <= 1")
    answer = aws.runtime.get_recommendations(**asked, filterArn=arn)["itemList"]
    assert {item["itemId"]: item["metadata"]["adult"] for item in answer} == {
        "i0": "false",
        "i1": "true",
        "i2": "false",
    }


def test_a_metadata_column_that_is_not_there_is_refused(aws: Aws, refused: Any, campaign: str) -> None:
    ask = aws.runtime.get_recommendations
    code, message = refused(ask, campaignArn=campaign, userId="u0", metadataColumns={"ITEMS": ["GENRE", "Colour"]})
    assert (code, message) == ("InvalidInputException", "metadataColumns: the Items dataset has no column Colour")
