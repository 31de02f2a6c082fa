"""Tests of ``local.personalize.training.new_interactions``."""

from __future__ import annotations

import pytest

from fakes.automatic_training import DAY, HOUR, RECIPE, automatic, new_events, versions
from fakes.personalize_aws import avro, csv_bytes

VALUE = {"name": "VALUE", "type": ["null", "long"]}


@pytest.fixture
def group(aws):
    return aws.data()


def test_a_training_is_skipped_when_nothing_new_has_come(aws, group):
    solution = automatic(aws, group)
    assert len(versions(aws, solution, ahead=2 * HOUR)) == 1
    assert len(versions(aws, solution, ahead=29 * DAY)) == 1
    new_events(aws, group, "second")
    assert len(versions(aws, solution, ahead=34 * DAY)) == 1
    assert len(versions(aws, solution, ahead=36 * DAY)) == 2


def test_live_events_are_something_new(aws, group):
    solution = automatic(aws, group)
    assert len(versions(aws, solution, ahead=2 * HOUR)) == 1
    tracker = aws.personalize.create_event_tracker(name="t", datasetGroupArn=group)["trackingId"]
    event = {"eventType": "watch", "itemId": "i1", "sentAt": 1_700_000_000}
    aws.events.put_events(trackingId=tracker, userId="u1", sessionId="s", eventList=[event])
    assert len(versions(aws, solution, ahead=8 * DAY)) == 2


def text(name):
    return {"name": name, "type": "string"}


def action_datasets(aws, group):
    """An Actions and an Action interactions dataset; answers the ARN of the second."""
    aws.dataset(group, aws.schema("actions", schema=avro(name="Actions", fields=[text("ACTION_ID"), VALUE])), "Actions")
    fields = [*map(text, ("USER_ID", "ACTION_ID", "EVENT_TYPE")), {"name": "TIMESTAMP", "type": "long"}]
    schema = aws.schema("taken", schema=avro(name="ActionInteractions", fields=fields))
    return aws.dataset(group, schema, "Action_Interactions")


@pytest.mark.parametrize(("recipe", "trainings"), [(RECIPE, 1), ("aws-next-best-action", 2)])
def test_action_interactions_are_something_new_to_next_best_action_only(aws, group, recipe, trainings):
    """https://docs.aws.amazon.com/personalize/latest/dg/solution-config-auto-training.html"""
    taken = action_datasets(aws, group)
    solution = aws.solution(group, recipe, performAutoTraining=True)
    assert len(versions(aws, solution, ahead=2 * HOUR)) == 1
    rows = csv_bytes([("u1", "join", "Taken", 1_700_000_000)], "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP")
    assert aws.imported(taken, rows, name="taken")["status"] == "ACTIVE"
    assert len(versions(aws, solution, ahead=8 * DAY)) == trainings


def test_item_interactions_are_something_new_to_next_best_action_too(aws, group):
    action_datasets(aws, group)
    solution = aws.solution(group, "aws-next-best-action", performAutoTraining=True)
    assert len(versions(aws, solution, ahead=2 * HOUR)) == 1
    new_events(aws, group, "second")
    assert len(versions(aws, solution, ahead=8 * DAY)) == 2
