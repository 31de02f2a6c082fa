"""Regular expressions of JSONata: those that could hold the process for longer than an expression may take are refused.

The time of an expression is looked at between its parts only, and Python's ``re`` cannot be interrupted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from personalize_sfn.statemachine import json_text
from personalize_sfn.statemachine.regexes import Regex

__all__ = ["JsonataRegex", "jsonata_regex"]

#: About the five seconds of an expression.  A path may have a tenth of it.
_MOST = 20 * json_text.LARGEST


class JsonataRegex:
    """What the library asks of a compiled pattern; each method raises ValueError where the search could take long."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._pattern, self._regex = pattern, Regex(pattern, flags)

    def search(self, text: str) -> re.Match[str] | None:
        return self._compiled_for(text).search(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return self._compiled_for(text).finditer(text)

    def sub(self, replacement: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        return self._compiled_for(text).sub(replacement, text, count)

    def split(self, text: str, maxsplit: int = 0) -> list[str | Any]:
        return self._compiled_for(text).split(text, maxsplit)

    def _compiled_for(self, text: str) -> re.Pattern[str]:
        if self._regex.search_visits(text) > _MOST:
            raise ValueError(
                f"the regular expression /{self._pattern}/ could try too many ways to match a text of {len(text)} "
                "characters; expected a pattern without a repeat within a repeat, or a shorter text"
            )
        return self._regex.compiled


def jsonata_regex(pattern: str, flags: Any) -> JsonataRegex:
    """The library's ``regex_engine``, which makes a pattern of ``/pattern/im``.

    Raises:
        re.error: it is none.
    """
    written = (flags.case_insensitive, re.IGNORECASE), (flags.multiline, re.MULTILINE)
    return JsonataRegex(pattern, sum(int(flag) for given, flag in written if given))
