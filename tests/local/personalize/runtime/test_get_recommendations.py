"""GetRecommendations, GetPersonalizedRanking and PutEvents."""

from __future__ import annotations

import json
import re
import time
from types import SimpleNamespace

import pytest

from fakes.personalize_aws import avro, csv_bytes, refusal, serving, two_tastes

RECIPES = (
    "aws-user-personalization-v2",
    "aws-popularity-count",
    "aws-sims",
    "aws-personalized-ranking-v2",
)


@pytest.fixture(scope="module")
def world():
    """Campaigns of four recipes on the data of two tastes: even users like i0-i39, odd ones i40-i79."""
    with serving() as aws:
        group = aws.data()
        campaigns = {recipe: aws.campaign(aws.trained(group, recipe), recipe) for recipe in RECIPES}
        tracker = aws.personalize.create_event_tracker(name="clicks", datasetGroupArn=group)
        yield SimpleNamespace(aws=aws, group=group, campaigns=campaigns, tracking_id=tracker["trackingId"])
        assert aws.broken_answers == []


def ask(world, recipe="aws-user-personalization-v2", **request):
    return world.aws.runtime.get_recommendations(campaignArn=world.campaigns[recipe], **request)


def refused(world, recipe="aws-user-personalization-v2", **request):
    return refusal(world.aws.runtime.get_recommendations, **{"campaignArn": world.campaigns[recipe]} | request)


def put(world, items, *, user=None, session="session", **event):
    event = {"eventType": "watch", "sentAt": time.time()} | event
    options = {"userId": user} if user else {}
    return world.aws.events.put_events(
        trackingId=world.tracking_id,
        sessionId=session,
        eventList=[{"itemId": item, **event} for item in items],
        **options,
    )


def share_of_odd_taste(answer, first=10):
    items = [int(item["itemId"][1:]) for item in answer["itemList"][:first]]
    return sum(item >= 40 for item in items) / first


def test_a_user_gets_items_of_his_taste_with_scores_that_fall(world):
    answer = ask(world, userId="u0")
    scores = [item["score"] for item in answer["itemList"]]
    assert len(scores) == 25
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert share_of_odd_taste(answer) == 0
    assert share_of_odd_taste(ask(world, userId="u1")) == 1


def test_an_answer_has_an_id_of_at_most_40_characters(world):
    first, second = (ask(world, userId="u0")["recommendationId"] for _ in range(2))
    assert re.fullmatch(r"RID-[0-9a-f-]{25}-CID-[0-9a-f]{6}", first)
    assert first[-6:] == second[-6:]
    assert first != second


def test_an_unknown_user_gets_popular_items(world):
    assert len(ask(world, userId="stranger", numResults=5)["itemList"]) == 5


@pytest.mark.parametrize("count", [1, 80, 500])
def test_as_many_items_as_asked_for_and_known(world, count):
    assert len(ask(world, userId="u0", numResults=count)["itemList"]) == min(count, 80)


def test_scores_of_all_items_sum_to_one(world):
    assert sum(item["score"] for item in ask(world, userId="u0", numResults=500)["itemList"]) == pytest.approx(
        1, abs=1e-4
    )


def test_the_next_answer_knows_the_event(world):
    before = ask(world, userId="newcomer")
    put(world, ["i41", "i47", "i52", "i60"], user="newcomer")
    after = ask(world, userId="newcomer")
    assert before["itemList"] != after["itemList"]
    assert share_of_odd_taste(after) == 1


def test_a_session_without_a_user_is_asked_by_its_id(world):
    put(world, ["i41", "i47", "i52", "i60"], session="visitor-1")
    assert share_of_odd_taste(ask(world, userId="visitor-1")) == 1


def test_an_event_that_was_seen_before_counts_once(world):
    put(world, ["i3"], user="careful", eventId="event-1")
    once = ask(world, userId="careful")["itemList"]
    put(world, ["i3"], user="careful", eventId="event-1")
    assert ask(world, userId="careful")["itemList"] == once


def test_a_session_called_null_is_dropped(world):
    before = ask(world, userId="forgotten")["itemList"]
    put(world, ["i41", "i47", "i52", "i60"], user="forgotten", session="null")
    assert ask(world, userId="forgotten")["itemList"] == before


def test_item_and_value_may_stand_in_the_properties(world):
    for item in ("i41", "i47", "i52", "i60"):
        world.aws.events.put_events(
            trackingId=world.tracking_id,
            sessionId="s",
            userId="old-fashioned",
            eventList=[
                {
                    "eventType": "watch",
                    "sentAt": time.time(),
                    "properties": json.dumps({"itemId": item, "eventValue": 3}),
                }
            ],
        )
    assert share_of_odd_taste(ask(world, userId="old-fashioned")) == 1


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ('"{\\"a\\": 1}"', "Error parsing properties json"),
        ('{"userId": "x"}', "properties: userId is a reserved name, give it as the event's own member"),
        ('{"TIMESTAMP": 1}', "properties: TIMESTAMP is a reserved name, give it as the event's own member"),
        ("{", "Error parsing properties json"),
    ],
)
def test_properties_that_are_not_allowed_are_refused(world, properties, message):
    code, text = refusal(put, world=world, items=["i1"], properties=properties)
    assert (code, text) == ("InvalidInputException", message)


def test_an_unknown_tracking_id_is_invalid(world):
    event = {"eventType": "watch", "sentAt": time.time()}
    code, message = refusal(world.aws.events.put_events, trackingId="none", sessionId="s", eventList=[event])
    assert (code, message) == (
        "InvalidInputException",
        "The given trackingId belongs to no ACTIVE event tracker: none",
    )


def test_live_events_are_learned_by_the_next_training(world):
    put(world, ["i-brand-new"] * 3, user="early-bird", session="early")
    version = world.aws.trained(world.group, "aws-popularity-count", name="later")
    campaign = world.aws.campaign(version, "later")
    items = world.aws.runtime.get_recommendations(campaignArn=campaign, userId="x", numResults=500)["itemList"]
    assert "i-brand-new" in {item["itemId"] for item in items}


def test_popular_items_have_no_scores_and_want_a_user(world):
    answer = ask(world, "aws-popularity-count", userId="anybody")
    assert all(set(item) == {"itemId"} for item in answer["itemList"])
    assert refused(world, "aws-popularity-count") == (
        "InvalidInputException",
        "userId is required by the recipe of this campaign",
    )


def test_related_items_are_of_the_same_taste_and_leave_the_item_out(world):
    answer = ask(world, "aws-sims", itemId="i45")
    assert share_of_odd_taste(answer) == 1
    assert "i45" not in {item["itemId"] for item in answer["itemList"]}
    assert all(set(item) == {"itemId"} for item in answer["itemList"])
    assert refused(world, "aws-sims", userId="u0") == (
        "InvalidInputException",
        "itemId is required by the recipe of this campaign",
    )


def test_an_unknown_item_gets_popular_items(world):
    assert len(ask(world, "aws-sims", itemId="none", numResults=5)["itemList"]) == 5


def test_a_ranking_puts_his_taste_first_and_unknown_items_last(world):
    # Items that he has had go down in data where nobody takes an item twice: ask for two that he has not.
    seen = {item for user, item, _ in two_tastes() if user == "u1"}
    new = sorted({f"i{number}" for number in range(40, 80)} - seen)[:2]
    ranked = world.aws.runtime.get_personalized_ranking(
        campaignArn=world.campaigns["aws-personalized-ranking-v2"],
        userId="u1",
        inputList=["none-2", "i3", new[0], "i5", new[1], "none-1"],
    )["personalizedRanking"]
    assert {item["itemId"] for item in ranked[:2]} == set(new)
    assert [item["itemId"] for item in ranked[4:]] == ["none-2", "none-1"]
    assert [("score" in item) for item in ranked] == [True] * 4 + [False] * 2
    assert sum(item["score"] for item in ranked[:4]) == pytest.approx(1, abs=1e-4)


def test_each_recipe_has_its_operation(world):
    code, message = refused(world, "aws-personalized-ranking-v2", userId="u0")
    assert code == "InvalidInputException"
    assert "answers GetPersonalizedRanking only" in message
    code, message = refusal(
        world.aws.runtime.get_personalized_ranking,
        campaignArn=world.campaigns["aws-sims"],
        userId="u",
        inputList=["i1"],
    )
    assert code == "InvalidInputException"
    assert "this one is of type RELATED_ITEMS: use GetRecommendations" in message


def test_too_much_is_refused(world):
    assert refused(world, userId="u0", numResults=501) == (
        "InvalidInputException",
        "numResults must be at most 500, got 501",
    )
    code, message = refusal(
        world.aws.runtime.get_personalized_ranking,
        campaignArn=world.campaigns["aws-personalized-ranking-v2"],
        userId="u",
        inputList=["i1"] * 501,
    )
    assert (code, message) == ("InvalidInputException", "the length of inputList must be at most 500, got 501")


def test_one_of_campaign_and_recommender_is_needed(world):
    ask = world.aws.runtime.get_recommendations
    expected = "Expected one of campaignArn and recommenderArn, got "
    assert refusal(ask, userId="u0") == ("InvalidInputException", expected + "neither")
    recommender = "arn:aws:personalize:us-east-1:123456789012:recommender/r"
    assert refused(world, userId="u0", recommenderArn=recommender) == (
        "InvalidInputException",
        expected + "campaignArn and recommenderArn",
    )


def test_metadata_needs_a_campaign_that_has_it(world):
    code, message = refused(world, userId="u0", metadataColumns={"ITEMS": ["TITLE"]})
    assert code == "InvalidInputException"
    assert message == "metadataColumns needs enableMetadataWithRecommendations, which the given campaign has not set"


def test_an_unknown_campaign_is_404(world):
    arn = "arn:aws:personalize:us-east-1:123456789012:campaign/none"
    with pytest.raises(world.aws.runtime.exceptions.ResourceNotFoundException) as error:
        world.aws.runtime.get_recommendations(campaignArn=arn, userId="u0")
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


def test_required_columns_must_stand_in_the_properties(aws):
    group = aws.group()
    aws.dataset(group, aws.schema(schema=avro({"name": "NUM_RATINGS", "type": "int"})))
    tracking_id = aws.personalize.create_event_tracker(name="t", datasetGroupArn=group)["trackingId"]

    def put_with(properties):
        event = {"eventType": "watch", "itemId": "i1", "sentAt": time.time(), "properties": json.dumps(properties)}
        return aws.events.put_events(trackingId=tracking_id, sessionId="s", eventList=[event])

    assert refusal(put_with, properties={}) == (
        "InvalidInputException",
        "properties: the dataset's required columns are missing: NUM_RATINGS",
    )
    assert put_with({"numRatings": 3})["ResponseMetadata"]["HTTPStatusCode"] == 200
