"""Tests of ``put_events``: putEvents: what a user does now, so that the very next recommendation knows it."""

from __future__ import annotations

import json
import time

import pytest

from fakes.asked_campaigns import ask, put, share_of_odd_taste
from fakes.personalize_aws import avro, refusal


def test_an_event_that_was_seen_before_counts_once(runtime_world):
    put(runtime_world, ["i3"], user="careful", eventId="event-1")
    once = ask(runtime_world, userId="careful")["itemList"]
    put(runtime_world, ["i3"], user="careful", eventId="event-1")
    assert ask(runtime_world, userId="careful")["itemList"] == once


def test_a_session_called_null_is_dropped(runtime_world):
    before = ask(runtime_world, userId="forgotten")["itemList"]
    put(runtime_world, ["i41", "i47", "i52", "i60"], user="forgotten", session="null")
    assert ask(runtime_world, userId="forgotten")["itemList"] == before


def test_item_and_value_may_stand_in_the_properties(runtime_world):
    for item in ("i41", "i47", "i52", "i60"):
        runtime_world.aws.events.put_events(
            trackingId=runtime_world.tracking_id,
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
    assert share_of_odd_taste(ask(runtime_world, userId="old-fashioned")) == 1


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ('"{\\"a\\": 1}"', "Error parsing properties json"),
        ('{"userId": "x"}', "properties: userId is a reserved name, give it as the event's own member"),
        ('{"TIMESTAMP": 1}', "properties: TIMESTAMP is a reserved name, give it as the event's own member"),
        ("{", "Error parsing properties json"),
    ],
)
def test_properties_that_are_not_allowed_are_refused(runtime_world, properties, message):
    code, text = refusal(put, world=runtime_world, items=["i1"], properties=properties)
    assert (code, text) == ("InvalidInputException", message)


def test_an_unknown_tracking_id_is_invalid(runtime_world):
    event = {"eventType": "watch", "sentAt": time.time()}
    code, message = refusal(runtime_world.aws.events.put_events, trackingId="none", sessionId="s", eventList=[event])
    assert (code, message) == (
        "InvalidInputException",
        "The given trackingId belongs to no ACTIVE event tracker: none",
    )


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
