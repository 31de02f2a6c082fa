"""Temporary folders that are found again: those of processes that were killed are removed at the next start."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

__all__ = ["Scratch", "sweep"]

_NAME = re.compile(r"personalize-sfn-(lambda|upgrade)-(\d+)-[a-z0-9_]{8}")
_LOCK = ".lock"


class Scratch:
    """A temporary folder for this user alone, named after this process, which holds a lock in it while it lives.

    Args:
        what: it is for, ``lambda`` or ``upgrade``.
    """

    def __init__(self, what: str) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=f"personalize-sfn-{what}-{os.getpid()}-"))
        self._lock = (self.path / _LOCK).open("w")
        _locked(self._lock)

    def remove(self) -> None:
        """Remove it with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def sweep() -> None:
    """Remove the folders that processes of this user left when they were killed; no other folder, and no link."""
    with suppress(OSError):
        for entry in os.scandir(tempfile.gettempdir()):
            found = _NAME.fullmatch(entry.name)
            if found is None or not entry.is_dir(follow_symlinks=False):
                continue
            if _is_ours(entry) and not _is_alive(int(found[2])) and not _is_held(Path(entry.path)):
                shutil.rmtree(entry.path, ignore_errors=True)


def _is_ours(entry: os.DirEntry[str]) -> bool:
    return not hasattr(os, "getuid") or entry.stat(follow_symlinks=False).st_uid == os.getuid()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _is_held(folder: Path) -> bool:
    """Does a process hold its lock?  One of another container has a number that says nothing here."""
    try:
        descriptor = os.open(folder / _LOCK, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return False
    with os.fdopen(descriptor, "r+") as lock:
        return not _locked(lock)


def _locked(file: IO[str]) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows: the process's number tells
        return True
    try:
        # Not flock: the functions' forked processes would hold it on after this process was killed.
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
