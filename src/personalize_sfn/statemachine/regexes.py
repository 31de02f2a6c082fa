r"""Regular expressions of paths and of JSONata, and how much work one may be.

Python's ``re`` tries every way to match and cannot be interrupted: ``(a+)+b`` doubles its work with each character.
Such patterns are common and harmless on most texts (``(\d+\.)+\d+``), so none is refused: the work that a pattern may
be on a text is estimated.  A repeat can vary by as many characters as follow each other in the text that it can match.
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
#: What a token matches here is not told by the token alone: such a pattern's repeats may take the whole text.
_UNSURE = re.compile(r"\\[xuUN0-9]|\(\?P=|\(\?[a-zA-Z]*-?[a-zA-Z]+:|\(\?\(")
#: These match no character.
_ZERO_WIDTH = frozenset({"^", "$", r"\b", r"\B", r"\A", r"\Z"})
#: Steps of the pattern that count as one visit: a step is faster than a visit.
_STEPS = 32


@dataclass(slots=True)
class _Part:
    """What was read of a group: how often each of its repeats may vary, and how many alternatives there are.

    With the number of times stands the token that is repeated, "" for a group.
    """

    varies: list[tuple[float, str]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    alternatives: int = 1
    nested: bool = False


class Regex:
    """A pattern, and the work that it may be.

    Raises:
        re.error: it is none.
    """

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.compiled = re.compile(pattern, flags)
        self._read, self._ends_with_repeat = _read(pattern)
        self._sure = not (self.compiled.flags & re.VERBOSE or _UNSURE.search(pattern))

    def visits(self, text: str) -> float:
        """How many visits of values a match of the whole text may be as much work as."""
        return self._steps(text, self._read.varies) / _STEPS

    def search_visits(self, text: str) -> float:
        """How many visits of values it may be as much work as to find all places of the text that match."""
        varies = self._read.varies
        if self._ends_with_repeat and self._read.alternatives == 1:
            varies = varies[:-1]  # once there, it has matched: the search goes on behind it
        return (len(text) + 1) * self._steps(text, varies) / _STEPS

    def matches(self, text: str) -> bool:
        return self.compiled.fullmatch(text) is not None

    def _steps(self, text: str, varies: list[tuple[float, str]]) -> float:
        everything = "|".join(sorted(self._read.tokens))
        runs = {token: self._longest_run(text, token or everything) for token in {token for _, token in varies}}
        ways = math.prod(min(runs[token], times) + 1 for times, token in varies) * self._read.alternatives
        return max(ways, 2.0 ** min(self._longest_run(text, everything), 1000) if self._read.nested else 1.0)

    def _longest_run(self, text: str, tokens: str) -> int:
        """Of how many characters the longest part of the text is that these tokens match."""
        if not self._sure or not tokens:
            return len(text)
        # possessive: no way back is kept, which took 120 bytes of memory for each character
        runs = re.finditer(f"(?:{tokens})++", text, self.compiled.flags)
        return max((run.end() - run.start() for run in runs), default=0)


def _read(pattern: str) -> tuple[_Part, bool]:
    """The pattern as one part, and whether it ends with a repeat of one token."""
    open_parts, last, token_before, ends_with_repeat = [_Part()], None, "", False
    for token in _TOKEN.finditer(pattern):
        part = open_parts[-1]
        ends_with_repeat = False
        if token["open"]:
            open_parts.append(_Part())
            last = None
        elif token["close"] and len(open_parts) > 1:
            last, token_before = open_parts.pop(), ""
            part = open_parts[-1]
            part.varies += last.varies
            part.tokens |= last.tokens
            part.alternatives *= last.alternatives
            part.nested |= last.nested
        elif token["bar"]:
            part.alternatives += 1
            last = None
        elif token["repeat"]:
            least, most = _bounds(token)
            if most > least:
                part.varies.append((most - least, token_before))
                ends_with_repeat = bool(token_before) and len(open_parts) == 1
            part.nested |= most > 1 and last is not None and bool(last.varies or last.alternatives > 1)
            last = None
        else:
            last, token_before = None, _character(token[0])
            if token_before:
                part.tokens.add(token_before)
    while len(open_parts) > 1:  # a bracket that is none, as in a comment
        last = open_parts.pop()
        open_parts[-1].varies += last.varies
        open_parts[-1].tokens |= last.tokens
        open_parts[-1].nested |= last.nested
    return open_parts[0], ends_with_repeat


def _character(written: str) -> str:
    """The pattern of the characters that a token matches; "" where it matches none."""
    if written in _ZERO_WIDTH:
        return ""
    return written if len(written) > 1 or written == "." else re.escape(written)


def _bounds(written: re.Match[str]) -> tuple[float, float]:
    simple = {"*": (0.0, math.inf), "+": (1.0, math.inf), "?": (0.0, 1.0)}.get(written["repeat"][0])
    if simple is not None:
        return simple
    least = float(written["least"] or 0)
    if not written["comma"]:
        return least, least
    return least, float(written["most"] or math.inf)
