"""What may stand in the folder of a data directory, and who may read it: nothing of anybody else's is touched."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from personalize_sfn.errors import LocalAwsError

DATABASE, FILES, LOCK, UNFINISHED = "resources.sqlite", "files", "lock", "resources.sqlite.new"
COMMITTED = "committed"
RESERVES = ("reserve.operations", "reserve.deletions")
_OF_THE_DATABASE = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", COMMITTED)
_LEFT_BY_A_BEGINNING = (LOCK, FILES, UNFINISHED, f"{UNFINISHED}-journal", *RESERVES)
"""What a process leaves that is killed while it makes a new directory."""
_OF_FILE_SYSTEMS = ("lost+found",)
"""What an empty disk may hold."""


def look(path: Path) -> bool:
    """Is there a database of a data directory?  False: the folder is empty, or there is none yet.

    Nothing is written.

    Raises:
        LocalAwsError: the folder holds something else, or a part of ours is missing or no plain file.
    """
    if not path.exists():
        return False
    if not path.is_dir():
        raise LocalAwsError(f"the data directory {path} is not a folder: name another one")
    names = {entry.name for entry in path.iterdir()} - {*_OF_FILE_SYSTEMS}
    for name in sorted(names & {*_OF_THE_DATABASE, *_LEFT_BY_A_BEGINNING}):
        _require_plain(path / name, folder=name == FILES)
    if f"{DATABASE}-journal" in names:
        raise LocalAwsError(
            f"{path / DATABASE}-journal is no part of a data directory: remove it, or use another directory"
        )
    database = path / DATABASE
    if DATABASE in names and database.stat().st_size > 0:
        return True
    held = sum(1 for _ in (path / FILES).iterdir()) if FILES in names else 0
    if LOCK in names and (held or names & {*_OF_THE_DATABASE[1:]}):
        state = "is empty" if DATABASE in names else "is missing"
        raise LocalAwsError(
            f"the data directory {path} cannot be used: its database {DATABASE} {state}, while {FILES}/ holds {held} "
            "files. Nothing was changed. Put the database back from a backup, or use another directory"
        )
    ours = {*_LEFT_BY_A_BEGINNING} | ({DATABASE} if LOCK in names else set())
    if held or names - ours:
        first = sorted(names - ours) or [FILES]
        raise LocalAwsError(
            f"{path} is not empty (it holds {first[0]!r}) and is no data directory of personalize-sfn: "
            "name an empty folder, or one that is not there yet. Nothing was changed"
        )
    return False


def make(path: Path) -> None:
    """Make the folder, for this user alone."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    (path / FILES).mkdir(exist_ok=True, mode=0o700)


def close_to_others(path: Path) -> None:
    """Take from everybody else what an earlier version let them read."""
    for folder in (path, path / FILES):
        _chmod(folder, 0o700)
    for name in (*_OF_THE_DATABASE, LOCK, *RESERVES):
        if (path / name).exists():
            _chmod(path / name, 0o600)


def _chmod(path: Path, mode: int) -> None:
    if stat.S_IMODE(path.stat().st_mode) != mode:
        try:
            path.chmod(mode)
        except PermissionError:  # the folder belongs to another user, who lets us write in it: what we make is closed
            return


def open_plain(path: Path, flags: int, mode: int = 0o600) -> int:
    """A descriptor of a plain file: no symbolic link is followed, and no pipe waited for.

    Raises:
        OSError: it cannot be opened, or is no plain file.
    """
    extra = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags | extra | getattr(os, "O_CLOEXEC", 0), mode)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(22, "it is no plain file", str(path))
    return descriptor


def _require_plain(path: Path, *, folder: bool) -> None:
    mode = path.lstat().st_mode
    if not (stat.S_ISDIR(mode) if folder else stat.S_ISREG(mode)):
        expected = "a folder" if folder else "a plain file"
        raise LocalAwsError(f"{path}: expected {expected} of a data directory, got a link or something else")
