"""Tests of ``put_events``: putEvents: what a user does now, so that the very next recommendation knows it."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.personalize_aws import Aws, avro
from fakes.put_items import exported


def test_properties_of_live_events_are_kept_as_columns(aws: Aws) -> None:
    group = aws.group()
    schema = aws.schema(
        schema=avro({"name": "EVENT_TYPE", "type": "string"}, {"name": "DEVICE", "type": ["null", "string"]})
    )
    dataset = aws.dataset(group, schema)
    tracker = aws.personalize.create_event_tracker(name="t", datasetGroupArn=group)["trackingId"]
    event = {"eventType": "click", "itemId": "i1", "sentAt": 1_700_000_000, "properties": '{"device": "phone"}'}
    aws.events.put_events(trackingId=tracker, userId="u1", sessionId="s", eventList=[event])
    assert exported(aws, dataset, mode="PUT") == ["u1,i1,1700000000,click,phone"]


@pytest.fixture
def live(aws: Aws) -> tuple[str, str]:
    """An Interactions dataset, and the tracking id of its group's event tracker."""
    group = aws.group()
    columns = [
        {"name": "EVENT_TYPE", "type": "string"},
        {"name": "EVENT_VALUE", "type": ["null", "float"]},
        {"name": "IMPRESSION", "type": ["null", "string"]},
        {"name": "RECOMMENDATION_ID", "type": ["null", "string"]},
        {"name": "EVENT_ATTRIBUTION_SOURCE", "type": ["null", "string"]},
        {"name": "SECONDS", "type": ["null", "int"]},
    ]
    dataset = aws.dataset(group, aws.schema(schema=avro(*columns)))
    return dataset, aws.personalize.create_event_tracker(name="t", datasetGroupArn=group)["trackingId"]


def put(aws: Aws, tracking_id: str, *events: dict[str, Any]) -> None:
    about = {"eventType": "click", "sentAt": 1_700_000_000}
    aws.events.put_events(
        trackingId=tracking_id, userId="u1", sessionId="s", eventList=[about | event for event in events]
    )


def test_all_that_an_event_says_is_kept(aws: Aws, live: tuple[str, str]) -> None:
    dataset, tracking_id = live
    event = {
        "itemId": "i1",
        "eventValue": 2.5,
        "impression": ["i1", "i2"],
        "recommendationId": "r1",
        "metricAttribution": {"eventAttributionSource": "mail"},
        "properties": '{"seconds": "12"}',
    }
    put(aws, tracking_id, event)
    assert exported(aws, dataset, mode="PUT") == ["u1,i1,1700000000,click,2.5,i1|i2,r1,mail,12"]


def test_an_event_counts_once_for_its_id(aws: Aws, live: tuple[str, str]) -> None:
    dataset, tracking_id = live
    put(aws, tracking_id, {"itemId": "i1", "eventId": "e"}, {"itemId": "i2", "eventId": "e"})
    put(aws, tracking_id, {"itemId": "i3", "eventId": "e"})
    assert exported(aws, dataset, mode="PUT") == ["u1,i1,1700000000,click,,,,,"]


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"properties": '{"seconds": "long"}'}, "properties: SECONDS must be of type int, got 'long'"),
        ({"properties": '{"eventValue": "much"}'}, "properties: eventValue must be of type float, got 'much'"),
        (
            {"properties": '{"itemId": ["i1"]}'},
            "properties: itemId must be a string of 1 to 256 characters, got ['i1']",
        ),
        (
            {"properties": '{"userId": "u2"}'},
            "properties: userId is a reserved name, give it as the event's own member",
        ),
        ({"properties": "[1]"}, "Error parsing properties json"),
    ],
)
def test_of_a_request_with_an_event_that_does_not_fit_nothing_is_kept(
    aws: Aws, live: tuple[str, str], event: dict[str, Any], message: str
) -> None:
    dataset, tracking_id = live
    with pytest.raises(aws.events.exceptions.InvalidInputException) as error:
        put(aws, tracking_id, {"itemId": "i1"}, event)
    assert error.value.response["Error"]["Message"] == message
    assert exported(aws, dataset, mode="PUT") == []


def test_an_event_has_at_most_ten_kilobytes(aws: Aws, live: tuple[str, str]) -> None:
    with pytest.raises(aws.events.exceptions.InvalidInputException) as error:
        put(aws, live[1], {"impression": ["ä" * 256] * 25})
    assert error.value.response["Error"]["Message"] == "An event must be at most 10240 bytes, got 12960"
