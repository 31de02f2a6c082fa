"""Tests of ``promotions``: promotions: a share of the answer that comes from items of one's own choice."""

from __future__ import annotations

import pytest

from fakes.filtered_catalogue import catalogue, make
from fakes.personalize_aws import Aws


@pytest.fixture
def group(aws: Aws) -> str:
    return catalogue(aws)


@pytest.fixture
def campaign(aws: Aws, group: str) -> str:
    return aws.campaign(aws.trained(group), campaignConfig={"enableMetadataWithRecommendations": True})


def test_promoted_items_have_their_share_their_name_and_their_reason(aws: Aws, group: str, campaign: str) -> None:
    cheap, dear = (
        make(aws, group, f"INCLUDE ItemID WHERE Items.PRICE {sign} 20", name)
        for sign, name in (("<", "cheap"), (">=", "dear"))
    )
    promotion = {"name": "sale", "percentPromotedItems": 30, "filterArn": dear}
    answer = aws.runtime.get_recommendations(
        campaignArn=campaign, userId="u0", numResults=10, filterArn=cheap, promotions=[promotion]
    )["itemList"]
    promoted = [item for item in answer if item.get("promotionName") == "sale"]
    assert (len(answer), len(promoted)) == (10, 3)
    assert all(item["reason"] == ["Promoted item"] for item in promoted)
    assert all(int(item["itemId"][1:]) >= 40 for item in promoted)
    assert all(int(item["itemId"][1:]) < 40 for item in answer if item not in promoted)
