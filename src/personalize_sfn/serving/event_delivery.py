"""Batches of events to PutEvents, and what its answers mean for the events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from personalize_sfn.aws_errors import DENIED, EXPIRED, code_of, message_of
from personalize_sfn.config import Config
from personalize_sfn.errors import EventError
from personalize_sfn.serving.event_queue import EventBatch
from personalize_sfn.serving.event_trackers import find_tracking_id
from personalize_sfn.serving.outgoing_event import OutgoingEvent
from personalize_sfn.session import Session

__all__ = ["DeliveryOutcome", "EventDelivery", "RefusedEvent"]

#: The event is at fault: it is refused again however often it is sent.
_REFUSED = frozenset({"InvalidInputException", "ValidationException"})
#: The caller is at fault: only a person can change that.
_HOPELESS = DENIED | EXPIRED | {"UnrecognizedClientException", "InvalidSignatureException", "InvalidClientTokenId"}
_CONNECT_SECONDS, _READ_SECONDS = 5.0, 10.0


@dataclass(frozen=True, slots=True)
class RefusedEvent:
    """An event that Personalize refused for good."""

    user_id: str | None
    session_id: str
    event: Mapping[str, Any]
    """As PutEvents takes it: ``eventId``, ``eventType``, ``itemId``, ``sentAt`` in seconds since 1970, ..."""
    reason: str
    """The service's message."""

    def __str__(self) -> str:
        item = self.event.get("itemId")
        return f"{self.event['eventType']} of item {item} by {self.user_id or self.session_id}: {self.reason}"


class DeliveryOutcome(NamedTuple):
    """What became of a batch."""

    done: Sequence[OutgoingEvent]
    """Sent, or refused for good."""
    left: tuple[OutgoingEvent, ...]
    """Not sent, because of ``error``."""
    refused: Sequence[RefusedEvent]
    error: Exception | None


class EventDelivery:
    """Calls PutEvents with the tracking id of the project's event tracker.  Thread-safe."""

    def __init__(self, session: Session, config: Config, tracking_id: str | None, connections: int) -> None:
        """
        Args:
            session: from :func:`personalize_sfn.connect`.
            config: the pipeline.
            tracking_id: None: Personalize is asked for it, now and whenever it does not know it any more.
            connections: how many calls are under way at once.

        Raises:
            EventError: there is no ACTIVE event tracker.
        """
        self._session, self._config, self._connections = session, config, connections
        self._given_tracking_id = tracking_id
        self._tracking_id: str | None = tracking_id or find_tracking_id(session, config)
        self._client: Any = None
        self.connect()

    def connect(self) -> None:
        """Make the client, if there is none in this process."""
        if self._client is None:
            self._client = self._session.new_client(
                "personalize-events",
                retries={"total_max_attempts": 1},  # they are the sender's
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=_READ_SECONDS,
                max_pool_connections=self._connections,
            )

    def disconnect(self) -> None:
        """In the child after a fork: the connections are the parent's."""
        self._client = None

    def deliver(self, batch: EventBatch) -> DeliveryOutcome:
        """Send it; event by event where the service refuses it, because it does not say which one it means."""
        left, size = batch.events, len(batch.events)
        done: list[OutgoingEvent] = []
        refused: list[RefusedEvent] = []
        while left:
            part = left[:size]
            error = self._call(batch, part)
            if error is not None:
                if not _is_refusal(error):
                    return DeliveryOutcome(done, left, refused, error)
                if len(part) > 1:
                    size = 1
                    continue
                event, reason = part[0], message_of(error)
                refused.append(RefusedEvent(event.user_id, event.session_id, event.members, reason))
            done += part
            left = left[len(part) :]
        return DeliveryOutcome(done, (), refused, None)

    def is_hopeless(self, error: Exception) -> bool:
        """Whether only a person can change what stands in the way."""
        from botocore.exceptions import NoCredentialsError

        unknown_tracker = self._given_tracking_id is not None and _is_about_the_tracker(error)
        no_access = isinstance(error, (NoCredentialsError, EventError)) or code_of(error) in _HOPELESS
        return unknown_tracker or no_access

    def _call(self, batch: EventBatch, events: Sequence[OutgoingEvent]) -> Exception | None:
        """PutEvents; what went wrong."""
        user = {} if batch.user_id is None else {"userId": batch.user_id}
        try:
            if self._tracking_id is None:
                self._tracking_id = find_tracking_id(self._session, self._config)
            self._client.put_events(
                trackingId=self._tracking_id,
                sessionId=batch.session_id,
                eventList=[dict(event.members) for event in events],
                **user,
            )
        except Exception as error:  # whatever it is, the events must not be lost, nor the thread
            if _is_about_the_tracker(error):
                self._tracking_id = self._given_tracking_id
            return error
        return None


def _is_refusal(error: Exception) -> bool:
    from botocore.exceptions import ParamValidationError

    if isinstance(error, ParamValidationError):
        return True
    return code_of(error) in _REFUSED and not _is_about_the_tracker(error)


def _is_about_the_tracker(error: Exception) -> bool:
    """Whether the tracking id is refused, by the same code as a wrong event: then no event is at fault."""
    return code_of(error) in _REFUSED and "tracking" in message_of(error).lower()
