"""Batches of events to PutEvents, and what its answers mean for the events."""

from __future__ import annotations

import pytest
from botocore.exceptions import NoCredentialsError

from fakes.event_services import FakeEvents, FakeTrackers, client_error, session_with
from personalize_sfn.config import Config
from personalize_sfn.serving.event_delivery import EventDelivery
from personalize_sfn.serving.event_queue import EventBatch
from personalize_sfn.serving.outgoing_event import OutgoingEvent

CONFIG = Config(project="shop")


def batch(*items: str, user: str | None = "u") -> EventBatch:
    made = [OutgoingEvent(user, "s", {"eventType": "view", "itemId": item, "sentAt": 5}) for item in items]
    return EventBatch(user, "s", tuple(made))


def delivery(service: FakeEvents, trackers: FakeTrackers | None = None, tracking_id: str | None = "t") -> EventDelivery:
    return EventDelivery(session_with(service, trackers), CONFIG, tracking_id, connections=1)


def test_a_batch_is_one_call_and_a_session_without_a_user_names_none() -> None:
    service = FakeEvents()
    outcome = delivery(service).deliver(batch("1", "2", user=None))
    assert service.calls == [
        {
            "trackingId": "t",
            "sessionId": "s",
            "eventList": [{"eventType": "view", "itemId": item, "sentAt": 5} for item in ("1", "2")],
        }
    ]
    assert (len(outcome.done), outcome.left, list(outcome.refused), outcome.error) == (2, (), [], None)


def test_of_a_batch_that_is_refused_each_event_is_sent_by_itself() -> None:
    def fail(request):
        wrong = any(event["itemId"] == "2" for event in request["eventList"])
        return client_error("InvalidInputException", "properties: no") if wrong else None

    service = FakeEvents(fail)
    outcome = delivery(service).deliver(batch("1", "2", "3"))
    assert service.items == ["1", "3"]
    assert [str(each) for each in outcome.refused] == ["view of item 2 by u: properties: no"]
    assert (len(outcome.done), outcome.left, outcome.error) == (3, (), None), "what is refused for good is done too"


def test_what_may_pass_leaves_the_events_for_another_time() -> None:
    error = client_error("ThrottlingException")
    outcome = delivery(FakeEvents(lambda _: error)).deliver(batch("1", "2"))
    assert (list(outcome.done), len(outcome.left), outcome.error) == ([], 2, error)


def test_a_tracker_that_is_unknown_is_looked_for_again_and_no_event_is_at_fault() -> None:
    def fail(request):
        old = request["trackingId"] == "id-of-tracker-0-1"
        return client_error("InvalidInputException", "The given trackingId is unknown") if old else None

    service = FakeEvents(fail)
    sending = delivery(service, FakeTrackers("ACTIVE"), tracking_id=None)
    first = sending.deliver(batch("1"))
    assert (list(first.refused), len(first.left)) == ([], 1)
    assert not sending.deliver(batch("1")).left
    assert service.calls[0]["trackingId"] == "id-of-tracker-0-2"


@pytest.mark.parametrize(
    ("error", "tracking_id", "hopeless"),
    [
        (client_error("AccessDeniedException"), None, True),
        (NoCredentialsError(), None, True),
        (client_error("ThrottlingException"), None, False),
        (client_error("InvalidInputException", "The given trackingId is unknown"), "given", True),
        (client_error("InvalidInputException", "The given trackingId is unknown"), None, False),
    ],
)
def test_only_a_person_can_change_rights_and_a_tracking_id_that_was_given(error, tracking_id, hopeless) -> None:
    assert delivery(FakeEvents(), FakeTrackers("ACTIVE"), tracking_id).is_hopeless(error) is hopeless
