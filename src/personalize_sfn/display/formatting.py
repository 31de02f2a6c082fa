"""Numbers and statuses as people read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from html import escape as html_escape

from personalize_sfn.display.palette import LOOKS
from personalize_sfn.text import printable

__all__ = ["GLYPHS", "about", "by_status", "counted", "duration", "escape", "polls_text"]

GLYPHS = {
    "SUCCEEDED": "✓",
    "FAILED": "✕",
    "TIMED_OUT": "✕",
    "RUNNING": "▶",
    "WAITING": "…",
    "CAUGHT": "!",
    "RETRIED": "↻",
    "ABORTED": "■",
    "": "○",
}
"""Status is never told by colour alone."""


def escape(text: str) -> str:
    """The text as HTML and SVG take it, in an attribute too: markup escaped, control characters replaced."""
    return html_escape(printable(text), quote=True)


def duration(time: timedelta) -> str:
    """``0.4 s``, ``12.3 s``, ``4 min 05 s``, ``2 h 03 min``.

    >>> duration(timedelta(seconds=245))
    '4 min 05 s'
    """
    seconds = time.total_seconds()
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def about(time: timedelta) -> str:
    """A time that is not exact: ``8 s``, ``25 min``, ``2 h 30 min``."""
    seconds = time.total_seconds()
    if seconds < 90:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02} min"


def counted(number: int, one: str, many: str) -> str:
    """``1 poll``, ``2 polls``."""
    return f"{number} {one if number == 1 else many}"


def polls_text(polls: int) -> str:
    """Empty for none."""
    return counted(polls, "poll", "polls") if polls else ""


def by_status(title: str, things: Iterable[tuple[str, str]]) -> str:
    """What the colours say, for those who do not see them; ``things`` are pairs of a status and a label."""
    labels: dict[str, list[str]] = {status: [] for status in LOOKS}
    for status, label in things:
        labels[status].append(label)
    said = [f"{LOOKS[status].word}: {', '.join(found)}" for status, found in labels.items() if found]
    return ". ".join([title, *said])
