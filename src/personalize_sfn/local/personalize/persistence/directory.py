"""The data directory: one process at a time, a database with transactions, and files written whole or not at all."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, ClassVar

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.personalize.persistence import folder
from personalize_sfn.local.personalize.persistence.committed import Committed, require_all_committed
from personalize_sfn.local.personalize.persistence.content import ContentFiles
from personalize_sfn.local.personalize.persistence.full_disk import DiskFullError, Reserve
from personalize_sfn.local.personalize.persistence.rows import DatabaseRows, SqlValue
from personalize_sfn.local.personalize.persistence.upgrade import (
    APPLICATION,
    FORMAT,
    OldRows,
    add_tables,
    read_format,
    upgrade,
)

_OPERATIONS_BYTES, _DELETIONS_BYTES = 1 << 20, 1 << 18


class DataDirectory:
    """A directory that one process has open at a time.

    A file is written under a temporary name, forced to the disk and renamed; only then does a transaction name it.
    So whatever the database names is there and whole, and what it does not name is swept away when it is opened.

    Args:
        path: made when it is not there; an empty folder is taken, one with anything else in it is not.

    Raises:
        LocalAwsError: it cannot be used, another process has it open, its format is none that this version reads, its
            database is damaged, or it is no data directory.  What is refused is left as it was.
    """

    _open: ClassVar[set[Path]] = set()
    _opening: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.mutex = threading.RLock()
        """Held while the database is read or written."""
        self.files = ContentFiles(self.path / folder.FILES)
        for_operations, for_deletions = (self.path / name for name in folder.RESERVES)
        self.reserve = Reserve(for_operations, _OPERATIONS_BYTES)
        """Room to keep what has been done when the disk is full."""
        self.reserve_for_deletions = Reserve(for_deletions, _DELETIONS_BYTES)
        """Room to keep that something was deleted, which makes room."""
        try:
            if not folder.look(self.path):
                folder.make(self.path)
            locked_before = (self.path / folder.LOCK).exists()
            self._lock_file = self._locked()
        except OSError as error:
            raise LocalAwsError(f"the data directory {self.path} cannot be used: {error.strerror}") from error
        try:
            self._database, self._rows = self._connect()
            try:
                self._committed = Committed(self.path, self._rows.transactions)
            except BaseException:
                self._database.close()
                raise
            self.refill()
        except BaseException:
            self._give_lock_back()
            if not locked_before:
                (self.path / folder.LOCK).unlink(missing_ok=True)
            raise

    @property
    def database_file(self) -> Path:
        return self.path / folder.DATABASE

    def close(self) -> None:
        with self.mutex:
            self._database.close()
            self._committed.close()
            self._give_lock_back()

    def rows(self, table: str) -> list[tuple[SqlValue, ...]]:
        """All rows of a table, compared with their checksums; the tables are those of `rows.SCHEMA`.

        Raises:
            LocalAwsError: one is damaged or missing; names it.
        """
        with self.mutex, self._named():
            try:
                return self._rows.all(table)
            except LocalAwsError as error:
                raise LocalAwsError(f"{self.database_file} is damaged: {error}") from error

    @contextmanager
    def transaction(self) -> Iterator[DatabaseRows]:
        """All that is put or removed in it is kept, or nothing.

        Raises:
            DiskFullError: the disk is full.
            LocalAwsError: it could not be kept for another reason.
        """
        with self.mutex, self._named():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._rows
                self._rows.finish()
                self._database.execute("COMMIT")
            except BaseException:
                self._rows.rolled_back()
                with suppress(sqlite3.Error):
                    self._database.execute("ROLLBACK")
                raise
            self._rows.committed()
            self._committed.say(self._rows.transactions)
            self.refill()

    def write(self, write: Callable[[DatabaseRows], None]) -> None:
        """A transaction that must succeed: when the disk is full, the room held in reserve is given up for it.

        Raises:
            LocalAwsError: it could not be kept; nothing of it is.
        """
        try:
            with self.transaction() as rows:
                write(rows)
        except DiskFullError:
            if not self.reserve.give_up():
                raise
            with self.transaction() as rows:
                write(rows)

    def refill(self) -> bool:
        """Take the room of the reserves again where it was given up; answers whether all of it is held."""
        with self.mutex:
            return all([self.reserve_for_deletions.hold(), self.reserve.hold()])

    def _connect(self) -> tuple[sqlite3.Connection, DatabaseRows]:
        with self._named():
            old: OldRows | None = None
            if folder.look(self.path):
                old = read_format(self.path)
            else:
                self._create()
            if old is None:
                require_all_committed(self.path)
            folder.close_to_others(self.path)
            database = _opened(self.database_file)
            try:
                problems = [row[0] for row in database.execute("PRAGMA quick_check") if row[0] != "ok"]
                if problems:
                    raise LocalAwsError(f"{self.database_file} is damaged: {problems[0]}")
                if old is not None:
                    upgrade(database, self.files, old)
                rows = DatabaseRows(database)
                try:
                    rows.check()
                except LocalAwsError as error:
                    raise LocalAwsError(f"{self.database_file} is damaged: {error}") from error
                add_tables(database, rows)
            except BaseException:
                database.close()
                raise
            return database, rows

    def _create(self) -> None:
        """Make the database under another name, so that it is only ever found whole."""
        unfinished = self.path / folder.UNFINISHED
        for name in (folder.UNFINISHED, f"{folder.UNFINISHED}-journal"):
            (self.path / name).unlink(missing_ok=True)
        os.close(folder.open_plain(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL))
        database = sqlite3.connect(unfinished, isolation_level=None)
        try:
            database.execute(f"PRAGMA application_id = {APPLICATION}")
            database.execute(f"PRAGMA user_version = {FORMAT}")
            database.execute("BEGIN")
            DatabaseRows(database).make()
            database.execute("COMMIT")
        finally:
            database.close()
        unfinished.replace(self.database_file)

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
            if full:
                message = f"{self.database_file} cannot be written: {os.strerror(28)}"
                raise DiskFullError(message) from error
            raise LocalAwsError(f"{self.database_file}: {error}") from error

    def _locked(self) -> IO[str]:
        taken = f"the data directory {self.path} is in use by another embedded AWS: stop it, or use another directory"
        with DataDirectory._opening:
            # Before the file is opened: to close it again would give back the lock that this process has on it.
            if self.path in DataDirectory._open:
                raise LocalAwsError(taken)
            file = os.fdopen(folder.open_plain(self.path / folder.LOCK, os.O_RDWR | os.O_CREAT), "r+")
            try:
                import fcntl
            except ImportError:  # Windows: the state file of the background process still tells
                pass
            else:
                try:
                    # Not flock: the functions' forked processes would hold it on after this process was killed.
                    fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    file.close()
                    raise LocalAwsError(taken) from None
            DataDirectory._open.add(self.path)
            return file

    def _give_lock_back(self) -> None:
        DataDirectory._open.discard(self.path)
        self._lock_file.close()


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    try:
        database.execute("PRAGMA trusted_schema = OFF")  # what a stranger's file defines is not run
        database.execute("PRAGMA cell_size_check = ON")
        # A process that is killed loses nothing of a WAL that it has written, forced to the disk or not.
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        database.close()
        raise
    return database
