"""How a process ends, and what is done before: normal exit, an exception, SIGTERM, and what a fork leaves behind.

- ``atexit`` runs when the interpreter ends, by an exception too.  Children of ``multiprocessing`` end without it: they
  have finalizers of their own.
- Python's default for SIGTERM is to die at once.  The handler here lets the senders finish, then does what would have
  been done: it calls the handler that was there, or dies by the signal, so that the parent sees the same exit status.
  Signal handlers can be set in the main thread only; where the first sender is made in another one, SIGTERM loses what
  waits in memory.  A handler that is set later, by a web server for example, replaces this one: it ends the process by
  ``sys.exit`` or the like, and then ``atexit`` runs.
"""

from __future__ import annotations

import atexit
import logging
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from types import FrameType
from typing import Any, Protocol

from personalize_sfn.errors import EventError

__all__ = ["Finishing", "forget", "remember", "sigterm_is_handled"]


class Finishing(Protocol):
    """What has work to finish before the process ends."""

    exit_timeout: float

    def flush(self, timeout: float) -> None:
        """Do what is there to do.  Raises EventError where that is not possible in so many seconds."""

    def close(self, timeout: float) -> None:
        """The same, and take no more work."""

    def after_fork(self) -> None:
        """This is the child: threads, connections and work are the parent's."""


_open: dict[int, Finishing] = {}
_handlers_before: list[Any] = []
"""Those that the handler here replaced, the last of them last: more than one where one was set over it meanwhile."""
_is_finishing = False
_interrupted: list[FrameType | None] = []
"""Where the main thread was, for each signal whose handler runs."""


def remember(each: Finishing) -> None:
    """Let it finish when the process ends."""
    _open[id(each)] = each
    if threading.current_thread() is not threading.main_thread():
        return
    before = signal.getsignal(signal.SIGTERM)
    # None: set by C code, which cannot be called. Ignored: the process does not end.
    if before is not _on_sigterm and before is not None and before != signal.SIG_IGN:
        signal.signal(signal.SIGTERM, _on_sigterm)
        _handlers_before.append(before)


def forget(each: Finishing) -> None:
    """It has finished."""
    _open.pop(id(each), None)
    is_main = threading.current_thread() is threading.main_thread()
    if not _open and is_main and _handlers_before and signal.getsignal(signal.SIGTERM) is _on_sigterm:
        signal.signal(signal.SIGTERM, _handlers_before.pop())


def sigterm_is_handled() -> bool:
    """Whether SIGTERM comes here first."""
    return signal.getsignal(signal.SIGTERM) is _on_sigterm


def _finish_all(*, for_good: bool) -> list[str]:
    """Let all finish, in the longest of their times; what they could not do."""
    problems = []
    began = time.monotonic()
    for each in list(_open.values()):
        finish = each.close if for_good else each.flush
        try:
            finish(max(0.0, each.exit_timeout - (time.monotonic() - began)))
        except EventError as error:
            problems.append(str(error))
    return problems


def finish_in_child_of_multiprocessing() -> None:
    """To be called in each process with work: does nothing but in a child of ``multiprocessing``."""
    processes = sys.modules.get("multiprocessing.process")
    if processes is not None and processes.parent_process() is not None:
        from multiprocessing.util import Finalize

        Finalize(None, _at_exit, exitpriority=0)


def _at_exit() -> None:
    for problem in _finish_all(for_good=True):
        logging.getLogger("personalize_sfn").error("%s", problem)


def _on_sigterm(number: int, frame: FrameType | None) -> None:
    global _is_finishing  # noqa: PLW0603 - the signal is the process's
    if _is_finishing:  # another signal while the first one is dealt with
        return
    # A handler that was set over this one, and calls it, hands on the frame: then it is the turn of the one below.
    depth = sum(each is frame for each in _interrupted)
    before = _handlers_before[-1 - depth] if depth < len(_handlers_before) else signal.SIG_DFL
    _is_finishing = True
    try:
        for problem in _finish_all(for_good=before == signal.SIG_DFL):
            # Neither print nor logging: the main thread may be in the middle of either.
            with suppress(OSError):
                os.write(2, f"{problem}\n".encode())
    finally:
        _is_finishing = False
    if callable(before):
        _interrupted.append(frame)
        try:
            before(number, frame)
        finally:
            _interrupted.pop()
        return
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTERM)


def _after_fork() -> None:
    for each in list(_open.values()):
        each.after_fork()


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
