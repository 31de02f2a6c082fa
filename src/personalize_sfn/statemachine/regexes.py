r"""Regular expressions of paths, and how much work one may be.

Python's ``re`` tries every way to match and cannot be interrupted: ``(a+)+b`` doubles its work with each character.
Such patterns are common and harmless on short texts (``(\d+\.)+\d+``), so none is refused: the work that a pattern may
be on a text of some length is estimated, and counts as visits of the path.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

__all__ = ["Regex"]

_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]"  # one character
    r"|(?P<open>\((?:\?(?:P?<\w+>|<?[=!]|[:>]|[aiLmsux]+))?)|(?P<close>\))|(?P<bar>\|)"
    r"|(?P<repeat>(?:[*+?]|\{(?P<least>\d*)(?P<comma>,?)(?P<most>\d*)\})[?+]?)|.",
    re.DOTALL,
)
#: Steps of the pattern that count as one visit: a step is faster than a visit.
_STEPS = 32


@dataclass(slots=True)
class _Part:
    """What was read of a group: how often each of its repeats may vary, and how many alternatives there are."""

    varies: list[float] = field(default_factory=list)
    alternatives: int = 1
    nested: bool = False


class Regex:
    """A pattern that is matched to whole texts.

    Raises:
        re.error: it is none.
    """

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._compiled = re.compile(pattern, flags)
        read = _read(pattern)
        self._varies, self._alternatives, self._nested = read.varies, read.alternatives, read.nested

    def visits(self, text: str) -> float:
        """How many visits of values the match may be as much work as."""
        ways = math.prod(min(len(text), each) + 1 for each in self._varies) * self._alternatives
        doubled = 2.0 ** min(len(text), 1000) if self._nested else 1.0
        return max(ways, doubled) / _STEPS

    def matches(self, text: str) -> bool:
        return self._compiled.fullmatch(text) is not None


def _read(pattern: str) -> _Part:
    open_parts, last = [_Part()], None
    for token in _TOKEN.finditer(pattern):
        part = open_parts[-1]
        if token["open"]:
            open_parts.append(_Part())
            last = None
        elif token["close"] and len(open_parts) > 1:
            last = open_parts.pop()
            part = open_parts[-1]
            part.varies += last.varies
            part.alternatives *= last.alternatives
            part.nested |= last.nested
        elif token["bar"]:
            part.alternatives += 1
            last = None
        elif token["repeat"]:
            least, most = _bounds(token)
            if most > least:
                part.varies.append(most - least)
            part.nested |= most > 1 and last is not None and bool(last.varies or last.alternatives > 1)
            last = None
        else:
            last = None
    while len(open_parts) > 1:  # a bracket that is none, as in a comment
        last = open_parts.pop()
        open_parts[-1].varies += last.varies
        open_parts[-1].nested |= last.nested
    return open_parts[0]


def _bounds(token: re.Match[str]) -> tuple[float, float]:
    simple = {"*": (0.0, math.inf), "+": (1.0, math.inf), "?": (0.0, 1.0)}.get(token["repeat"][0])
    if simple is not None:
        return simple
    least = float(token["least"] or 0)
    if not token["comma"]:
        return least, least
    return least, float(token["most"] or math.inf)
