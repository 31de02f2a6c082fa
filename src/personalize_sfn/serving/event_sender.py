"""Live events from an application to Personalize, in the background."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any

from personalize_sfn.aws_errors import message_of
from personalize_sfn.config import Config
from personalize_sfn.errors import EventError, EventQueueFullError, EventsNotSentError
from personalize_sfn.serving import process_end
from personalize_sfn.serving.event_delivery import DeliveryOutcome, EventDelivery, RefusedEvent
from personalize_sfn.serving.event_queue import Backoff, EventBatch, EventQueue
from personalize_sfn.serving.event_spool import EventSpool
from personalize_sfn.serving.outgoing_event import EventColumns, OutgoingEvent, make_event
from personalize_sfn.session import Session

__all__ = ["EventSender"]

_KEPT_REFUSED = 1000
_SHOWN_REFUSED = 3


class EventSender:
    """Sends what users do to Personalize, in batches, from threads of its own; ``put`` returns at once.

    ::

        with EventSender(session, config) as events:
            events.put("u1", "42", "buy")

    Make one for each process and share it: it is thread-safe, and goes on in a child after a fork.  A call of PutEvents
    takes up to ten events of one user's session; those of one session arrive in their order.  What may pass
    (throttling, a lost connection, missing permissions) is tried again, with backoff, as long as it takes; what the
    service refuses is told, and the others of its batch are sent.

    **What can be lost.**  Nothing at the end of the program, by an exception or by SIGTERM (handled where the sender is
    made in the main thread, then the handler that was there before is called), if Personalize answers within
    ``exit_timeout``; otherwise stderr says how many.  By SIGKILL, or if the process crashes: what waits in memory.
    With ``spool``: nothing, because each event is on disk before ``put`` returns, and the next sender with that folder
    sends what is left.  An event may so arrive twice; it has an id by which Personalize counts it once.  A power cut
    may take what was put since the last attempt to send.

    In AWS Lambda, call :meth:`flush` before the function returns: its threads stand still between invocations.
    """

    def __init__(
        self,
        session: Session,
        config: Config,
        *,
        tracking_id: str | None = None,
        spool: str | os.PathLike[str] | None = None,
        max_queue: int = 10_000,
        connections: int = 4,
        exit_timeout: float = 10.0,
        on_refused: Callable[[RefusedEvent], object] | None = None,
    ) -> None:
        """
        Args:
            session: from :func:`personalize_sfn.connect`.
            config: the pipeline, whose dataset group has an event tracker.
            tracking_id: of the event tracker.  Default: Personalize is asked for it once, now; that needs
                personalize:ListEventTrackers and personalize:DescribeEventTracker beside personalize:PutEvents.
            spool: a folder on a disk of this machine, which several processes may share.
            max_queue: how many events may wait.
            connections: how many calls may be under way at once.
            exit_timeout: seconds that the end of the process, or an error in a ``with`` block, may be delayed.  ECS and
                Kubernetes kill 30 seconds after SIGTERM.
            on_refused: is called with each refused event, in a thread of the sender.  Default: :meth:`flush` and
                :meth:`close` raise.

        Raises:
            EventError: there is no ACTIVE event tracker, or the spool cannot be written; says what to do.
        """
        self.exit_timeout = exit_timeout
        self._session, self._config = session, config
        self._delivery = EventDelivery(session, config, tracking_id, connections)
        self.columns = EventColumns(config.datasets.interactions.schema)
        self._max_queue, self._connections = max_queue, connections
        self._on_refused = on_refused
        self._spool: EventSpool | None = None
        if spool is not None:
            self._spool = EventSpool(spool, f"{session.account_id}/{session.region}/{config.project}")
        self._begin()
        if self._spool is not None:
            for event in self._spool.recover():
                self._queue.put(event)
            if self._spool.damaged_lines:
                log = logging.getLogger(__name__)
                log.warning("spool %s: %d damaged lines were left out", self._spool.folder, self._spool.damaged_lines)
            if self._queue.has_turn:
                self._start()
        process_end.remember(self)

    def _begin(self) -> None:
        """With nothing to send: in a new sender, and in the child after a fork."""
        # A signal handler may flush while the main thread is in here: its wait must let go of the lock wholly.
        self._lock = threading.RLock()
        self._work = threading.Condition(self._lock)
        """Notified when there may be a batch to take."""
        self._settled = threading.Condition(self._lock)
        """Notified when events are done with, or cannot be."""
        self._queue = EventQueue()
        self._backoff = Backoff()
        self._threads: list[threading.Thread] = []
        self._closed = self._stopping = False
        self._flushes = 0
        """Callers that wait in :meth:`flush`."""
        self._trouble = ""
        """Why the last attempt failed; empty: it did not."""
        self._is_hopeless = False
        self._refused: deque[RefusedEvent] = deque(maxlen=_KEPT_REFUSED)
        self._untold: list[RefusedEvent] = []
        self.sent = 0
        """Events that Personalize took."""
        self.refused_count = 0

    # --- for applications --------------------------------------------------------------------------------------------

    def put(
        self,
        user_id: str | int | None,
        item_id: str | int | None,
        event_type: str,
        *,
        session_id: str | None = None,
        value: float | None = None,
        properties: Mapping[str, Any] | None = None,
        sent_at: datetime | float | None = None,
        recommendation_id: str | None = None,
        impression: Sequence[str] = (),
        attribution_source: str | None = None,
        event_id: str | None = None,
        timeout: float = 5.0,
    ) -> str:
        """Queue one event; with a spool, also write it down.

        Args:
            user_id: None: not known yet; then ``session_id`` is needed.  When one event of the session has a user, the
                next full training gives them the others.
            item_id: None for events without an item, such as a search.
            event_type: such as ``click`` or ``buy``: what solutions and filters call it.
            session_id: of the visit.  Default: the user's id, one session for each user.
            value: EVENT_VALUE: a rating, seconds watched, a price.
            properties: the other columns of the Interactions dataset, by name: ``{"DEVICE": "tv"}``.
            sent_at: when it happened: a datetime with a time zone, or seconds since 1970.  Default: now.
            recommendation_id: of the answer that showed the item; it tells Personalize what else was shown.
            impression: up to 25 ids of items that were shown, instead of ``recommendation_id``.
            attribution_source: what a metric attribution is to credit, such as ``newsletter``.
            event_id: Personalize counts an id once.  Default: a new one.
            timeout: seconds to wait for room where the queue is full.

        Returns:
            The event's id.

        Raises:
            EventQueueFullError: there was no room in time; says why nothing is sent.
            EventError: AWS would refuse the event, the disk of the spool is full, or the sender is closed.
        """
        event = make_event(
            self.columns,
            user_id,
            item_id,
            event_type,
            session_id=session_id,
            value=value,
            properties=properties,
            sent_at=sent_at,
            recommendation_id=recommendation_id,
            impression=impression,
            attribution_source=attribution_source,
            event_id=event_id,
        )
        self.put_event(event, timeout=timeout)
        return event.event_id

    def put_event(self, event: OutgoingEvent, *, timeout: float = 5.0) -> None:
        """As :meth:`put`, an event that is made already."""
        with self._lock:
            self._require_open()
            if len(self._queue) >= self._max_queue:
                self._settled.wait_for(lambda: len(self._queue) < self._max_queue or self._closed, timeout)
                self._require_open()
                if len(self._queue) >= self._max_queue:
                    raise EventQueueFullError(
                        f"{len(self._queue):,} events wait to be sent, as many as max_queue lets: "
                        f"this one was not taken{self._because()}"
                    )
            self._start()
            if self._spool is not None:
                self._spool.add(event)
            self._queue.put(event)
            self._work.notify()

    def flush(self, timeout: float = 30.0) -> None:
        """Wait until all that was put is sent.  The sender goes on.

        Raises:
            EventsNotSentError: Personalize refused events since the last time, and there is no ``on_refused``; or
                events still wait after ``timeout`` seconds, or at once where only a person can help, such as with a
                missing permission.
        """
        with self._lock:
            self._is_hopeless = False
            self._backoff.reset()
            self._work.notify_all()
            self._flushes += 1
            try:
                self._settled.wait_for(lambda: not len(self._queue) or self._is_hopeless, timeout)
            finally:
                self._flushes -= 1
            waiting = len(self._queue)
            untold, self._untold = tuple(self._untold), []
            if not waiting and not untold:
                return
            parts = []
            if untold:
                shown = "; ".join(str(each) for each in untold[:_SHOWN_REFUSED])
                more = f"; and {len(untold) - _SHOWN_REFUSED} more" if len(untold) > _SHOWN_REFUSED else ""
                parts.append(f"{_events(len(untold))} refused by Personalize: {shown}{more}")
            if waiting:
                kept = f"; kept in {self._spool.folder} for the next sender" if self._spool is not None else ""
                parts.append(f"{_events(waiting)} not sent in {timeout:.3g} s{self._because()}{kept}")
        raise EventsNotSentError(". ".join(parts), refused=untold, waiting=waiting)

    def close(self, timeout: float = 30.0) -> None:
        """Send what is there, and end; nothing more can be put.

        Raises:
            EventsNotSentError: as :meth:`flush`.  What waits is lost, unless there is a spool.
        """
        with self._lock:
            if self._stopping:
                return
            self._closed = True
            self._settled.notify_all()
        try:
            self.flush(timeout)
        finally:
            with self._lock:
                self._stopping = True
                self._work.notify_all()
                if self._spool is not None:
                    self._spool.close()
            process_end.forget(self)

    def __enter__(self) -> EventSender:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
            return
        try:
            self.close(self.exit_timeout)
        except EventError as not_sent:
            error.add_note(str(not_sent))  # the first error is the one to see

    @property
    def waiting(self) -> int:
        """Events that were put and not sent yet."""
        return len(self._queue)

    @property
    def refused(self) -> tuple[RefusedEvent, ...]:
        """The last 1,000 events that Personalize refused; ``refused_count`` counts all."""
        with self._lock:
            return tuple(self._refused)

    @property
    def finishes_on_sigterm(self) -> bool:
        """Whether SIGTERM comes here first: False where the sender was made outside the main thread, or the program set
        a handler of its own since."""
        return process_end.sigterm_is_handled()

    def __repr__(self) -> str:
        return f"<EventSender of {self._config.project}: {self.sent:,} sent, {self.waiting:,} waiting{self._because()}>"

    # --- in its threads ----------------------------------------------------------------------------------------------

    def _start(self) -> None:
        """The threads: as late as this, so that a process that only forks has none."""
        if self._threads:
            return
        self._delivery.connect()
        for _ in range(self._connections):
            thread = threading.Thread(target=self._run, name="personalize-sfn-events", daemon=True)
            thread.start()
            self._threads.append(thread)
        process_end.finish_in_child_of_multiprocessing()

    def _run(self) -> None:
        while (batch := self._next_batch()) is not None:
            self._send(batch)

    def _next_batch(self) -> EventBatch | None:
        """Waits for it; None: the sender ends."""
        with self._lock:
            while not self._stopping:
                seconds = self._backoff.seconds(time.monotonic())
                # After a failure one call at a time finds out whether it has passed.
                is_probing = self._backoff.failures > 0 and self._queue.under_way > 0
                if self._queue.has_turn and not seconds and not is_probing:
                    return self._queue.take()
                self._work.wait(seconds if self._queue.has_turn and not is_probing else None)
            return None

    def _send(self, batch: EventBatch) -> None:
        outcome = self._delivery.deliver(batch)
        self._settle(batch, outcome)
        for each in outcome.refused if self._on_refused is not None else ():
            try:
                assert self._on_refused is not None
                self._on_refused(each)
            except Exception:
                logging.getLogger(__name__).exception("on_refused failed")

    def _settle(self, batch: EventBatch, outcome: DeliveryOutcome) -> None:
        with self._lock:
            self._queue.settle(batch, outcome.left)
            self.sent += len(outcome.done) - len(outcome.refused)
            self.refused_count += len(outcome.refused)
            self._refused.extend(outcome.refused)
            if self._on_refused is None:
                self._untold += outcome.refused
                del self._untold[:-_KEPT_REFUSED]
            spool = None if self._stopping else self._spool
            if spool is not None:
                spool.done(outcome.done)
            if outcome.error is None:
                if self._backoff.failures:
                    self._work.notify_all()
                self._backoff.reset()
                self._trouble, self._is_hopeless = "", False
            else:
                self._backoff.failed(time.monotonic(), hurry=self._flushes > 0)
                self._trouble = message_of(outcome.error) or type(outcome.error).__name__
                self._is_hopeless = self._delivery.is_hopeless(outcome.error)
                if spool is not None:
                    spool.sync()
                self._work.notify_all()
            self._settled.notify_all()

    def _require_open(self) -> None:
        if self._closed:
            raise EventError("the event sender is closed: make another one")

    def _because(self) -> str:
        return f": {self._trouble}" if self._trouble else ""

    def after_fork(self) -> None:
        """In the child, which gets nothing of the parent's but the settings; called by the interpreter."""
        closed = self._closed
        self._begin()
        self._closed = closed
        self._delivery.disconnect()
        if self._spool is not None:
            self._spool.after_fork()


def _events(count: int) -> str:
    return f"{count:,} event{'s' if count != 1 else ''} {'were' if count != 1 else 'was'}"
