"""A disk without room: how it is said, and the room that is kept for what must be written all the same."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.personalize.persistence.folder import open_plain

__all__ = ["DiskFullError", "Reserve", "cannot_be_written"]


_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


class DiskFullError(LocalAwsError):
    """There is no room on the disk; names the file that could not be written."""


def cannot_be_written(path: Path, error: OSError) -> LocalAwsError:
    """The error to raise for one of the system's."""
    kind = DiskFullError if error.errno in _FULL else LocalAwsError
    return kind(f"{path} cannot be written: {error.strerror}")


class Reserve:
    """A file that holds nothing and takes room, to be given up when a transaction that must succeed finds none.

    Args:
        path: of the file.
        size: bytes.
    """

    def __init__(self, path: Path, size: int) -> None:
        self.path, self.size = path, size
        self.held = False

    def hold(self) -> bool:
        """Take the room, unless it is held; answers whether it is now."""
        if self.held:
            return True
        try:
            with os.fdopen(open_plain(self.path, os.O_WRONLY | os.O_CREAT), "wb") as file:
                self._fill(file.fileno())
        except OSError:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)
            return False
        self.held = True
        return True

    def give_up(self) -> bool:
        """Give the room back; answers whether there was any."""
        held, self.held = self.held, False
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
        return held

    def _fill(self, descriptor: int) -> None:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(descriptor, 0, self.size)
        else:
            os.write(descriptor, bytes(self.size))
