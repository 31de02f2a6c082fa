"""The data directory: one process at a time, a database with transactions, and files written whole or not at all."""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, ClassVar

from personalize_sfn.errors import LocalAwsError

FORMAT = "personalize-sfn data directory 1"
_TABLES = """
CREATE TABLE IF NOT EXISTS about (format TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS stores (
    account TEXT, region TEXT, count INTEGER NOT NULL, changes TEXT NOT NULL, PRIMARY KEY (account, region));
CREATE TABLE IF NOT EXISTS records (
    account TEXT, region TEXT, arn TEXT, number INTEGER NOT NULL, resource_type TEXT NOT NULL,
    document TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (account, region, arn));
CREATE TABLE IF NOT EXISTS logs (log TEXT, position INTEGER, value TEXT NOT NULL, PRIMARY KEY (log, position))
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS buckets (account TEXT, name TEXT, document TEXT NOT NULL, PRIMARY KEY (account, name));
CREATE TABLE IF NOT EXISTS objects (
    account TEXT, bucket TEXT, key TEXT, file TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (account, bucket, key));
"""


class DataDirectory:
    """A directory that one process has open at a time.

    A file is written under a temporary name, forced to the disk and renamed; only then does a transaction name it.
    So whatever the database names is there and whole, and what it does not name is swept away when it is opened.

    Args:
        path: made when it is not there.

    Raises:
        LocalAwsError: it cannot be used, another process has it open, or its database is damaged.
    """

    _open: ClassVar[set[Path]] = set()
    _opening: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.mutex = threading.RLock()
        """Held by whoever reads or writes the database."""
        try:
            self.files.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock_file = self._locked()
        except OSError as error:
            raise LocalAwsError(f"the data directory {self.path} cannot be used: {error.strerror}") from error
        try:
            self._database = self._connect()
        except BaseException:
            self._give_lock_back()
            raise

    @property
    def files(self) -> Path:
        return self.path / "files"

    @property
    def database_file(self) -> Path:
        return self.path / "resources.sqlite"

    def close(self) -> None:
        with self.mutex:
            self._database.close()
            self._give_lock_back()

    def read(self, question: str, values: tuple[object, ...] = ()) -> list[tuple[str, ...]]:
        with self.mutex, self._named():
            return self._database.execute(question, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is executed in it is kept, or nothing.

        Raises:
            LocalAwsError: it could not be kept (the disk is full, for one).
        """
        with self.mutex, self._named():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
                self._database.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._database.execute("ROLLBACK")
                raise

    def write_file(self, ending: str, write: Callable[[IO[bytes]], object]) -> str:
        """Write a new file and answer its name in ``files``."""
        name = self.new_name(ending)
        unfinished = self.files / f".{name}"
        try:
            with unfinished.open("wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self.files / name)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise LocalAwsError(f"{self.files / name} cannot be written: {error.strerror}") from error
        return name

    @staticmethod
    def new_name(ending: str) -> str:
        """A name that no file in ``files`` has."""
        return f"{secrets.token_hex(12)}{ending}"

    def remove_file(self, name: str) -> None:
        """Remove a file that no row names any more."""
        (self.files / name).unlink(missing_ok=True)

    def sweep(self, named: set[str]) -> None:
        """Remove every file but the named: what an end in the middle of a change left behind."""
        for file in self.files.iterdir():
            if file.name not in named:
                file.unlink()

    def _connect(self) -> sqlite3.Connection:
        with self._named():
            database = sqlite3.connect(self.database_file, check_same_thread=False, isolation_level=None)
            try:
                # A process that is killed loses nothing of a WAL that it has written, forced to the disk or not.
                database.execute("PRAGMA journal_mode = WAL")
                database.execute("PRAGMA synchronous = NORMAL")
                problems = [row[0] for row in database.execute("PRAGMA quick_check") if row[0] != "ok"]
                if problems:
                    raise LocalAwsError(f"{self.database_file} is damaged: {problems[0]}")
                database.executescript(_TABLES)
                found = database.execute("SELECT format FROM about").fetchone()
                if found is None:
                    database.execute("INSERT INTO about VALUES (?)", (FORMAT,))
                elif found[0] != FORMAT:
                    raise LocalAwsError(f"{self.path}: expected a {FORMAT!r}, got a {found[0]!r}; use another")
            except BaseException:
                database.close()
                raise
            return database

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise LocalAwsError(f"{self.database_file}: {error}") from error

    def _locked(self) -> IO[str]:
        taken = f"the data directory {self.path} is in use by another embedded AWS: stop it, or use another directory"
        with DataDirectory._opening:
            # Before the file is opened: to close it again would give back the lock that this process has on it.
            if self.path in DataDirectory._open:
                raise LocalAwsError(taken)
            file = (self.path / "lock").open("a+")
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
