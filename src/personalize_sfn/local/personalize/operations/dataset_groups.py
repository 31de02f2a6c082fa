"""Dataset groups: they hold everything else, and the live events."""

from __future__ import annotations

from personalize_sfn.local.personalize.operations.behaviour import Behaviour, Call
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.local.personalize.tables import LiveEvents
from personalize_sfn.resources import DATASET, EVENT_TRACKER, RECOMMENDER, SOLUTION

_FIRST = (EVENT_TRACKER, RECOMMENDER, SOLUTION, DATASET)
"""What must be deleted before its dataset group."""


def live_events(group: Record) -> LiveEvents:
    """The events that came in through the group's event trackers."""
    if group.content is None:
        group.content = LiveEvents()
    events: LiveEvents = group.content
    return events


def _blocked(call: Call, record: Record) -> str | None:
    for row in _FIRST:
        for left in call.store.of(row, datasetGroup=record.arn):
            return f"The given dataset group still has a {row.words}, delete it first: {left.arn}"
    return None


BEHAVIOUR = Behaviour(blocked=_blocked)
