"""Events that wait to be sent, as PutEvents takes them: up to ten of one user's session in a call.

It knows neither threads nor clocks: the sender holds a lock around each call.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass
from typing import TypeAlias

from personalize_sfn.serving.outgoing_event import OutgoingEvent

__all__ = ["Backoff", "EventBatch", "EventQueue"]

#: https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_PutEvents.html
EVENTS_PER_CALL = 10

_SessionKey: TypeAlias = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class EventBatch:
    """Events of one user's session, the oldest first."""

    user_id: str | None
    session_id: str
    events: tuple[OutgoingEvent, ...]


class EventQueue:
    """Sessions take turns; a session whose batch is under way waits for it, so its events arrive in their order."""

    def __init__(self) -> None:
        self._waiting: dict[_SessionKey, deque[OutgoingEvent]] = {}
        """Of every session that has events here or under way."""
        self._turns: deque[_SessionKey] = deque()
        """Sessions with events of which none are under way."""
        self._count = 0
        self.under_way = 0
        """Batches that were taken and are not settled."""

    def __len__(self) -> int:
        """Events that wait or are under way."""
        return self._count

    @property
    def has_turn(self) -> bool:
        """Whether :meth:`take` has something to give."""
        return bool(self._turns)

    def put(self, event: OutgoingEvent) -> None:
        key = (event.user_id, event.session_id)
        self._count += 1
        if key in self._waiting:
            self._waiting[key].append(event)
        else:
            self._waiting[key] = deque([event])
            self._turns.append(key)

    def take(self) -> EventBatch:
        """The next batch; it must be settled.  IndexError: there is none."""
        key = self._turns.popleft()
        events = self._waiting[key]
        self.under_way += 1
        return EventBatch(*key, tuple(events.popleft() for _ in range(min(len(events), EVENTS_PER_CALL))))

    def settle(self, batch: EventBatch, left: tuple[OutgoingEvent, ...] = ()) -> None:
        """The batch is done with; those of its events that are ``left`` are the first of their session again."""
        key = (batch.user_id, batch.session_id)
        self.under_way -= 1
        self._count -= len(batch.events) - len(left)
        events = self._waiting[key]
        events.extendleft(reversed(left))
        if not events:
            del self._waiting[key]
        elif left:
            self._turns.appendleft(key)
        else:
            self._turns.append(key)


class Backoff:
    """When to try again: twice as long after each failure, from a tenth of a second to 20 seconds, with jitter.

    https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
    """

    FIRST, LONGEST = 0.1, 20.0
    LONGEST_IN_A_HURRY = 1.0

    def __init__(self) -> None:
        self.failures = 0
        self._not_before = 0.0

    def failed(self, now: float, *, hurry: bool = False) -> None:
        """``hurry``: somebody waits, with a time limit."""
        longest = min(self.LONGEST_IN_A_HURRY if hurry else self.LONGEST, self.FIRST * 2.0 ** min(self.failures, 30))
        self._not_before = now + longest * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
        self.failures += 1

    def reset(self) -> None:
        """It has succeeded, or is to be tried at once."""
        self.failures = 0
        self._not_before = 0.0

    def seconds(self, now: float) -> float:
        """How long to wait yet."""
        return max(0.0, self._not_before - now)
