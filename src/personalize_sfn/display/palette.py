"""The colours of both themes and how each status looks: told by colour, by glyph and by border."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["ANYWHERE", "LOOKS", "SIZES", "THEMES", "StatusLook"]

THEMES: Mapping[str, Mapping[str, str]] = {
    "light": {
        "bg": "#ffffff",
        "group": "#fafbfc",
        "node": "#f3f5f7",
        "fg": "#1b2733",
        "mute": "#55626f",
        "line": "#74818e",
        "ok": "#18763f",
        "bad": "#b92a2a",
        "run": "#135ab0",
        "wait": "#6a4bbf",
        "caught": "#8d5a00",
        "again": "#0b6e75",
        "stop": "#55626f",
    },
    "dark": {
        "bg": "#14191f",
        "group": "#191f26",
        "node": "#1f2730",
        "fg": "#e6ebf0",
        "mute": "#a3afba",
        "line": "#7f8c99",
        "ok": "#4cc281",
        "bad": "#ff8078",
        "run": "#6cb0ff",
        "wait": "#b9a3ff",
        "caught": "#e0a526",
        "again": "#45c5cc",
        "stop": "#a3afba",
    },
}
"""``bg`` lies under all, ``group`` inside a Parallel or Map, ``node`` inside other nodes; ``fg`` and ``mute`` are
texts, ``line`` edges and borders, the others accents.  Texts have a contrast of 4.5:1 at least with what they can lie
on, lines and accents of 3:1 (WCAG 2.2, criteria 1.4.3 and 1.4.11, level AA); glyphs are ``bg`` on an accent, at 4.5:1.
"""


ANYWHERE: Mapping[str, str] = {
    "main": "#3b82d6",
    "other": "#7f8893",
    "gone": "#b8730a",
    "ok": "#2a9558",
    "bad": "#dc4c4c",
}
"""Of bars that lie on the page itself, whose colour is unknown: 3:1 at least on light and dark pages.  ``main`` is
what one looks for or what runs, ``other`` what it is compared with, ``gone`` what was left out or is late, ``ok`` what
is done, ``bad`` what failed.
"""

SIZES: Mapping[str, int] = {"title": 15, "text": 13, "small": 12}
"""Of texts in results and pictures, in pixels: what a result is called, what it says, labels.  Nothing is smaller."""


@dataclass(frozen=True, slots=True)
class StatusLook:
    """How a node of one status looks."""

    word: str
    accent: str
    width: float
    """Of its border, in pixels."""
    dashes: str
    """Of its border; empty: an unbroken line."""
    glyph: str
    """A path in a square of 16 by 16 pixels: fonts lack many symbols."""
    is_filled: bool = False
    """The glyph is filled, not stroked."""


LOOKS: Mapping[str, StatusLook] = {
    "SUCCEEDED": StatusLook("succeeded", "ok", 2, "", "M4.3 8.4l2.6 2.6 4.8-5.8"),
    "RETRIED": StatusLook("retried", "again", 2, "16 4", "M11.8 6.4a4.2 4.2 0 1 0 .3 2.6M12.3 3.4v3.1h-3.1"),
    "CAUGHT": StatusLook("caught", "caught", 2, "9 3 2 3", "M8 3.8v5M8 11.9v.2"),
    "RUNNING": StatusLook("running", "run", 3, "7 3", "M6 4.2l6 3.8-6 3.8z", is_filled=True),
    "WAITING": StatusLook("waiting", "wait", 3, "2 4", "M4.5 8v.01M8 8v.01M11.5 8v.01"),
    "FAILED": StatusLook("failed", "bad", 4, "", "M5 5l6 6M11 5l-6 6"),
    "TIMED_OUT": StatusLook("timed out", "bad", 4, "12 4", "M8 3.6v4.7l3 2"),
    "ABORTED": StatusLook("aborted", "stop", 2, "4 4", "M5.3 5.3h5.4v5.4h-5.4z", is_filled=True),
    "": StatusLook("not reached", "line", 1, "", ""),
}
"""By status, in the order of a legend."""
