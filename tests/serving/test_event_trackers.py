"""The tracking id of the project's event tracker."""

from __future__ import annotations

import pytest

from fakes.event_services import FakeEvents, FakeTrackers, client_error, session_with
from personalize_sfn.config import Config
from personalize_sfn.errors import EventError
from personalize_sfn.serving import EventSender

CONFIG = Config(project="shop")
HOW = "Set event_tracker: true in the configuration, deploy, and run the main workflow: it makes one"


def test_the_tracking_id_is_asked_for_once() -> None:
    service, trackers = FakeEvents(), FakeTrackers("DELETE IN_PROGRESS", "ACTIVE")
    with EventSender(session_with(service, trackers), CONFIG) as events:
        for n in range(30):
            events.put(f"u{n}", "1", "view")
    assert {call["trackingId"] for call in service.calls} == {"id-of-tracker-1-1"}
    assert trackers.described == 1


@pytest.mark.parametrize(
    ("trackers", "message"),
    [
        (FakeTrackers(), f"dataset group shop has no event tracker. {HOW}"),
        (
            FakeTrackers("CREATE IN_PROGRESS"),
            "the event tracker of shop is CREATE IN_PROGRESS: wait until it is ACTIVE",
        ),
        (
            FakeTrackers(error=client_error("ResourceNotFoundException")),
            f"there is no dataset group shop yet. {HOW}",
        ),
        (
            FakeTrackers(error=client_error("AccessDeniedException", "not authorized")),
            "the tracking id of shop cannot be read: not authorized. Allow personalize:ListEventTrackers and "
            "personalize:DescribeEventTracker, or pass tracking_id=",
        ),
    ],
)
def test_without_a_tracker_it_says_what_to_do(trackers: FakeTrackers, message: str) -> None:
    with pytest.raises(EventError) as refused:
        EventSender(session_with(FakeEvents(), trackers), CONFIG)
    assert str(refused.value) == message
