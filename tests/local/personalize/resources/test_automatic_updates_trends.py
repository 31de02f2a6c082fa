"""aws-trending-now: its campaigns follow the events by the clock, without a new training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fakes.personalize_aws import Aws, avro, csv_bytes, two_tastes
from fakes.restarted_personalize import running

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
RECIPE = "aws-trending-now"
NEWEST = 1_700_000_000


def burst(aws: Aws, group: str, item: str, *, name: str = "clicks", count: int = 20, at: int = NEWEST) -> None:
    """Live events with one item, each by another user."""
    trackers = aws.personalize.list_event_trackers(datasetGroupArn=group)["eventTrackers"]
    if not trackers:
        aws.personalize.create_event_tracker(name=name, datasetGroupArn=group)
        trackers = aws.personalize.list_event_trackers(datasetGroupArn=group)["eventTrackers"]
    tracking_id = aws.describe("event_tracker", trackers[0]["eventTrackerArn"])["trackingId"]
    for number in range(count):
        event = {"eventType": "view", "itemId": item, "sentAt": at}
        aws.events.put_events(trackingId=tracking_id, userId=f"v{number}", sessionId=f"s{number}", eventList=[event])


def first(aws: Aws, campaign: str, ahead: float) -> str:
    """What trends most at that moment, when what had become due is done."""
    aws.environment.ahead = ahead
    aws.describe("campaign", campaign)
    for store in aws.service._stores.values():
        for change in list(store.changes):
            change.work.result(30)
    aws.describe("campaign", campaign)
    return str(aws.runtime.get_recommendations(campaignArn=campaign, numResults=1)["itemList"][0]["itemId"])


@pytest.mark.parametrize(
    ("frequency", "seconds"), [(None, 2 * HOUR), ("30 minutes", 30 * MINUTE), ("1 hour", HOUR), ("1 day", 2 * HOUR)]
)
def test_trends_are_found_anew_as_often_as_the_solution_says_and_every_two_hours(
    aws: Aws, frequency: str | None, seconds: float
) -> None:
    group = aws.data()
    parameters = {"trend_discovery_frequency": frequency} if frequency else {}
    config = {"solutionConfig": {"featureTransformationParameters": parameters}} if parameters else {}
    version = aws.trained(group, RECIPE, **config)
    campaign = aws.campaign(version)
    metrics = aws.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]
    described = aws.describe("solution_version", version)
    burst(aws, group, "hit")
    assert first(aws, campaign, seconds - MINUTE) != "hit"
    assert first(aws, campaign, seconds + MINUTE) == "hit"
    burst(aws, group, "greater", at=NEWEST + int(seconds) + 1)
    assert first(aws, campaign, 2 * seconds) == "hit"
    assert first(aws, campaign, 2 * seconds + 3 * MINUTE) == "greater"
    assert aws.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"] == metrics
    assert aws.describe("solution_version", version) == described
    listed = aws.personalize.list_solution_versions(solutionArn=described["solutionArn"])["solutionVersions"]
    assert len(listed) == 1


def test_without_new_events_trends_stay_as_they_are(aws: Aws) -> None:
    version = aws.trained(aws.data(), RECIPE)
    campaign = aws.campaign(version)
    held = next(iter(aws.service._stores.values())).find(version)
    before = held.content
    assert first(aws, campaign, 30 * DAY)
    assert held.content is before


def test_events_of_another_type_than_the_solutions_start_no_trend(aws: Aws) -> None:
    group = aws.group()
    dataset = aws.dataset(group, aws.schema(schema=avro({"name": "EVENT_TYPE", "type": "string"})))
    rows = [(*row, "buy") for row in two_tastes()]
    assert aws.imported(dataset, csv_bytes(rows, "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"))["status"] == "ACTIVE"
    campaign = aws.campaign(aws.trained(group, RECIPE, eventType="buy"))
    burst(aws, group, "hit")
    assert first(aws, campaign, 3 * HOUR) != "hit"


def test_users_who_were_deleted_while_trends_were_found_stay_deleted(aws: Aws) -> None:
    group = aws.data()
    version = aws.trained(group, RECIPE)
    campaign = aws.campaign(version)
    burst(aws, group, "hit")
    record = next(iter(aws.service._stores.values())).find(version)
    aws.environment.ahead = 3 * HOUR
    aws.describe("campaign", campaign)
    record.content = replace(record.content, forgotten=frozenset({"u1"}))
    assert first(aws, campaign, 3 * HOUR + 1)
    assert record.content.forgotten == frozenset({"u1"})


def test_trends_last(tmp_path: Path) -> None:
    with running(tmp_path) as aws:
        group = aws.data()
        campaign = aws.campaign(aws.trained(group, RECIPE))
        burst(aws, group, "hit")
        assert first(aws, campaign, 3 * HOUR) == "hit"
    with running(tmp_path) as aws:
        answer = aws.runtime.get_recommendations(campaignArn=campaign, numResults=1)["itemList"]
        assert [item["itemId"] for item in answer] == ["hit"]
