"""What the tests of history and its neighbours share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

__all__ = ["BEGAN", "event"]


BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def event(number: int, kind: str, previous: int | None = None, **details: Any) -> dict[str, Any]:
    key = f"{kind[0].lower()}{kind[1:]}EventDetails"
    for ending in ("StateEntered", "StateExited"):
        if kind.endswith(ending):
            key = f"{ending[0].lower()}{ending[1:]}EventDetails"
    return {
        "id": number,
        "previousEventId": number - 1 if previous is None else previous,
        "type": kind,
        "timestamp": BEGAN + timedelta(seconds=number - 1),
        **({key: details} if details else {}),
    }
