"""What a path has met so far: how much it may visit is limited, because every execution waits for it."""

from __future__ import annotations

from typing import Any

from personalize_sfn.statemachine import json_text

__all__ = ["PathNotFound", "TooManyVisits", "Visit"]

#: Of the values of the largest payload some times as many: half a second of work.
_MOST = 2 * json_text.LARGEST


class PathNotFound(LookupError):
    """A definite path leads nowhere; ``str()`` is what AWS says after "Invalid path '...' : "."""


class TooManyVisits(PathNotFound):
    """A path asks for more work than it may."""


class Visit:
    """One look-up of a path; ``found`` is what its filters' operands of the root gave, which are the same each time."""

    __slots__ = ("_left", "found", "root")

    def __init__(self, root: Any) -> None:
        self.root = root
        self.found: dict[int, Any] = {}
        self._left: float = _MOST

    def spend(self, visits: float) -> None:
        """Count visits of values.

        Raises:
            TooManyVisits: these are too many.
        """
        self._left -= visits
        if self._left < 0:
            raise TooManyVisits(f"The path visits more than {_MOST} values; expected a path, or data, that is smaller")
