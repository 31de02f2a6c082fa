"""What the tests of text and its neighbours share."""

from __future__ import annotations

import io

from hypothesis import strategies as st
from rich.console import Console

__all__ = ["HOSTILE", "STEERING", "hostile", "shown", "steers"]


STEERING = [*map(chr, range(32)), *map(chr, range(0x7F, 0xA0)), *"\u200e\u200f\u202a\u202e\u2066\u2069", "\ud800"]
HOSTILE = [
    "\x1b]0;owned\x07",
    "\x1b[2J",
    "\x9b31m",
    "[/x]",
    "[link=https://evil.example]click[/link]",
    "[bold]",
    "a\nb",
    "\\",
]
hostile = st.one_of(
    st.sampled_from(HOSTILE), st.text(st.sampled_from(["[", "]", "/", "x", "\\", *STEERING]), min_size=1)
)


def shown(renderable: object) -> str:
    out = io.StringIO()
    Console(file=out, width=200, color_system=None, highlight=False).print(renderable)
    return out.getvalue()


def steers(text: str) -> list[str]:
    """The characters of a printed text that a terminal would obey."""
    return [character for character in text if character in STEERING and character not in "\n\t"]
