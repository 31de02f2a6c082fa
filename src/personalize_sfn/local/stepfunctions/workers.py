"""Threads for what tasks do: as many as there is work at once, up to a limit."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

__all__ = ["Workers"]

_IDLE_SECONDS = 5.0
logger = logging.getLogger(__name__)


class Workers:
    """A pool of daemon threads: unlike ``concurrent.futures``' they keep no process alive and go when they are idle."""

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._changed = threading.Condition()
        self._jobs: deque[Callable[[], None]] = deque()
        self._threads = self._idle = 0

    def submit(self, job: Callable[[], None]) -> None:
        with self._changed:
            self._jobs.append(job)
            if self._idle >= len(self._jobs):
                self._changed.notify()
            elif self._threads < self._most:
                self._threads += 1
                threading.Thread(target=self._run, name="states-task", daemon=True).start()

    def close(self) -> None:
        """Drop what has not begun."""
        with self._changed:
            self._jobs.clear()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            try:
                job()
            except Exception:
                logger.exception("a task's work failed outside of the task")

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            if not self._jobs:
                self._idle += 1
                self._changed.wait_for(lambda: self._jobs, _IDLE_SECONDS)
                self._idle -= 1
            if self._jobs:
                return self._jobs.popleft()
            self._threads -= 1
            return None
