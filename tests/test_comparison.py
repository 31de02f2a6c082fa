"""What several solutions recommend to one user, side by side."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from botocore.exceptions import ClientError

from personalize_sfn.arns import Arns
from personalize_sfn.comparison import Comparison, compare
from personalize_sfn.config import CampaignConfig, Config, SolutionConfig
from personalize_sfn.errors import ConfigError, WorkflowError
from personalize_sfn.recommendations import Item, Recommendations

ARNS = Arns("us-east-1", "123456789012")
RECIPES = {"popular": "aws-popularity-count", "for-you": "aws-user-personalization-v2", "similar": "aws-sims"}
SHOP = Config(
    project="shop",
    solutions={key: SolutionConfig(recipe=recipe, campaign=CampaignConfig()) for key, recipe in RECIPES.items()},
)
NDCG = "normalized_discounted_cumulative_gain_at_10"


class FakePersonalize:
    """The Personalize clients of a session: what each campaign answers, and the event type of each version."""

    def __init__(self, answers: dict[str, list[str]], events: dict[str, str] | None = None) -> None:
        self.answers = answers
        self.events = events or {}

    def get_recommendations(self, campaignArn: str, **_: Any) -> dict[str, Any]:
        return {
            "recommendationId": "r",
            "itemList": [{"itemId": item} for item in self.answers[self._key(campaignArn)]],
        }

    def describe_campaign(self, campaignArn: str) -> dict[str, Any]:
        version = ARNS.personalize(f"solution/{self._key(campaignArn)}/1")
        return {"campaign": {"solutionVersionArn": version}}

    def describe_solution_version(self, solutionVersionArn: str) -> dict[str, Any]:
        key = solutionVersionArn.split("/")[1]
        events = {"eventType": self.events[key]} if key in self.events else {}
        about = {"recipeArn": ARNS.recipe(RECIPES[key]), "creationDateTime": datetime(2026, 1, 1, tzinfo=UTC)}
        return {"solutionVersion": {"datasetGroupArn": ARNS.personalize("dataset-group/shop"), **about, **events}}

    def get_solution_metrics(self, solutionVersionArn: str) -> dict[str, Any]:
        return {"metrics": {NDCG: 0.25}}

    def get_paginator(self, method: str) -> Any:
        assert method == "list_datasets"
        return SimpleNamespace(paginate=lambda **_: [{"datasets": []}])

    def get_object(self, **_: Any) -> Any:
        raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "no titles"}}, "GetObject")

    def _key(self, arn: str) -> str:
        key = arn.removeprefix(ARNS.personalize("campaign/shop-"))
        if key not in self.answers:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "none"}}, "DescribeCampaign")
        return key


def asked(personalize: FakePersonalize, config: Config = SHOP, **how: Any) -> Comparison:
    session: Any = SimpleNamespace(
        client=lambda _: personalize,
        arns=ARNS,
        region="us-east-1",
        account_id="123456789012",
        endpoint_url=None,
        is_local=False,
    )
    return compare(session, config, "u1", **how)


BOTH = FakePersonalize({"popular": ["a", "b", "c"], "for-you": ["d", "b", "a"]})


def test_all_that_serve_a_user_are_asked_unless_some_are_named() -> None:
    assert list(asked(BOTH).answers) == ["popular", "for-you"]
    assert list(asked(BOTH, solutions=["for-you"]).answers) == ["for-you"]


def test_what_the_answers_have_in_common_is_said() -> None:
    found = asked(BOTH)

    assert found.overlap == {("popular", "for-you"): 2}
    assert "popular and for-you share 2 of 3" in str(found)
    assert "popular and for-you share 2 of 3" in found._repr_html_()
    assert ">also for-you 3</span>" in found._repr_html_()
    frame = found.to_frame()
    assert frame["ALSO_IN"].tolist() == ["for-you 3", "for-you 2", "", "", "popular 2", "popular 1"]


def test_answers_from_before_and_after_a_user_became_known_say_so_in_their_columns() -> None:
    stranger, known = (Recommendations("u1", (), known=known) for known in (False, True))
    found = Comparison("u1", {"before": stranger, "after": known})

    assert found.about == ("before: user u1 is not in the data", "after: user u1 is in the data")
    assert not any("in the data" in each for each in found.sentences)
    assert found._repr_html_().count("in the data") == 2


def test_each_column_says_what_answered_and_how_good_it_is() -> None:
    about = asked(BOTH).about

    assert about[1] == (
        "for-you: aws-user-personalization-v2 · version 1 · trained 2026-01-01 00:00 UTC · NDCG at 10: 0.250"
    )


def test_what_learned_from_other_events_says_so_in_its_column() -> None:
    found = asked(FakePersonalize(BOTH.answers, {"for-you": "Purchase"}))

    assert found.differs("popular") == ()
    assert found.differs("for-you") == ("other events: Purchase",)
    assert ">other events: Purchase</span>" in found._repr_html_()


def test_one_that_does_not_answer_leaves_the_others_there() -> None:
    found = asked(FakePersonalize({"popular": ["a"]}))

    assert list(found.answers) == ["popular"]
    assert "campaign shop-for-you does not exist yet" in found.failed["for-you"]
    assert "for-you: campaign shop-for-you does not exist yet" in str(found)
    with pytest.raises(WorkflowError, match="campaign shop-popular does not exist yet"):
        asked(FakePersonalize({}))


def test_a_solution_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match="has no 'nope', only popular, for-you, similar"):
        asked(BOTH, solutions=["nope"])
    with pytest.raises(ConfigError, match=r"solutions: expected one at least .* got none"):
        asked(BOTH, solutions=[])


def test_the_history_stands_there_once_and_in_the_words_of_the_data() -> None:
    orders = pd.DataFrame({"USER_ID": "u1", "ITEM_ID": ["x", "a"], "TIMESTAMP": [2, 1], "EVENT_TYPE": "order"})

    found = asked(BOTH, ratings=orders)

    assert found._repr_html_().count("User u1 bought") == 1
    assert re.split(r"\s{2,}", str(found).splitlines()[-5].strip()) == ["user u1 bought", "popular", "for-you"]
    assert re.split(r"\s{2,}", str(found).splitlines()[-3]) == ["1", "x", "a (already bought)", "d"]


def test_genres_of_the_history_and_of_each_answer_are_rows_of_the_same_table() -> None:
    liked = (Item("1", "Up", ("Comedy",)),)
    drama, comedy = Item("2", "Solo", ("Drama",)), Item("3", "Heat", ("Comedy",))
    answers = {key: Recommendations("7", (item,), liked) for key, item in (("a", drama), ("b", comedy))}
    html = Comparison("7", answers)._repr_html_()

    texts = re.sub(r"\|+", "|", re.sub(r"\s*<[^>]+>\s*", "|", html))
    assert "|Genres|of 1|of 1|of 1|Comedy|100 %|0 %|100 %|Drama|0 %|100 %|0 %|" in texts


def test_texts_of_the_data_are_escaped() -> None:
    odd = "<script>"
    answers = {"a": Recommendations(odd, (Item(odd, odd, (odd,), had=odd),), (Item(odd, odd, (odd,)),))}

    assert not re.search(r"<(script|style|link|img)|class=", Comparison(odd, answers, {"b": odd})._repr_html_())


def test_in_a_domain_the_recommenders_are_asked_too() -> None:
    config = Config.from_dict(
        {
            "project": "shop",
            "domain": "ECOMMERCE",
            "solutions": {},
            "recommenders": {"picks": {"recipe": "aws-ecomm-recommended-for-you"}},
        }
    )

    class Recommender(FakePersonalize):
        def get_recommendations(self, recommenderArn: str, **_: Any) -> dict[str, Any]:
            assert recommenderArn == ARNS.personalize("recommender/shop-picks")
            return {"recommendationId": "r", "itemList": [{"itemId": "a"}]}

        def describe_recommender(self, recommenderArn: str) -> dict[str, Any]:
            return {"recommender": {"recipeArn": ARNS.recipe("aws-ecomm-recommended-for-you")}}

    assert list(asked(Recommender({}), config).answers) == ["picks"]


def test_titles_are_read_once_for_all_answers() -> None:
    class WithTitles(FakePersonalize):
        reads = 0

        def get_object(self, **_: Any) -> Any:
            self.reads += 1
            return {"Body": BytesIO(b"ITEM_ID,TITLE,GENRES\na,Heat,Crime\n")}

    personalize = WithTitles(BOTH.answers)
    assert asked(personalize).rows[0][0] == "Heat"
    assert personalize.reads == 1
