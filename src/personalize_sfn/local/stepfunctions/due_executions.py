"""Executions of which something is due at a time: the soonest first."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator

from personalize_sfn.local.stepfunctions.records import ExecutionRecord

__all__ = ["DueExecutions"]

_SPARE = 256


class DueExecutions:
    """A heap; ``record.due`` says which entry of an execution counts: the others are dropped when there are many."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, ExecutionRecord]] = []
        self._most = _SPARE
        self._numbers = itertools.count()

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, record: ExecutionRecord, due: float) -> bool:
        """Something of the execution is due then, and nothing before; says whether it is the soonest of all."""
        record.due = due
        heapq.heappush(self._heap, (due, next(self._numbers), record))
        if len(self._heap) > self._most:
            self._heap = [each for each in self._heap if each[0] == each[2].due]
            heapq.heapify(self._heap)
            self._most = 2 * len(self._heap) + _SPARE
        return self._heap[0][2] is record

    def take(self, now: float) -> Iterator[ExecutionRecord]:
        """Those of which something is due by now; they are no longer in it."""
        while (soonest := self.soonest()) is not None and soonest <= now:
            _, _, record = heapq.heappop(self._heap)
            record.due = None
            yield record

    def soonest(self) -> float | None:
        """When something is due next."""
        while self._heap and self._heap[0][0] != self._heap[0][2].due:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None
