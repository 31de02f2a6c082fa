"""Values that no state expects."""

from __future__ import annotations

from typing import Any

HUGE = 10**400
HALF = "\ud800"


def nested(depth: int, value: Any = None) -> Any:
    """A value in so many lists."""
    for _ in range(depth):
        value = [value]
    return value
