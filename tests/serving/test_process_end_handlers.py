"""The handler of SIGTERM among others, in this process: a handler of the test's own is always at the bottom."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from fakes.event_services import FakeEvents, session_with
from personalize_sfn.config import Config
from personalize_sfn.serving import EventSender, process_end

CONFIG = Config(project="shop")


class Handlers:
    """What was called, and how many events had arrived by then."""

    def __init__(self) -> None:
        self.service = FakeEvents()
        self.called: list[tuple[str, int]] = []

    def at_the_bottom(self, number: int, frame: FrameType | None) -> None:
        self.called.append(("bottom", len(self.service.events)))

    def sender(self) -> EventSender:
        return EventSender(session_with(self.service), CONFIG, tracking_id="t")


@pytest.fixture
def handlers() -> Iterator[Handlers]:
    made = Handlers()
    before = signal.signal(signal.SIGTERM, made.at_the_bottom)
    kept, process_end._handlers_before[:] = list(process_end._handlers_before), []
    yield made
    process_end._handlers_before[:] = kept
    signal.signal(signal.SIGTERM, before)


def put(events: EventSender, count: int) -> None:
    for n in range(count):
        events.put(f"u{n % 3}", str(n), "view")


def test_all_is_sent_before_the_handler_that_was_there_is_called_and_the_sender_goes_on(handlers: Handlers) -> None:
    with handlers.sender() as events:
        assert events.finishes_on_sigterm
        put(events, 50)
        signal.raise_signal(signal.SIGTERM)
        assert handlers.called == [("bottom", 50)]
        put(events, 1)
    assert events.sent == 51
    assert signal.getsignal(signal.SIGTERM) == handlers.at_the_bottom


def test_a_handler_that_was_set_over_ours_and_calls_it_reaches_the_bottom_once(handlers: Handlers) -> None:
    first = handlers.sender()
    ours: Any = signal.getsignal(signal.SIGTERM)

    def over(number: int, frame: FrameType | None) -> None:
        handlers.called.append(("over", len(handlers.service.events)))
        ours(number, frame)

    signal.signal(signal.SIGTERM, over)
    second = handlers.sender()
    put(first, 2)
    put(second, 3)
    signal.raise_signal(signal.SIGTERM)
    assert handlers.called == [("over", 5), ("bottom", 5)]
    first.close()
    second.close()
    assert signal.getsignal(signal.SIGTERM) is over
    signal.raise_signal(signal.SIGTERM)
    assert handlers.called[2:] == [("over", 5), ("bottom", 5)]


def test_more_signals_while_the_first_is_dealt_with_call_the_handler_once(handlers: Handlers) -> None:
    events = handlers.sender()
    handlers.service.gate.clear()
    put(events, 5)

    def again() -> None:
        assert handlers.service.entered.wait(20)
        main = threading.main_thread().ident
        assert main is not None
        for _ in range(3):
            signal.pthread_kill(main, signal.SIGTERM)
        handlers.service.gate.set()

    thread = threading.Thread(target=again)
    thread.start()
    signal.raise_signal(signal.SIGTERM)
    thread.join()
    assert set(handlers.called) == {("bottom", 5)}
    assert len(handlers.called) <= 2  # the thread's may have come before that of the test
    events.close()


def test_a_signal_while_the_programs_handler_runs_calls_that_again(handlers: Handlers) -> None:
    def twice(number: int, frame: FrameType | None) -> None:
        handlers.called.append(("twice", 0))
        if len(handlers.called) == 1:
            signal.raise_signal(signal.SIGTERM)

    signal.signal(signal.SIGTERM, twice)
    with handlers.sender():
        signal.raise_signal(signal.SIGTERM)
    assert handlers.called == [("twice", 0)] * 2


def test_a_handler_that_was_set_instead_of_ours_is_left_alone_and_known(handlers: Handlers) -> None:
    events = handlers.sender()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    assert not events.finishes_on_sigterm
    events.close()
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_IGN


def test_a_signal_that_the_program_ignores_stays_ignored(handlers: Handlers) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with handlers.sender():
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_IGN


def test_outside_the_main_thread_no_handler_is_set_and_the_sender_says_so(handlers: Handlers) -> None:
    found: list[bool] = []

    def work() -> None:
        with handlers.sender() as events:
            found.append(events.finishes_on_sigterm)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [False]
    assert signal.getsignal(signal.SIGTERM) == handlers.at_the_bottom
