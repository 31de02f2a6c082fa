"""Popular items to show when a campaign does not answer, or gives too few."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from personalize_sfn.serving.served_items import ServedItem

__all__ = ["FixedItems", "Question", "RefreshedItems"]

Question: TypeAlias = tuple[tuple[str, Any], ...]
"""What a request asks that is not about its user: the filter, its values, the metadata columns."""

_KEPT = 32
"""Questions whose answers are kept: those that were asked last."""
_LEAST_SECONDS = 1.0
"""Between two refreshes, of whatever question: values of filters may differ with every request."""


class FixedItems:
    """A list of the user's."""

    def __init__(self, item_ids: Sequence[str]) -> None:
        self._items = tuple(ServedItem(each, source="fallback") for each in item_ids)

    def get(self, question: Question) -> Sequence[ServedItem]:  # noqa: ARG002 - the same for all
        return self._items

    def in_child(self) -> FixedItems:
        return self


class RefreshedItems:
    """Asked for in the background: what is known is given at once, and kept while asking fails."""

    def __init__(
        self,
        ask: Callable[[Mapping[str, Any]], Sequence[ServedItem]],
        start: Callable[[Callable[[], object]], object],
        refresh_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Args:
            ask: the items for a question; may fail.
            start: has a function run in the background.
            refresh_seconds: how old an answer may be before it is asked for again.
            clock: seconds.
        """
        self._ask, self._start, self._clock = ask, start, clock
        self._refresh_seconds = refresh_seconds
        self._lock = threading.Lock()
        self._known: OrderedDict[Question, Sequence[ServedItem]] = OrderedDict()
        self._due: dict[Question, float] = {}
        """When to ask again, by the clock."""
        self._not_before = 0.0

    def get(self, question: Question) -> Sequence[ServedItem]:
        """At once: what is known, best first.  It is called with every request, so that it knows what is asked."""
        now = self._clock()
        if now >= self._due.get(question, 0.0) and now >= self._not_before:
            self._refresh_soon(question, now)
        return self._known.get(question, ())

    def in_child(self) -> RefreshedItems:
        """For a process that was forked: what is known, and locks of its own."""
        child = RefreshedItems(self._ask, self._start, self._refresh_seconds, self._clock)
        child._known.update(self._known)
        return child

    def _refresh_soon(self, question: Question, now: float) -> None:
        with self._lock:
            if now < self._not_before:  # another thread was first
                return
            self._not_before = now + _LEAST_SECONDS
            self._due[question] = now + min(self._refresh_seconds, 10 * _LEAST_SECONDS)  # if it fails
        self._start(lambda: self._refresh(question))

    def _refresh(self, question: Question) -> None:
        items = self._ask(dict(question))
        with self._lock:
            self._known[question] = items
            self._known.move_to_end(question)
            self._due[question] = self._clock() + self._refresh_seconds
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
            if len(self._due) > 2 * _KEPT:
                self._due = {each: due for each, due in self._due.items() if each in self._known}
