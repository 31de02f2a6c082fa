"""The queue of events, without threads and clocks."""

from __future__ import annotations

import pytest

from personalize_sfn.serving.event_queue import Backoff, EventQueue
from personalize_sfn.serving.outgoing_event import OutgoingEvent


def event(user: str, number: int, session: str | None = None) -> OutgoingEvent:
    return OutgoingEvent(user, session or user, {"eventId": f"{user}-{number}"})


def ids(events: tuple[OutgoingEvent, ...]) -> list[str]:
    return [each.event_id for each in events]


def queue_of(*events: OutgoingEvent) -> EventQueue:
    queue = EventQueue()
    for each in events:
        queue.put(each)
    return queue


def test_a_batch_has_ten_events_of_one_session_at_most_in_their_order() -> None:
    queue = queue_of(*(event("u", n) for n in range(12)))
    first = queue.take()
    assert (first.user_id, first.session_id, ids(first.events)) == ("u", "u", [f"u-{n}" for n in range(10)])
    queue.settle(first)
    assert ids(queue.take().events) == ["u-10", "u-11"]


def test_events_of_two_sessions_of_a_user_never_share_a_batch() -> None:
    queue = queue_of(event("u", 1, "morning"), event("u", 2, "evening"), event("u", 3, "morning"))
    assert [ids(queue.take().events) for _ in range(2)] == [["u-1", "u-3"], ["u-2"]]


def test_a_session_with_a_batch_under_way_waits_so_that_its_events_arrive_in_order() -> None:
    queue = queue_of(event("u", 1))
    first = queue.take()
    queue.put(event("u", 2))
    assert not queue.has_turn
    queue.settle(first)
    assert ids(queue.take().events) == ["u-2"]


def test_what_is_left_of_a_batch_comes_first_again() -> None:
    queue = queue_of(event("u", 1), event("u", 2), event("v", 1))
    batch = queue.take()
    queue.put(event("u", 3))
    queue.settle(batch, batch.events[1:])
    assert len(queue) == 3
    assert [ids(queue.take().events) for _ in range(2)] == [["u-2", "u-3"], ["v-1"]]


def test_sessions_take_turns_so_that_a_busy_one_keeps_none_waiting() -> None:
    queue = queue_of(*(event("busy", n) for n in range(30)), event("calm", 1))
    first = queue.take()
    queue.settle(first)
    assert queue.take().user_id == "calm"


def test_it_is_empty_and_remembers_no_session_when_all_is_settled() -> None:
    queue = queue_of(*(event(f"u{n}", 1) for n in range(50)))
    while queue.has_turn:
        queue.settle(queue.take())
    assert (len(queue), queue.under_way, queue._waiting) == (0, 0, {})


def test_taking_from_an_empty_queue_is_an_error() -> None:
    with pytest.raises(IndexError):
        EventQueue().take()


def test_the_wait_doubles_with_each_failure_up_to_twenty_seconds() -> None:
    backoff, waits = Backoff(), []
    for _ in range(12):
        backoff.failed(now=100.0)
        waits.append(backoff.seconds(now=100.0))
    for wait, longest in zip(waits, [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 20, 20, 20, 20], strict=True):
        assert longest / 2 <= wait <= longest
    assert backoff.seconds(now=120.0) == 0
    backoff.failed(now=100.0, hurry=True)
    assert 0.5 <= backoff.seconds(now=100.0) <= 1  # somebody waits
    backoff.reset()
    backoff.failed(now=100.0)
    assert backoff.seconds(now=100.0) <= 0.1
