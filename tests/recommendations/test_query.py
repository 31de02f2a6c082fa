"""Recommendations as tables."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from botocore.exceptions import ClientError

from fakes.solutions import served
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config, DatasetConfig, DatasetsConfig
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
        is_local=False,
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
    assert found.items == (Item("2", "Up <3", ("Comedy",), 0.5, had="already rated 5"), Item("9", "9"))
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

    assert found.items == (Item("2", "Up <3", ("Comedy",), 0.1, reasons=("Exploration",), had="already rated 5"),)
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


def test_without_ratings_all_that_a_user_chose_stands_beside_the_newest_first_in_the_words_of_the_data() -> None:
    orders = pd.DataFrame({"USER_ID": [7, 7, 7, 8], "ITEM_ID": [1, 3, 1, 2], "TIMESTAMP": [1, 2, 3, 4]})

    def said(history: pd.DataFrame) -> str:
        return str(recommend(session_of(FakeCampaign()), Config(), "7", titles=MOVIES, ratings=history, via="api"))

    assert "User 7 interacted with\n    Heat  Action, Crime\n    Solo" in said(orders)
    assert "User 7 bought\n    Heat" in said(orders.assign(EVENT_TYPE="Purchase"))
    assert "rated" not in said(orders)


def test_what_the_user_has_already_is_marked() -> None:
    views = pd.DataFrame({"USER_ID": ["7"], "ITEM_ID": ["2"], "TIMESTAMP": [1], "EVENT_TYPE": "watch"})
    low = RATINGS.assign(ITEM_ID=["1", "3", "2", "1"])
    for history, mark in ((views, "already watched"), (low, "already rated 2")):
        found = recommend(session_of(FakeCampaign()), Config(), "7", titles=MOVIES, ratings=history, via="api")

        assert [item.had for item in found.items] == [mark, ""]
        assert f"Up <3  0.5000  Comedy, ({mark})" in str(found)
        assert f">{mark}</span>" in found._repr_html_()


class ServingCampaign(FakeCampaign):
    """A campaign that tells what it serves, and how often it was asked for that."""

    described = 0

    def describe_campaign(self, campaignArn: str) -> dict[str, Any]:
        self.described += 1
        return {"campaign": {"campaignArn": campaignArn, "solutionVersionArn": "arn:aws:p:us-east-1:1:solution/s/5d2f"}}

    def describe_solution_version(self, solutionVersionArn: str) -> dict[str, Any]:
        recipe = "arn:aws:personalize:::recipe/aws-user-personalization"
        created = datetime(2026, 11, 29, 2, 32, tzinfo=UTC)
        return {"solutionVersion": {"recipeArn": recipe, "creationDateTime": created}}


def test_an_answer_says_what_gave_it_and_whether_the_user_is_known() -> None:
    session = session_of(ServingCampaign())
    known = recommend(session, Config(project="movies"), "7", ratings=RATINGS, via="api")
    stranger = recommend(session, Config(project="movies"), "nobody", ratings=RATINGS, via="api")
    unsaid = recommend(session, Config(project="movies"), "nobody", via="api")

    gave = ("campaign movies-for-you", "aws-user-personalization", "version 5d2f", "trained 2026-11-29 02:32 UTC")
    assert known.facts == (*gave, "user 7 is in the data")
    assert stranger.facts == (*gave, "user nobody is not in the data: answered with what is popular")
    assert unsaid.facts == gave
    assert str(unsaid).splitlines()[1] == f"  {' · '.join(gave)}"
    assert " · ".join(gave) in unsaid._repr_html_()


def test_on_aws_what_serves_is_looked_up_once_a_minute_and_here_each_time() -> None:
    for is_local, looks in ((False, 1), (True, 3)):
        campaign = ServingCampaign()
        session = session_of(campaign)
        session.is_local = is_local  # no endpoint: nobody is asked what is known of the user
        for user in ("1", "2", "3"):
            recommend(session, Config(), user, via="api")

        assert campaign.described == looks


def test_what_may_not_be_read_of_the_campaign_is_left_out() -> None:
    class Denied(FakeCampaign):
        def describe_campaign(self, campaignArn: str) -> dict[str, Any]:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "DescribeCampaign")

    found = recommend(session_of(Denied()), Config(project="movies"), "7", via="api")

    assert found.facts == ("campaign movies-for-you", "aws-user-personalization-v2")


def test_a_context_that_no_column_takes_is_named() -> None:
    schema = Config().datasets.interactions.schema
    device = {**schema, "fields": [*schema["fields"], {"name": "DEVICE", "type": "string", "categorical": True}]}
    config = Config(datasets=DatasetsConfig(interactions=DatasetConfig(schema=device)))

    fine = recommend(session_of(FakeCampaign()), config, "7", context={"device": "tv"}, via="api")
    unknown = recommend(session_of(FakeCampaign()), config, "7", context={"FOO": "tv"}, via="api")

    assert fine.notes == ()
    (note,) = unknown.notes
    assert note == (
        "context FOO: no such column of the Interactions schema, whose columns for context are DEVICE; it has no effect"
    )
    assert f"Note: {note}" in unknown._repr_html_()
    assert f"note: {note}" in str(unknown)


def test_what_everybody_gets_is_not_said_to_be_because_of_somebodys_history() -> None:
    own = pd.DataFrame({"USER_ID": ["7"], "ITEM_ID": ["1"], "RATING": [4.0], "TIMESTAMP": [1]})
    ratings = pd.concat([own, likes(both=20, neither=20)])
    popular = Config(solutions=served("aws-popularity-count"))

    found = recommend(session_of(FakeCampaign()), popular, "7", titles=MOVIES, ratings=ratings, via="api")

    assert [item.because for item in found.items] == [None, None]
    assert "Because" not in found._repr_html_()


def test_a_refusal_is_remembered_as_an_answer_is() -> None:
    class Denied(ServingCampaign):
        def describe_campaign(self, campaignArn: str) -> dict[str, Any]:
            super().describe_campaign(campaignArn)
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "DescribeCampaign")

    campaign = Denied()
    session = session_of(campaign)
    for user in ("1", "2"):
        recommend(session, Config(project="movies"), user, via="api")

    assert campaign.described == 1


def test_the_best_rating_of_an_item_counts_and_rows_without_one_are_no_ratings() -> None:
    rows = [("7", "2", 5.0, 1), ("7", "2", 2.0, 2), ("7", "9", None, 3)]
    ratings = pd.DataFrame(rows, columns=["USER_ID", "ITEM_ID", "RATING", "TIMESTAMP"])

    found = recommend(session_of(FakeCampaign()), Config(project="movies"), "7", ratings=ratings, via="api")

    assert [item.had for item in found.items] == ["already rated 5", "already interacted with"]
