"""Recommenders that train by themselves, by a clock that the tests move."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fakes.personalize_aws import Aws, avro, csv_bytes
from fakes.shop import EVENT_TYPE, items, make, shop
from personalize_sfn.local.personalize.resources import automatic_updates
from personalize_sfn.local.personalize.training.solution_version import Trained

HOUR, DAY = 3600.0, 86400.0


def views(aws: Aws, group: str, item: str, count: int) -> None:
    """Live views of one item, each by another user."""
    trackers = aws.personalize.list_event_trackers(datasetGroupArn=group)["eventTrackers"]
    if trackers:
        arn = trackers[0]["eventTrackerArn"]
    else:
        arn = aws.personalize.create_event_tracker(name="clicks", datasetGroupArn=group)["eventTrackerArn"]
    tracking = aws.describe("event_tracker", arn)["trackingId"]
    for number in range(count):
        event = {"eventType": "View", "itemId": item, "sentAt": 1_700_000_000 + number}
        aws.events.put_events(trackingId=tracking, userId=f"v{number}", sessionId=f"s{number}", eventList=[event])


def top(aws: Aws, arn: str, ahead: float, userId: str = "u1", **request: Any) -> list[str]:
    """What it recommends at that moment, when all that had become due is done."""
    aws.environment.ahead = ahead
    aws.describe("recommender", arn)
    for store in aws.service._stores.values():
        for change in list(store.changes):
            change.work.result(30)
    aws.describe("recommender", arn)
    return items(aws.runtime.get_recommendations(recommenderArn=arn, userId=userId, **request))


@pytest.fixture
def popular(aws: Aws) -> tuple[str, str]:
    """A recommender of what is viewed most, and its group, in which one item has been viewed most since."""
    group = shop(aws)
    arn = make(aws, group, "aws-ecomm-popular-items-by-views")
    assert aws.settled("recommender", arn)["status"] == "ACTIVE"
    views(aws, group, "hit", 60)
    return arn, group


def test_it_learns_anew_every_week(aws: Aws, popular: tuple[str, str]) -> None:
    arn, group = popular
    before = aws.describe("recommender", arn)
    assert "hit" not in top(aws, arn, 7 * DAY - 60)
    assert top(aws, arn, 7 * DAY + 60, numResults=1) == ["hit"]
    after = aws.describe("recommender", arn)
    assert after.keys() == before.keys()
    assert after["status"] == "ACTIVE"
    views(aws, group, "greater", 100)
    assert top(aws, arn, 14 * DAY, numResults=1) == ["hit"]
    assert top(aws, arn, 14 * DAY + 120, numResults=1) == ["greater"]


def test_a_stopped_one_does_not_until_it_is_started(aws: Aws, popular: tuple[str, str]) -> None:
    arn, _ = popular
    aws.personalize.stop_recommender(recommenderArn=arn)
    aws.environment.ahead = 8 * DAY
    aws.personalize.start_recommender(recommenderArn=arn)
    model = next(iter(aws.service._stores.values())).find(arn).content.model
    assert "hit" not in model.item_ids.tolist()
    assert top(aws, arn, 8 * DAY + 60, numResults=1) == ["hit"]


def test_a_training_that_fails_leaves_it_as_it_was(aws: Aws, popular: tuple[str, str]) -> None:
    arn, group = popular
    dataset = group.replace(":dataset-group/", ":dataset/") + "/INTERACTIONS"
    aws.personalize.delete_dataset(datasetArn=dataset)
    assert "hit" not in top(aws, arn, 8 * DAY, numResults=1)
    described = aws.describe("recommender", arn)
    assert described["status"] == "ACTIVE"
    assert "failureReason" not in described


def test_a_training_is_not_begun_when_nothing_is_new(aws: Aws) -> None:
    arn = make(aws, shop(aws), "aws-ecomm-popular-items-by-views")
    aws.settled("recommender", arn)
    held = next(iter(aws.service._stores.values())).find(arn)
    before = held.content
    assert top(aws, arn, 30 * DAY)
    assert held.content is before


def test_what_is_recommended_for_a_user_is_updated_with_new_items_every_two_hours(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[set[str]] = []

    def updated(base: Trained, item_ids: list[str], *_: Any) -> Trained:
        asked.append(set(item_ids))
        return replace(base, metrics={"coverage": 0.5})

    monkeypatch.setattr(automatic_updates, "updated", updated)
    group = shop(aws)
    arn = make(aws, group, "aws-ecomm-recommended-for-you")
    assert aws.settled("recommender", arn)["status"] == "ACTIVE"
    views(aws, group, "new", 1)
    assert top(aws, arn, 2 * HOUR - 60, userId="u0")
    assert asked == []
    assert top(aws, arn, 2 * HOUR + 60, userId="u0")
    assert asked == [{"new", *(f"i{item}" for item in range(80))}]
    assert aws.describe("recommender", arn)["modelMetrics"] == {"coverage": 0.5}


def test_an_update_adds_new_items_and_changes_nothing_else_that_shows(aws: Aws) -> None:
    group = shop(aws)
    arn = make(aws, group, "aws-ecomm-recommended-for-you")
    before = aws.settled("recommender", arn)
    views(aws, group, "new", 1)
    assert "new" not in top(aws, arn, 2 * HOUR - 60, userId="u0", numResults=100)
    assert "new" in top(aws, arn, 2 * HOUR + 60, userId="u0", numResults=100)
    assert aws.describe("recommender", arn) == before


def test_what_trends_is_worked_out_anew_every_two_hours(aws: Aws) -> None:
    group = aws.group("video", domain="VIDEO_ON_DEMAND")
    rows = [(f"u{place % 60}", f"i{place % 40}", 1_600_000_000 + 60 * place, "Watch") for place in range(1500)]
    dataset = aws.dataset(group, aws.schema(schema=avro(EVENT_TYPE), domain="VIDEO_ON_DEMAND"))
    aws.imported(dataset, csv_bytes(rows, "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"))
    arn = make(aws, group, "aws-vod-trending-now")
    assert aws.settled("recommender", arn)["status"] == "ACTIVE"
    views(aws, group, "hit", 60)
    assert "hit" not in top(aws, arn, 2 * HOUR - 60)
    assert top(aws, arn, 2 * HOUR + 60, numResults=1) == ["hit"]
