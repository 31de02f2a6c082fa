"""Connections of the front door: time limits on what is waited for, and room for newcomers."""

from __future__ import annotations

import io
import socket
import threading
import time
from contextlib import suppress

__all__ = ["Connections", "TimedReader", "most_connections"]

IDLE_SECONDS = 120.0
"""For the first byte of the next request."""
HEADER_SECONDS = 20.0
"""From there to the end of the headers."""
BODY_SECONDS = 60.0
"""For a body, and a second more for each :data:`BYTES_A_SECOND` that came."""
BYTES_A_SECOND = 64 * 1024
DISCARD_SECONDS = 10.0
"""For the rest of a body that was refused."""
LINGER_SECONDS = 1.0
"""For the end of what is not read any more."""
WRITE_SECONDS = 600.0
"""For an answer to be taken."""


def most_connections() -> int:
    """How many are open at the same time: half of the files that this process may have, at most 512."""
    try:
        import resource
    except ImportError:  # Windows
        return 512
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return 512 if limit == resource.RLIM_INFINITY else max(8, min(512, limit // 2))


class TimedReader(io.RawIOBase):
    """What a client sends, with a deadline for each part of it.

    A time limit on single reads would not do: one byte a second would hold a connection without end.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._until = 0.0
        self._a_second = 0.0
        self.has_ended = False
        """The client said that it sends no more, where more was waited for."""

    def begin(self, seconds: float, a_second: float = 0.0) -> None:
        """From now on so many seconds; with ``a_second``, one more for each so many bytes that come."""
        self._until = time.monotonic() + seconds
        self._a_second = a_second

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the client took too long")
        self._connection.settimeout(left)
        received = self._connection.recv_into(buffer)
        if self._a_second:
            self._until += received / self._a_second
        self.has_ended = received == 0
        return received


class Connections:
    """All that are open.  Those without a whole request give way to new ones, the oldest first.

    Args:
        most: how many may be open at the same time.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._waiting: dict[socket.socket, None] = {}

    def add(self, connection: socket.socket) -> bool:
        """Take a new one; False when there is no room, because all the others are being answered."""
        with self._lock:
            if len(self._open) >= self._most and not self._end_oldest():
                return False
            self._open.add(connection)
            self._waiting[connection] = None
            return True

    def _end_oldest(self) -> bool:
        oldest = next(iter(self._waiting), None)
        if oldest is None:
            return False
        del self._waiting[oldest]
        self._open.discard(oldest)
        with suppress(OSError):
            oldest.shutdown(socket.SHUT_RDWR)  # its own thread closes it
        return True

    def wait(self, connection: socket.socket) -> None:
        """It waits for a request, or for the rest of one."""
        with self._lock:
            if connection in self._open:
                self._waiting.pop(connection, None)
                self._waiting[connection] = None

    def busy(self, connection: socket.socket) -> None:
        """It has a whole request, which is answered now."""
        with self._lock:
            self._waiting.pop(connection, None)

    def remove(self, connection: socket.socket) -> None:
        """It is closed."""
        with self._lock:
            self._open.discard(connection)
            self._waiting.pop(connection, None)
