"""How many transactions were committed, beside the database: so a log that was damaged after a kill is noticed.

SQLite ends its log where a checksum is wrong, as if what follows had never been written.  The database counts its
transactions; the file ``committed`` says the same number.  When the database has fewer, its log lost some.

The file is not forced to the disk at each transaction, and neither is SQLite's log: when the machine itself goes down,
both can lose the newest.  So the number is compared only while the machine runs that wrote it, which Linux tells.
"""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing, suppress
from hashlib import blake2b
from pathlib import Path

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.personalize.persistence import folder
from personalize_sfn.local.personalize.persistence.full_disk import cannot_be_written
from personalize_sfn.local.personalize.persistence.rows import DatabaseRows

__all__ = ["Committed", "require_all_committed"]

_UNKNOWN = "0" * 16
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_LINE = re.compile(r"(?P<said>(?P<number>[0-9]{20}) transactions since boot (?P<boot>[0-9a-f]{16})) [0-9a-f]{16}\n")


def require_all_committed(path: Path) -> None:
    """Compare the database of a data directory with what was committed to it.  Nothing of its content is written.

    Raises:
        LocalAwsError: transactions are missing, or the file is damaged; says how to go on.
    """
    said = _read(path / folder.COMMITTED)
    if said is None or said["boot"] != _boot() or said["boot"] == _UNKNOWN:
        return
    database = path / folder.DATABASE
    # Read-only: an ordinary connection moves what is left of the log into the database when it ends.
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        rows = DatabaseRows(connection)
        try:
            rows.check()
        except LocalAwsError as error:
            raise LocalAwsError(f"{database} or {database}-wal is damaged: {error}") from error
    missing = int(said["number"]) - rows.transactions
    if missing > 0:
        raise LocalAwsError(
            f"{database} or {database}-wal is damaged: {missing} of {int(said['number'])} transactions are missing. "
            f"Put the data directory back from a backup, or remove {path / folder.COMMITTED} to go on without them"
        )


class Committed:
    """The file, open to be written.

    Args:
        path: of the data directory.
        number: of the transactions in its database.

    Raises:
        LocalAwsError: it cannot be written.
    """

    def __init__(self, path: Path, number: int) -> None:
        file = path / folder.COMMITTED
        self._boot = _boot()
        try:
            self._descriptor = folder.open_plain(file, os.O_RDWR | os.O_CREAT)
            new = os.fstat(self._descriptor).st_size == 0
            self._write(number)
            if new:
                os.fsync(self._descriptor)  # from now on it is as long as it will be
        except OSError as error:
            raise cannot_be_written(file, error) from error

    def say(self, number: int) -> None:
        """So many are committed: called after each of them."""
        with suppress(OSError):  # committed it is: a number that is too small is only less of a proof
            self._write(number)

    def close(self) -> None:
        os.close(self._descriptor)

    def _write(self, number: int) -> None:
        said = f"{number:020} transactions since boot {self._boot}"
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.write(self._descriptor, f"{said} {_digest(said)}\n".encode())  # in one block: whole, or not at all


def _read(file: Path) -> re.Match[str] | None:
    """What the file says; None where there is none, or an empty one."""
    try:
        with os.fdopen(folder.open_plain(file, os.O_RDONLY), "rb") as opened:
            content = opened.read(200)
    except FileNotFoundError:
        return None
    if not content:  # made, and killed
        return None
    found = _LINE.fullmatch(content.decode(errors="replace"))
    if found is None or content.decode() != f"{found['said']} {_digest(found['said'])}\n":
        raise LocalAwsError(f"{file} is damaged. Remove it to go on with what the database holds")
    return found


def _boot() -> str:
    """Which run of the machine this is; the same for all where the system does not tell: 16 hex digits."""
    try:
        return _digest(_BOOT.read_text())
    except OSError:
        return _UNKNOWN


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()
