"""The sender of events, with a fake service."""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError, ParamValidationError

from fakes.event_services import FakeEvents, FakeTrackers, client_error, session_with
from personalize_sfn.config import Config
from personalize_sfn.errors import EventError, EventQueueFullError, EventsNotSentError
from personalize_sfn.serving import EventSender, RefusedEvent
from personalize_sfn.serving.event_queue import Backoff

CONFIG = Config(project="shop")


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(Backoff, "FIRST", 0.0001)
    monkeypatch.setattr(Backoff, "LONGEST", 0.001)
    return iter(())


def sender(events: FakeEvents, **options: Any) -> EventSender:
    return EventSender(session_with(events), CONFIG, **{"tracking_id": "t"} | options)


def failing(*errors: Exception) -> Any:
    """Gives these errors, one for each request, then none."""
    given = itertools.chain(errors, itertools.repeat(None))
    return lambda _: next(given)


def test_events_of_a_session_go_together_and_in_order() -> None:
    service = FakeEvents()
    service.gate.clear()
    with sender(service) as events:
        for n in range(25):
            events.put("u1", str(n), "view")
        service.gate.set()
    assert service.items == [str(n) for n in range(25)]
    assert {call["userId"] for call in service.calls} == {call["sessionId"] for call in service.calls} == {"u1"}
    assert {call["trackingId"] for call in service.calls} == {"t"}
    assert len(service.calls) <= 4
    assert max(len(call["eventList"]) for call in service.calls) == 10


def test_anonymous_events_have_a_session_and_no_user() -> None:
    service = FakeEvents()
    with sender(service) as events:
        events.put(None, "42", "view", session_id="s")
    assert "userId" not in service.calls[0]
    assert service.calls[0]["sessionId"] == "s"


@pytest.mark.parametrize(
    "error",
    [
        client_error("ThrottlingException"),
        client_error("TooManyRequestsException", status=429),
        client_error("InternalServerException", status=500),
        client_error("503", status=503),
        EndpointConnectionError(endpoint_url="https://example"),
        client_error("AccessDeniedException"),
        NoCredentialsError(),
        RuntimeError("a bug"),
    ],
)
def test_what_may_pass_is_tried_again_until_it_has(error: Exception) -> None:
    service = FakeEvents(failing(*[error] * 5))
    events = sender(service)
    for n in range(15):
        events.put("u", str(n), "view")
    while events.waiting:  # a flush may give up on what only a person can change, and the sender goes on
        with contextlib.suppress(EventsNotSentError):
            events.flush()
    events.close()
    assert service.items == [str(n) for n in range(15)]
    assert service.attempts == len(service.calls) + 5


def test_a_request_that_is_tried_again_has_the_same_event_ids() -> None:
    seen: list[list[str]] = []

    def fail(request: dict[str, Any]) -> Exception | None:
        seen.append([event["eventId"] for event in request["eventList"]])
        return client_error("ThrottlingException") if len(seen) == 1 else None

    with sender(FakeEvents(fail)) as events:
        given = events.put("u", "1", "view")
    assert seen == [[given], [given]]


def refuse_item(item: str) -> Any:
    def fail(request: dict[str, Any]) -> Exception | None:
        wrong = any(event["itemId"] == item for event in request["eventList"])
        return client_error("InvalidInputException", "properties: no") if wrong else None

    return fail


def test_a_refused_event_is_told_and_the_others_of_its_batch_are_sent() -> None:
    service = FakeEvents(refuse_item("3"))
    service.gate.clear()
    events = sender(service)
    for n in range(8):
        events.put("u", str(n), "view", sent_at=5, event_id=f"e{n}")
    service.gate.set()
    with pytest.raises(EventsNotSentError) as refused:
        events.flush()
    assert str(refused.value) == "1 event was refused by Personalize: view of item 3 by u: properties: no"
    told = RefusedEvent("u", "u", {"eventId": "e3", "eventType": "view", "itemId": "3", "sentAt": 5}, "properties: no")
    assert refused.value.refused == events.refused == (told,)
    assert service.items == ["0", "1", "2", "4", "5", "6", "7"]
    assert (events.sent, events.refused_count, events.waiting) == (7, 1, 0)
    events.close()  # it was told once


def test_refused_events_go_to_the_callback_instead() -> None:
    told: list[str] = []

    def on_refused(each: RefusedEvent) -> None:
        told.append(each.reason)
        raise ValueError("a bug of the application's")

    with sender(FakeEvents(refuse_item("1")), on_refused=on_refused) as events:
        events.put("u", "1", "view")
        events.put("v", "2", "view")
    assert told == ["properties: no"]
    assert events.sent == 1


def test_what_botocore_refuses_is_refused_too() -> None:
    service = FakeEvents(failing(ParamValidationError(report="no"), ParamValidationError(report="no")))
    events = sender(service)
    events.put("u", "1", "view")
    with pytest.raises(EventsNotSentError, match="refused by Personalize: view of item 1 by u: Parameter validation"):
        events.close()


def test_a_tracker_that_was_made_anew_is_looked_up_again_and_no_event_is_at_fault() -> None:
    trackers = FakeTrackers("ACTIVE")

    def fail(request: dict[str, Any]) -> Exception | None:
        old = request["trackingId"] == "id-of-tracker-0-1"
        return client_error("InvalidInputException", "The given trackingId is unknown") if old else None

    service = FakeEvents(fail)
    events = EventSender(session_with(service, trackers), CONFIG)
    events.put("u", "1", "view")
    events.close()
    assert service.items == ["1"]
    assert events.refused == ()


def test_a_tracking_id_that_was_given_and_is_unknown_is_told_and_no_event_is_at_fault() -> None:
    service = FakeEvents(lambda _: client_error("InvalidInputException", "The given trackingId is unknown"))
    events = sender(service)
    events.put("u", "1", "view")
    with pytest.raises(EventsNotSentError, match="1 event was not sent in 600 s: The given trackingId is unknown"):
        events.close(timeout=600)
    assert events.refused == ()


def test_a_full_queue_blocks_then_refuses_and_says_why_nothing_is_sent() -> None:
    service = FakeEvents(lambda _: client_error("ThrottlingException", "Rate exceeded"))
    events = sender(service, max_queue=2)
    events.put("u", "1", "view")
    events.put("u", "2", "view")
    assert service.entered.wait(20)
    while not events._trouble:
        threading.Event().wait(0.001)
    with pytest.raises(EventQueueFullError) as full:
        events.put("u", "3", "view", timeout=0.01)
    assert (
        str(full.value) == "2 events wait to be sent, as many as max_queue lets: this one was not taken: Rate exceeded"
    )
    service.fail = lambda _: None
    events.put("u", "3", "view", timeout=20)
    events.close()
    assert service.items == ["1", "2", "3"]


def test_a_flush_ends_at_once_where_only_a_person_can_help() -> None:
    service = FakeEvents(lambda _: client_error("AccessDeniedException", "not authorized to personalize:PutEvents"))
    events = sender(service)
    events.put("u", "1", "view")
    with pytest.raises(EventsNotSentError) as not_sent:
        events.close(timeout=600)
    assert str(not_sent.value) == "1 event was not sent in 600 s: not authorized to personalize:PutEvents"
    assert not_sent.value.waiting == 1


def test_a_flush_that_takes_too_long_says_how_many_wait() -> None:
    service = FakeEvents()
    service.gate.clear()
    events = sender(service)
    events.put("u", "1", "view")
    events.put("v", "1", "view")
    with pytest.raises(EventsNotSentError, match=r"^2 events were not sent in 0\.01 s$"):
        events.flush(timeout=0.01)
    service.gate.set()
    events.close()
    assert len(service.calls) == 2


def test_a_closed_sender_takes_nothing_and_closes_twice() -> None:
    events = sender(FakeEvents())
    events.close()
    events.close()
    with pytest.raises(EventError, match="the event sender is closed: make another one"):
        events.put("u", "1", "view")


def test_an_error_in_the_block_is_the_one_that_is_raised_and_events_are_sent_all_the_same() -> None:
    service = FakeEvents(refuse_item("1"))

    def program() -> None:
        with sender(service) as events:
            events.put("u", "1", "view")
            events.put("v", "2", "view")
            raise KeyError("x")

    with pytest.raises(KeyError) as raised:
        program()
    assert service.items == ["2"]
    assert raised.value.__notes__ == ["1 event was refused by Personalize: view of item 1 by u: properties: no"]


def test_many_threads_put_at_once_and_each_event_arrives_once_in_its_sessions_order() -> None:
    service = FakeEvents()
    with sender(service, max_queue=50) as events:

        def put(user: int) -> None:
            for n in range(200):
                events.put(f"u{user}", str(n), "view", timeout=20)

        threads = [threading.Thread(target=put, args=(user,)) for user in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for user in range(8):
        own = [event["itemId"] for call in service.calls if call["userId"] == f"u{user}" for event in call["eventList"]]
        assert own == [str(n) for n in range(200)]
    assert events.sent == 1600


def test_its_text_says_how_it_stands() -> None:
    events = sender(FakeEvents())
    assert repr(events) == "<EventSender of shop: 0 sent, 0 waiting>"
    events.close()


# --- with a spool ----------------------------------------------------------------------------------------------------


def test_a_spool_is_empty_after_all_is_sent(tmp_path: Path) -> None:
    with sender(FakeEvents(), spool=tmp_path / "new") as events:
        for n in range(30):
            events.put(f"u{n % 3}", str(n), "view")
    assert list((tmp_path / "new").iterdir()) == []


def test_what_a_sender_could_not_send_the_next_one_sends_with_the_same_ids(tmp_path: Path) -> None:
    events = sender(FakeEvents(lambda _: client_error("AccessDeniedException")), spool=tmp_path)
    given = [events.put("u", str(n), "view") for n in range(12)]
    with pytest.raises(EventsNotSentError, match=rf"kept in {tmp_path} for the next sender"):
        events.close()
    service = FakeEvents()
    sender(service, spool=tmp_path).close()
    assert [event["eventId"] for event in service.events] == given
    assert list(tmp_path.iterdir()) == []


def test_what_is_refused_leaves_the_spool(tmp_path: Path) -> None:
    events = sender(FakeEvents(refuse_item("1")), spool=tmp_path)
    events.put("u", "1", "view")
    with pytest.raises(EventsNotSentError):
        events.close()
    assert list(tmp_path.iterdir()) == []


def test_on_a_full_disk_put_raises_and_the_event_is_neither_sent_nor_read_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = FakeEvents()
    events = sender(service, spool=tmp_path)
    events.put("u", "1", "view")
    events.flush()
    write = os.write

    def full(descriptor: int, data: bytes) -> int:
        """Takes half of it."""
        if len(data) > 40:
            return write(descriptor, data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(EventError) as refused:
            events.put("u", "2", "view")
    assert str(refused.value) == f"spool {tmp_path}: No space left on device. The event was not taken"
    events.put("u", "3", "view")
    events.close()
    assert service.items == ["1", "3"]
