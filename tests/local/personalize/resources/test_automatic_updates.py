"""Tests of ``local.personalize.resources.automatic_updates``."""

from __future__ import annotations

import pytest

from fakes.automatic_training import DAY, HOUR, RECIPE, new_events


@pytest.fixture
def group(aws):
    return aws.data()


@pytest.fixture
def updates(monkeypatch):
    """The item ids that each automatic update was asked to know, in the order of the updates."""
    from dataclasses import replace

    from personalize_sfn.local.personalize.resources import automatic_updates

    asked = []

    def updated(base, item_ids, *_):
        asked.append(set(item_ids))
        return replace(base, metrics={"coverage": len(asked)})

    monkeypatch.setattr(automatic_updates, "updated", updated)
    return asked


def metrics_after(aws, version, ahead):
    """Looking at that moment begins what is due; then its work is waited for, and settled by the next look."""
    aws.environment.ahead = ahead
    aws.describe("solution_version", version)
    for change in list(next(iter(aws.service._stores.values())).changes):
        change.work.result(30)
    return aws.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]


def test_every_two_hours_the_newest_full_version_learns_of_new_items(aws, group, updates):
    version = aws.trained(group, "aws-user-personalization-v2")
    tracker = aws.personalize.create_event_tracker(name="t", datasetGroupArn=group)["trackingId"]
    event = {"eventType": "watch", "itemId": "i-new", "sentAt": 1_700_000_000}
    aws.events.put_events(trackingId=tracker, userId="u1", sessionId="s", eventList=[event])
    assert metrics_after(aws, version, 2 * HOUR - 60) != {"coverage": 1}
    assert metrics_after(aws, version, 2 * HOUR + 60) == {"coverage": 1}
    assert updates == [{*(f"i{number}" for number in range(80)), "i-new"}]
    assert metrics_after(aws, version, 5 * HOUR) == {"coverage": 1}
    listed = aws.personalize.list_solution_versions(solutionArn=version.rpartition("/")[0])
    assert len(listed["solutionVersions"]) == 1


def test_without_anything_new_nothing_is_updated(aws, group, updates):
    metrics_after(aws, aws.trained(group, "aws-user-personalization-v2"), DAY)
    assert updates == []


def test_recipes_without_automatic_updates_learn_of_new_items_by_training_only(aws, group, updates):
    version = aws.trained(group, RECIPE)
    new_events(aws, group, "second")
    metrics_after(aws, version, DAY)
    assert updates == []
