"""Texts in quotes, as in filters and their values: ``"drama"``, ``'drama'``.

Inside, a backslash escapes quotes and itself; before anything else it is a character like others, as in CSV files.
"""

from __future__ import annotations

import re

QUOTED = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
"""As a regular expression; DOTALL."""
_LISTED = re.compile(rf"\s*({QUOTED})\s*(?:,|\Z)", re.DOTALL)
_WHOLE = re.compile(QUOTED, re.DOTALL)
_ESCAPED = re.compile(r"""\\(["'\\])""")


def within_quotes(text: str) -> str:
    """What a text in quotes means."""
    return _ESCAPED.sub(r"\1", text[1:-1])


def is_quoted(text: str) -> bool:
    """Is it one text in quotes?"""
    return _WHOLE.fullmatch(text) is not None


def listed(text: str) -> list[str] | None:
    """The texts of ``"drama","comedy"``; None for what is no such list."""
    found, place = [], 0
    while place < len(text):
        match = _LISTED.match(text, place)
        if match is None:
            return None
        found.append(within_quotes(match[1]))
        place = match.end()
    return found
