"""Threads for what tasks do: as many as there is work at once, up to a limit.

A job may wait for others that still have to begin: a function may wait for an execution that calls functions.  So when
jobs wait and none has ended for a moment, there are more threads than the limit, as many as it takes.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

__all__ = ["Workers"]

_IDLE_SECONDS = 5.0
_AT_A_STALL = 16
logger = logging.getLogger(__name__)


class Workers:
    """A pool of daemon threads: unlike ``concurrent.futures``' they keep no process alive and go when they are idle.

    Args:
        most: so many run at once.
        stalled_seconds: when none has ended for so long, some more do.
    """

    def __init__(self, most: int = 256, stalled_seconds: float = 1.0) -> None:
        self._most = most
        self._stalled_seconds = stalled_seconds
        lock = threading.Lock()
        self._changed, self._stalled = threading.Condition(lock), threading.Condition(lock)
        self._jobs: deque[Callable[[], None]] = deque()
        self._threads = self._idle = self._begun = 0
        self._watched = False

    def submit(self, job: Callable[[], None]) -> None:
        with self._changed:
            self._jobs.append(job)
            if self._idle >= len(self._jobs):
                self._changed.notify()
            elif self._threads < self._most:
                self._add_thread()
            elif not self._watched:
                self._watched = True
                threading.Thread(target=self._watch, name="states-stall", daemon=True).start()

    def _add_thread(self) -> None:
        self._threads += 1
        threading.Thread(target=self._run, name="states-task", daemon=True).start()

    def _watch(self) -> None:
        """As long as jobs wait: add threads when none of them begins."""
        with self._changed:
            while self._jobs:
                begun = self._begun
                self._stalled.wait(self._stalled_seconds)
                if self._begun == begun:
                    for _ in range(min(len(self._jobs), _AT_A_STALL)):
                        self._add_thread()
            self._watched = False

    @property
    def busy(self) -> bool:
        """Whether a job is done, or waits to be."""
        with self._changed:
            return bool(self._jobs) or self._threads > self._idle

    def close(self) -> None:
        """Drop what has not begun."""
        with self._changed:
            self._jobs.clear()
            self._stalled.notify_all()

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
                self._begun += 1
                return self._jobs.popleft()
            self._threads -= 1
            return None
