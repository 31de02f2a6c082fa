"""Timestamps as Step Functions reads and writes them: RFC 3339, to the millisecond, ``Z`` for UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime

__all__ = ["parse", "written"]

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)

_FIRST, _LAST = -62_135_596_800, 253_402_300_799


def parse(text: object) -> float | None:
    """Seconds since 1970; None if it is not text in RFC 3339 with ``T`` and a time zone."""
    if not isinstance(text, str) or not _RFC3339.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        return None


def written(seconds: float) -> str:
    """``2026-11-23T22:10:22.123Z``; a time beyond the years 1 to 9999 is written as their first or last second."""
    moment = datetime.fromtimestamp(min(max(seconds, _FIRST), _LAST), UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
