"""A data deletion job's work: which users are meant, and what of them goes.

https://docs.aws.amazon.com/personalize/latest/dg/delete-records.html
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np

from personalize_sfn.local.personalize.data.tables import DatasetContent, LiveEvent, LiveEvents, Table
from personalize_sfn.local.personalize.wire.errors import WorkFailed

MOST_BYTES = 100 * 2**20
HEADER = "USER_ID"


def users_of(files: Sequence[tuple[str, bytes]]) -> frozenset[str]:
    """The user ids of CSV files with the single column USER_ID.

    Raises:
        WorkFailed: a file that is none, or more than 100 MB in all.
    """
    if sum(len(content) for _, content in files) > MOST_BYTES:
        raise WorkFailed("The input files have more than 100 MB.")
    found: set[str] = set()
    for name, content in files:
        try:
            reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), escapechar="\\", strict=True)
            header = next(reader, [])
            if header != [HEADER]:
                raise WorkFailed(f"{name}: expected a CSV file with the single column {HEADER}, its header is {header}")
            for row in reader:
                if len(row) > 1:
                    raise WorkFailed(f"{name}, line {reader.line_num}: expected one user id, got {len(row)} values")
                found.update(row)
        except (UnicodeDecodeError, csv.Error) as error:
            raise WorkFailed(f"{name} is no CSV file in UTF-8: {error}") from error
    return frozenset(found - {""})


def delete_rows(content: DatasetContent, users: frozenset[str]) -> int:
    """Remove the users' rows, and say how many; what reads the old rows now keeps them to its end."""
    deleted = 0

    def without(part: Table) -> Table | None:
        nonlocal deleted
        keep = np.array([user not in users for user in part[HEADER].tolist()], dtype=np.bool_)
        gone = len(keep) - int(keep.sum())
        deleted += gone
        if not gone:
            return part
        return {name: column[keep] for name, column in part.items()} if gone < len(keep) else None

    content.replace(without)
    return deleted


def delete_events(live: LiveEvents, users: frozenset[str]) -> int:
    """Empty the users' events, those of their sessions too, and say how many.

    The places stay, so that the numbers of later events, and what versions know by number, hold.
    """
    sessions = live.settled_users()
    gone = {
        event.number
        for event in live.events
        if (event.user_id or sessions.get(event.session_id, event.session_id)) in users
    }
    if not gone:
        return 0
    live.events = [_emptied(event) if event.number in gone else event for event in live.events]
    remaining = {
        person: [event for event in events if event.number not in gone] for person, events in live.by_person.items()
    }
    live.by_person = {person: events for person, events in remaining.items() if events}
    return len(gone)


def _emptied(event: LiveEvent) -> LiveEvent:
    return LiveEvent(
        number=event.number,
        session_id="",
        user_id=None,
        event_type="",
        item_id=None,
        value=None,
        timestamp=event.timestamp,
        event_id=event.event_id,
    )
