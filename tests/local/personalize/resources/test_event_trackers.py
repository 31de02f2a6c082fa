"""Tests of ``event_trackers``: event trackers: one in a dataset group; deleting it keeps the events that it brought."""

from __future__ import annotations

from fakes.personalize_aws import ACCOUNT, REGION

PREFIX = f"arn:aws:personalize:{REGION}:{ACCOUNT}:"


def test_an_event_tracker_has_an_id_a_tracking_id_and_the_account(aws):
    made = aws.personalize.create_event_tracker(name="clicks", datasetGroupArn=aws.group())
    described = aws.describe("event_tracker", made["eventTrackerArn"])
    assert made["eventTrackerArn"].startswith(PREFIX + "event-tracker/")
    assert not made["eventTrackerArn"].endswith("clicks")
    assert described["trackingId"] == made["trackingId"]
    assert described["accountId"] == ACCOUNT
    assert "trackingId" not in aws.personalize.list_event_trackers()["eventTrackers"][0]


def test_a_group_has_one_event_tracker(aws, refused):
    group = aws.group()
    first = aws.personalize.create_event_tracker(name="one", datasetGroupArn=group)["eventTrackerArn"]
    assert refused(aws.personalize.create_event_tracker, name="two", datasetGroupArn=group) == (
        "ResourceAlreadyExistsException",
        f"Another resource with Arn {first} already exists.",
    )
