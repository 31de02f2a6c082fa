"""Recommendations as tables."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from botocore.exceptions import ClientError

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.errors import WorkflowError
from personalize_sfn.recommendations import Item, Recommendations, recommend

MOVIES = pd.DataFrame(
    {"ITEM_ID": ["1", "2", "3"], "TITLE": ["Heat", "Up <3", "Solo"], "GENRES": ["Action|Crime", "Comedy", None]}
)
RATINGS = pd.DataFrame(
    {
        "USER_ID": ["7", "7", "7", "8"],
        "ITEM_ID": ["1", "2", "3", "1"],
        "RATING": [4.0, 5.0, 2.0, 5.0],
        "TIMESTAMP": [1, 2, 3, 4],
    }
)


class FakeCampaign:
    """The Personalize clients of a session."""

    def __init__(self, *, exists: bool = True) -> None:
        self.exists = exists
        self.asked: list[dict[str, Any]] = []

    def get_recommendations(self, **request: Any) -> dict[str, Any]:
        self._require()
        self.asked.append(request)
        return {"recommendationId": "r", "itemList": [{"itemId": "2", "score": 0.5}, {"itemId": "9"}]}

    def describe_campaign(self, campaignArn: str) -> dict[str, Any]:
        self._require()
        return {"campaign": {"campaignArn": campaignArn}}

    def _require(self) -> None:
        if not self.exists:
            raise ClientError(
                {"Error": {"Code": "ResourceNotFoundException", "Message": "The given campaign does not exist"}}, "Any"
            )


def session_of(campaign: FakeCampaign) -> Any:
    return SimpleNamespace(client=lambda _: campaign, arns=Arns("us-east-1", "123456789012"))


def test_the_campaign_is_asked_and_titles_stand_beside_what_the_user_liked() -> None:
    campaign = FakeCampaign()

    found = recommend(
        session_of(campaign), Config(project="movies"), "7", num_results=2, titles=MOVIES, ratings=RATINGS, via="api"
    )

    assert campaign.asked == [
        {
            "campaignArn": "arn:aws:personalize:us-east-1:123456789012:campaign/movies-campaign",
            "userId": "7",
            "numResults": 2,
        }
    ]
    assert found.items == (Item("2", "Up <3", ("Comedy",), 0.5), Item("9", "9"))
    assert found.liked == (
        Item("2", "Up <3", ("Comedy",), rating=5.0),
        Item("1", "Heat", ("Action", "Crime"), rating=4.0),
    )


def test_titles_may_be_a_mapping() -> None:
    found = recommend(session_of(FakeCampaign()), Config(), "7", titles={"2": "Up"}, via="api")

    assert [item.title for item in found.items] == ["Up", "9"]


def test_without_a_campaign_it_says_to_run_the_main_workflow() -> None:
    with pytest.raises(WorkflowError, match=r"there is no campaign movies-campaign yet.*Run the main workflow first"):
        recommend(session_of(FakeCampaign(exists=False)), Config(project="movies"), "7", via="api")


def test_they_are_a_frame() -> None:
    frame = Recommendations("7", (Item("2", "Up", ("Comedy", "Drama"), 0.5),)).to_frame()

    assert frame.to_dict("records") == [
        {"RANK": 1, "ITEM_ID": "2", "TITLE": "Up", "GENRES": "Comedy|Drama", "SCORE": 0.5}
    ]


def test_they_are_a_text() -> None:
    found = Recommendations("7", (Item("2", "Up", ("Comedy",), 0.5),), (Item("1", "Heat", (), rating=4.0),))

    assert str(found) == "Recommended to user 7\n  1. Up  0.5000  Comedy\n\nUser 7 liked\n  4.0  Heat"


def test_in_a_notebook_titles_are_escaped() -> None:
    html = Recommendations("7", (Item("2", "Up <3", ("Comedy",), 0.5),))._repr_html_()

    assert "Up &lt;3" in html
    assert "<style" not in html
