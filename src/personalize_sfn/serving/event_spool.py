"""Events on disk until Personalize has taken them, so that a process that is killed loses none.

A folder holds files, each written by one process, which keeps it locked.  A line is an event that was put, or the ids
of events that are done, with a checksum before it: a line that was cut off is not read.  A file whose process has ended
is not locked any more, and the next sender of the same destination takes it over: it locks the file, sends what is not
done, and removes it.  What was sent right before a kill is sent again, with the same event id, by which Personalize
tells that it has it: https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_Event.html

A write survives the end of its process, however it ends.  To survive a power cut it must be synced too, which takes
milliseconds: that is done for what waits longer, after each failed attempt to send, and at the end.
"""

from __future__ import annotations

import json
import os
import secrets
import stat
import time
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from personalize_sfn.errors import EventError
from personalize_sfn.serving.outgoing_event import OutgoingEvent

__all__ = ["EventSpool"]

_ENDING = ".events"
_LARGEST_FILE = 4 << 20
"""Bytes; then a new file is begun, and the old one goes when all its events are done."""


class EventSpool:
    """The folder, as one sender sees it.  Not thread-safe: the sender holds its lock."""

    def __init__(self, folder: str | os.PathLike[str], destination: str) -> None:
        """
        Args:
            folder: is made if it is not there.  On a disk of this machine: network file systems may not keep locks.
            destination: where its events go; files of other destinations are left alone.

        Raises:
            EventError: the folder cannot be made or written.
        """
        self.folder = Path(folder)
        self._destination = destination
        self._current: _SpoolFile | None = None
        self._files: dict[str, _SpoolFile] = {}
        """The file that holds each event that is not done."""
        self.damaged_lines = 0
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not os.access(self.folder, os.W_OK | os.X_OK):
                raise PermissionError(13, "it cannot be written")
        except OSError as error:
            raise EventError(f"spool {self.folder}: {error.strerror or error}") from error

    def recover(self) -> list[OutgoingEvent]:
        """The events that ended processes left, oldest file first; this sender has to send them now."""
        found = []
        for path in sorted(self.folder.glob(f"*{_ENDING}")):
            file = _SpoolFile.take_over(path, self._destination)
            if file is None:
                continue
            for event in file.events:
                self._files[event.event_id] = file
                found.append(event)
            self.damaged_lines += file.damaged_lines
            file.events.clear()
            file.finish_if_done()
        return found

    def add(self, event: OutgoingEvent) -> None:
        """Write it down.

        Raises:
            EventError: the disk is full, or fails; nothing of the event is read later.
        """
        try:
            if self._current is None or self._current.is_full:
                self._begin_file()
            assert self._current is not None
            self._current.write({"put": event.to_json()})
        except OSError as error:
            problem = f"spool {self.folder}: {error.strerror or error}. The event was not taken"
            raise EventError(problem) from error
        self._current.waiting.add(event.event_id)
        self._files[event.event_id] = self._current

    def done(self, events: Iterable[OutgoingEvent]) -> None:
        """They need not be sent any more.  Where that cannot be written, they may be sent twice."""
        by_file: dict[_SpoolFile, list[str]] = {}
        for event in events:
            file = self._files.pop(event.event_id, None)
            if file is not None:
                by_file.setdefault(file, []).append(event.event_id)
        for file, ids in by_file.items():
            file.waiting.difference_update(ids)
            if file.waiting or file is self._current:
                with suppress(OSError):
                    file.write({"done": ids})
            if file is not self._current:
                file.finish_if_done()

    def sync(self) -> None:
        """What waits survives a power cut too."""
        for file in {*self._files.values()}:
            with suppress(OSError):
                os.fsync(file.descriptor)

    def close(self) -> None:
        """Let go of the files: the next sender takes over what is not done."""
        self.sync()
        files = {*self._files.values(), *([self._current] if self._current else [])}
        for file in files:
            file.finish_if_done()
            file.close()
        self.forget()

    def forget(self) -> None:
        """Begin anew, with files of one's own."""
        self._current = None
        self._files = {}

    def after_fork(self) -> None:
        """In the child: the files, and their locks, are the parent's."""
        for file in {*self._files.values(), *([self._current] if self._current else [])}:
            file.close()  # of the child's copy only: the lock stays while the parent's is open
        self.forget()

    def _begin_file(self) -> None:
        before, self._current = self._current, None
        self._current = _SpoolFile.new(self.folder, self._destination)
        if before is not None:
            before.finish_if_done()


class _SpoolFile:
    """One file, open and locked."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.descriptor = descriptor
        self.waiting: set[str] = set()
        self.events: list[OutgoingEvent] = []
        self.damaged_lines = 0
        self._size = 0
        self._is_broken = False

    @classmethod
    def new(cls, folder: Path, destination: str) -> _SpoolFile:
        """An empty file.  It gets its name when it is locked, so that no other sender takes it over before."""
        name = f"{time.time_ns():020}-{secrets.token_hex(4)}"  # the oldest is the first by name
        partial = folder / f"{name}.new"
        descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        file = cls(folder / f"{name}{_ENDING}", descriptor)
        try:
            _lock(descriptor)
            file.write({"for": destination})
            partial.rename(file.path)
        except OSError:
            file.close()
            with suppress(OSError):
                partial.unlink()
            raise
        return file

    @classmethod
    def take_over(cls, path: Path, destination: str) -> _SpoolFile | None:
        """The file of a process that has ended; None: it is in use, of another destination, or no such file."""
        try:
            descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        except OSError:
            return None
        file = cls(path, descriptor)
        try:
            _lock(descriptor)
            # Another sender may have taken it over, and removed it, since it was listed.
            found = os.fstat(descriptor)
            if stat.S_ISREG(found.st_mode) and found.st_nlink and file._read(destination):
                return file
        except OSError:
            pass
        file.close()
        return None

    @property
    def is_full(self) -> bool:
        return self._is_broken or self._size > _LARGEST_FILE

    def write(self, line: dict[str, Any]) -> None:
        """Append a line, or nothing."""
        text = json.dumps(line).encode()
        data = b"%08x %s\n" % (zlib.crc32(text), text)
        written = 0
        try:
            while written < len(data):
                written += os.write(self.descriptor, data[written:])
        except OSError:
            try:
                os.ftruncate(self.descriptor, self._size)
                os.lseek(self.descriptor, self._size, os.SEEK_SET)
            except OSError:
                self._is_broken = True  # what is half written fails its checksum; nothing comes after it
            raise
        self._size += written

    def finish_if_done(self) -> None:
        """Remove the file when nothing in it waits."""
        if not self.waiting:
            with suppress(OSError):
                self.path.unlink()
            self.close()

    def close(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def _read(self, destination: str) -> bool:
        """Whether it is of that destination; then its events that are not done are in ``events``."""
        with os.fdopen(os.dup(self.descriptor), "rb") as lines:
            first, *rest = lines.read().split(b"\n")
        try:
            if _checked(first) != {"for": destination}:
                return False
        except ValueError:  # no file of ours, or its disk was full at once
            return False
        found: dict[str, OutgoingEvent] = {}
        for line in rest:
            try:
                content = _checked(line)
                if "put" in content:
                    event = OutgoingEvent.from_json(content["put"])
                    found[event.event_id] = event
                for event_id in content.get("done", ()):
                    found.pop(event_id, None)
            except (ValueError, KeyError, TypeError):
                self.damaged_lines += bool(line)
        self._size = os.lseek(self.descriptor, 0, os.SEEK_END)
        self.events = list(found.values())
        self.waiting = set(found)
        return True


def _checked(line: bytes) -> dict[str, Any]:
    """The content of a line.  Raises ValueError where it is not whole."""
    checksum, text = line[:8], line[9:]
    if checksum != b"%08x" % zlib.crc32(text):
        raise ValueError("checksum")
    content: dict[str, Any] = json.loads(text)
    return content


def _lock(descriptor: int) -> None:
    """For this process and its threads; OSError: another has it."""
    try:
        import fcntl
    except ImportError as error:  # Windows
        raise OSError("file locks of POSIX are needed") from error
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
