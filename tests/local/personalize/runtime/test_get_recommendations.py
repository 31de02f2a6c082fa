"""GetRecommendations, GetPersonalizedRanking and PutEvents."""

from __future__ import annotations

import re
import time

import pytest

from fakes.asked_campaigns import ask, put, share_of_odd_taste
from fakes.personalize_aws import avro, csv_bytes, refusal, two_tastes


def refused(world, recipe="aws-user-personalization-v2", **request):
    return refusal(world.aws.runtime.get_recommendations, **{"campaignArn": world.campaigns[recipe]} | request)


def test_a_user_gets_items_of_his_taste_with_scores_that_fall(runtime_world):
    answer = ask(runtime_world, userId="u0")
    scores = [item["score"] for item in answer["itemList"]]
    assert len(scores) == 25
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert share_of_odd_taste(answer) == 0
    assert share_of_odd_taste(ask(runtime_world, userId="u1")) == 1


def test_an_answer_has_an_id_of_at_most_40_characters(runtime_world):
    first, second = (ask(runtime_world, userId="u0")["recommendationId"] for _ in range(2))
    assert re.fullmatch(r"RID-[0-9a-f-]{25}-CID-[0-9a-f]{6}", first)
    assert first[-6:] == second[-6:]
    assert first != second


def test_an_unknown_user_gets_popular_items(runtime_world):
    assert len(ask(runtime_world, userId="stranger", numResults=5)["itemList"]) == 5


@pytest.mark.parametrize("count", [1, 80, 500])
def test_as_many_items_as_asked_for_and_known(runtime_world, count):
    assert len(ask(runtime_world, userId="u0", numResults=count)["itemList"]) == min(count, 80)


def test_live_events_are_learned_by_the_next_training(runtime_world):
    put(runtime_world, ["i-brand-new"] * 3, user="early-bird", session="early")
    version = runtime_world.aws.trained(runtime_world.group, "aws-popularity-count", name="later")
    campaign = runtime_world.aws.campaign(version, "later")
    items = runtime_world.aws.runtime.get_recommendations(campaignArn=campaign, userId="x", numResults=500)["itemList"]
    assert "i-brand-new" in {item["itemId"] for item in items}


def test_popular_items_have_no_scores_and_want_a_user(runtime_world):
    answer = ask(runtime_world, "aws-popularity-count", userId="anybody")
    assert all(set(item) == {"itemId"} for item in answer["itemList"])
    assert refused(runtime_world, "aws-popularity-count") == (
        "InvalidInputException",
        "userId is required by the recipe of this campaign",
    )


def test_related_items_are_of_the_same_taste_and_leave_the_item_out(runtime_world):
    answer = ask(runtime_world, "aws-sims", itemId="i45")
    assert share_of_odd_taste(answer) == 1
    assert "i45" not in {item["itemId"] for item in answer["itemList"]}
    assert all(set(item) == {"itemId"} for item in answer["itemList"])
    assert refused(runtime_world, "aws-sims", userId="u0") == (
        "InvalidInputException",
        "itemId is required by the recipe of this campaign",
    )


def test_a_ranking_puts_his_taste_first_and_unknown_items_last(runtime_world):
    # Items that he has had go down in data where nobody takes an item twice: ask for two that he has not.
    seen = {item for user, item, _ in two_tastes() if user == "u1"}
    new = sorted({f"i{number}" for number in range(40, 80)} - seen)[:2]
    ranked = runtime_world.aws.runtime.get_personalized_ranking(
        campaignArn=runtime_world.campaigns["aws-personalized-ranking-v2"],
        userId="u1",
        inputList=["none-2", "i3", new[0], "i5", new[1], "none-1"],
    )["personalizedRanking"]
    assert {item["itemId"] for item in ranked[:2]} == set(new)
    assert [item["itemId"] for item in ranked[4:]] == ["none-2", "none-1"]
    assert [("score" in item) for item in ranked] == [True] * 4 + [False] * 2
    assert sum(item["score"] for item in ranked[:4]) == pytest.approx(1, abs=1e-4)


def test_each_recipe_has_its_operation(runtime_world):
    code, message = refused(runtime_world, "aws-personalized-ranking-v2", userId="u0")
    assert code == "InvalidInputException"
    assert "answers GetPersonalizedRanking only" in message
    code, message = refusal(
        runtime_world.aws.runtime.get_personalized_ranking,
        campaignArn=runtime_world.campaigns["aws-sims"],
        userId="u",
        inputList=["i1"],
    )
    assert code == "InvalidInputException"
    assert "this one is of type RELATED_ITEMS: use GetRecommendations" in message


def test_too_much_is_refused(runtime_world):
    assert refused(runtime_world, userId="u0", numResults=501) == (
        "InvalidInputException",
        "numResults must be at most 500, got 501",
    )
    code, message = refusal(
        runtime_world.aws.runtime.get_personalized_ranking,
        campaignArn=runtime_world.campaigns["aws-personalized-ranking-v2"],
        userId="u",
        inputList=["i1"] * 501,
    )
    assert (code, message) == ("InvalidInputException", "the length of inputList must be at most 500, got 501")


def test_one_of_campaign_and_recommender_is_needed(runtime_world):
    ask = runtime_world.aws.runtime.get_recommendations
    expected = "Expected one of campaignArn and recommenderArn, got "
    assert refusal(ask, userId="u0") == ("InvalidInputException", expected + "neither")
    recommender = "arn:aws:personalize:us-east-1:123456789012:recommender/r"
    assert refused(runtime_world, userId="u0", recommenderArn=recommender) == (
        "InvalidInputException",
        expected + "campaignArn and recommenderArn",
    )


def test_metadata_needs_a_campaign_that_has_it(runtime_world):
    code, message = refused(runtime_world, userId="u0", metadataColumns={"ITEMS": ["TITLE"]})
    assert code == "InvalidInputException"
    assert message == "metadataColumns needs enableMetadataWithRecommendations, which the given campaign has not set"


def test_an_unknown_campaign_is_404(runtime_world):
    arn = "arn:aws:personalize:us-east-1:123456789012:campaign/none"
    with pytest.raises(runtime_world.aws.runtime.exceptions.ResourceNotFoundException) as error:
        runtime_world.aws.runtime.get_recommendations(campaignArn=arn, userId="u0")
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert error.value.response["Error"]["Message"] == f"The given campaign does not exist: {arn}"


def test_a_campaign_that_is_not_active_does_not_answer(aws):
    version = aws.trained(aws.data(), "aws-popularity-count")
    aws.service.durations.set("campaign", 3600)
    campaign = aws.campaign(version)
    code, message = refusal(aws.runtime.get_recommendations, campaignArn=campaign, userId="u0")
    assert (code, message) == (
        "ResourceNotFoundException",
        f"The given campaign is not ACTIVE, its status is CREATE PENDING: {campaign}",
    )


def test_events_of_another_type_than_the_solution_learns_change_nothing(aws):
    group = aws.group()
    schema = aws.schema(schema=avro({"name": "EVENT_TYPE", "type": "string"}))
    rows = csv_bytes([(*row, "watch") for row in two_tastes()], "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE")
    aws.imported(aws.dataset(group, schema), rows)
    campaign = aws.campaign(aws.trained(group, eventType="watch"))
    tracking_id = aws.personalize.create_event_tracker(name="t", datasetGroupArn=group)["trackingId"]

    def answer_after(event_type):
        aws.events.put_events(
            trackingId=tracking_id,
            sessionId="s",
            userId="u0",
            eventList=[{"eventType": event_type, "itemId": "i77", "sentAt": time.time()}],
        )
        return aws.runtime.get_recommendations(campaignArn=campaign, userId="u0")["itemList"]

    before = aws.runtime.get_recommendations(campaignArn=campaign, userId="u0")["itemList"]
    assert answer_after("click") == before
    assert answer_after("watch") != before
