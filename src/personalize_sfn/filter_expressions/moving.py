"""Expressions that move with time: ``{now-30d}`` stands for the start of the day 30 days ago.

A filter cannot be changed, so another day is another filter.  Imports the standard library only.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta

_NOW = re.compile(r"\{now(?:-(\d{1,4})d)?\}")


def resolved(expression: str, now: datetime) -> str:
    """The expression with seconds since 1970 in place of ``{now}`` and ``{now-30d}``; the same for a day (UTC)."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return _NOW.sub(lambda found: str(int((day - timedelta(days=int(found[1] or 0))).timestamp())), expression)


def is_moving(expression: str) -> bool:
    """Whether another day makes another filter of it."""
    return _NOW.search(expression) is not None


def filter_hash(expression: str) -> str:
    """The end of a filter's name: 12 hexadecimal digits of its resolved expression."""
    return hashlib.sha256(expression.encode()).hexdigest()[:12]


def has_filter_name(found: str, name: str) -> bool:
    """Whether a filter's name is this one of ours with a hash behind it."""
    return re.fullmatch(rf"{re.escape(name)}-[0-9a-f]{{12}}", found) is not None
