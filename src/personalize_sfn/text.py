"""Texts of services and of data, made safe to show: they may hold what steers a terminal or breaks an SVG.

An id, a title or a failure reason can come from a hostile file or from another person's resource.  Every text that is
shown passes through one of these functions: escape sequences move the cursor, clear the screen or set the window's
title, and bidirectional overrides make a line read otherwise than it is stored.
"""

from __future__ import annotations

import re

__all__ = ["one_line", "printable"]

#: C0 but for tab and line feed, DEL and C1 (both can begin an escape sequence: ECMA-48), marks and overrides of the
#: text's direction (Unicode TR 9), and what XML does not allow: surrogates, U+FFFE, U+FFFF
#: (https://www.w3.org/TR/xml/#charsets).
_NOT_PRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_LINE_BREAKS = re.compile(r"\s*[\t\n\x0b\x0c\r\x85\u2028\u2029]\s*")


def printable(text: str) -> str:
    r"""The text with ``�`` in place of every character that steers a terminal; line feeds and tabs stay.

    >>> printable("Tron \x1b[2J")
    'Tron �[2J'
    """
    return _NOT_PRINTABLE.sub(_REPLACEMENT, text)


def one_line(text: str) -> str:
    r"""As :func:`printable`, with a space in place of each line break: a cell cannot pretend to be a row of its own.

    >>> one_line("Tron\n  2. Alien")
    'Tron 2. Alien'
    """
    return printable(_LINE_BREAKS.sub(" ", text))
