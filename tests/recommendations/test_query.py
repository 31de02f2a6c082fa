"""Recommendations as tables."""

from __future__ import annotations

from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from botocore.exceptions import ClientError

from fakes.solutions import served
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.errors import WorkflowError
from personalize_sfn.recommendations import Because, Item, recommend

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

    def __init__(self, *, exists: bool = True, items: list[dict[str, Any]] | None = None) -> None:
        self.exists = exists
        self.items = items or [{"itemId": "2", "score": 0.5}, {"itemId": "9"}]
        self.asked: list[dict[str, Any]] = []

    def get_recommendations(self, **request: Any) -> dict[str, Any]:
        self._require()
        self.asked.append(request)
        return {"recommendationId": "r", "itemList": self.items}

    def describe_campaign(self, campaignArn: str) -> dict[str, Any]:
        self._require()
        return {"campaign": {"campaignArn": campaignArn}}

    def _require(self) -> None:
        if not self.exists:
            raise ClientError(
                {"Error": {"Code": "ResourceNotFoundException", "Message": "The given campaign does not exist"}}, "Any"
            )


class FakeBucket:
    """The S3 client of a session."""

    def __init__(self, titles: str | None) -> None:
        self.titles = titles

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        if self.titles is None or (Bucket, Key) != ("movies-123456789012-us-east-1", "movies-titles.csv"):
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "The specified key does not exist."}}, "Any")
        return {"Body": BytesIO(self.titles.encode())}


def session_of(campaign: FakeCampaign, titles: str | None = None) -> Any:
    """``titles``: the CSV of titles in the project's bucket, if there is one."""
    clients = {"s3": FakeBucket(titles)}
    return SimpleNamespace(
        client=lambda service: clients.get(service, campaign),
        arns=Arns("us-east-1", "123456789012"),
        region="us-east-1",
        account_id="123456789012",
        endpoint_url=None,
    )


def test_titles_that_were_uploaded_with_the_data_are_shown_unless_others_are_given() -> None:
    session = session_of(FakeCampaign(), titles="ITEM_ID,TITLE,GENRES\n2,Up <3,Comedy\n")
    config = Config(project="movies")
    answer = recommend(session, config, "7", via="api")
    assert [(item.title, item.genres) for item in answer.items] == [("Up <3", ("Comedy",)), ("9", ())]
    assert [item.title for item in recommend(session, config, "7", titles={}, via="api").items] == ["2", "9"]


def test_the_campaign_is_asked_and_titles_stand_beside_what_the_user_liked() -> None:
    campaign = FakeCampaign()

    found = recommend(
        session_of(campaign), Config(project="movies"), "7", num_results=2, titles=MOVIES, ratings=RATINGS, via="api"
    )

    assert campaign.asked == [
        {
            "campaignArn": "arn:aws:personalize:us-east-1:123456789012:campaign/movies-for-you",
            "userId": "7",
            "numResults": 2,
        }
    ]
    assert found.items == (Item("2", "Up <3", ("Comedy",), 0.5), Item("9", "9"))
    assert found.liked == (
        Item("2", "Up <3", ("Comedy",), rating=5.0),
        Item("1", "Heat", ("Action", "Crime"), rating=4.0),
    )


def test_the_campaign_is_told_what_is_known_of_the_moment() -> None:
    campaign = FakeCampaign()
    recommend(session_of(campaign), Config(), "7", context={"DEVICE": "tv"}, via="api")
    assert campaign.asked[0]["context"] == {"DEVICE": "tv"}


def test_titles_may_be_a_mapping() -> None:
    found = recommend(session_of(FakeCampaign()), Config(), "7", titles={"2": "Up"}, via="api")

    assert [item.title for item in found.items] == ["Up", "9"]


def test_without_a_campaign_it_says_to_run_the_main_workflow() -> None:
    with pytest.raises(WorkflowError, match=r"campaign movies-for-you does not exist yet.*Run the main workflow"):
        recommend(session_of(FakeCampaign(exists=False)), Config(project="movies"), "7", via="api")


def test_the_services_own_reasons_are_shown_and_no_other_is_added() -> None:
    campaign = FakeCampaign(items=[{"itemId": "2", "score": 0.1, "reason": ["Exploration"]}])
    many = pd.concat([RATINGS, likes(both=20, neither=20)])

    found = recommend(session_of(campaign), Config(), "7", titles=MOVIES, ratings=many, via="api")

    assert found.items == (Item("2", "Up <3", ("Comedy",), 0.1, reasons=("Exploration",)),)
    assert "Exploration" in found._repr_html_()


def likes(*, both: int, neither: int) -> pd.DataFrame:
    """Users who like items 1 and 2, and users who like others."""
    pairs = [(f"b{n}", item) for n in range(both) for item in ("1", "2")] + [(f"n{n}", f"x{n}") for n in range(neither)]
    return pd.DataFrame(pairs, columns=["USER_ID", "ITEM_ID"]).assign(RATING=5.0, TIMESTAMP=1)


def test_what_goes_with_an_item_among_the_other_users_is_told() -> None:
    own = pd.DataFrame({"USER_ID": ["7"], "ITEM_ID": ["1"], "RATING": [4.0], "TIMESTAMP": [1]})
    ratings = pd.concat([own, likes(both=20, neither=20)])

    found = recommend(session_of(FakeCampaign()), Config(), "7", titles=MOVIES, ratings=ratings, via="api")

    assert found.items[0].because == Because("1", "Heat", both=20, liked_it=20)
    assert found.items[1].because is None
    assert found.to_frame()["BECAUSE"].fillna("nothing").tolist() == ["Heat", "nothing"]
    assert "because you liked Heat, as did 20 others: 20 of them liked this too" in found._repr_html_()
    assert "The service gives no such reason." in found._repr_html_()


def test_without_ratings_whatever_a_user_chose_is_liked_the_newest_first() -> None:
    orders = pd.DataFrame({"USER_ID": [7, 7, 7, 8], "ITEM_ID": [1, 3, 1, 2], "TIMESTAMP": [1, 2, 3, 4]})

    found = recommend(session_of(FakeCampaign()), Config(), "7", titles=MOVIES, ratings=orders, via="api")

    assert [(item.title, item.rating) for item in found.liked] == [("Heat", None), ("Solo", None)]
    assert "rated" not in found._repr_html_()
    assert "User 7 liked\n    Heat  Action, Crime\n    Solo" in str(found)


def test_what_everybody_gets_is_not_said_to_be_because_of_somebodys_history() -> None:
    own = pd.DataFrame({"USER_ID": ["7"], "ITEM_ID": ["1"], "RATING": [4.0], "TIMESTAMP": [1]})
    ratings = pd.concat([own, likes(both=20, neither=20)])
    popular = Config(solutions=served("aws-popularity-count"))

    found = recommend(session_of(FakeCampaign()), popular, "7", titles=MOVIES, ratings=ratings, via="api")

    assert [item.because for item in found.items] == [None, None]
    assert "Because" not in found._repr_html_()
