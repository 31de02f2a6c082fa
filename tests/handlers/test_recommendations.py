"""Tests of ``recommendations``: recommendations from a campaign."""

from __future__ import annotations

import pytest

from fakes.virtual_personalize import ARNS
from personalize_sfn.errors import InvalidInputError

CAMPAIGN = ARNS.personalize("campaign/movies-for-you")


def test_recommendations_are_asked_with_ids_as_text(call, personalize):
    answer = call("get_recommendations", {"request": {"campaignArn": CAMPAIGN, "userId": 7, "numResults": 1}})
    assert answer == {"recommendationId": "RID-1", "itemList": [{"itemId": "1", "score": 0.5}]}
    assert personalize.calls[-1][1] == {"campaignArn": CAMPAIGN, "userId": "7", "numResults": 1}


def test_a_misspelt_member_is_named(call):
    with pytest.raises(InvalidInputError, match="userid is not known here: expected some of answers, campaignArn"):
        call("get_recommendations", {"request": {"campaignArn": CAMPAIGN, "userid": "7"}})
