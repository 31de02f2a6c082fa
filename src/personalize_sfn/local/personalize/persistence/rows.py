"""The tables of a data directory's database: every row has a checksum, and every table one of all its rows.

So a flipped bit is noticed, whether it changes a value, moves a row or hides one.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from hashlib import blake2b

from personalize_sfn.errors import LocalAwsError

__all__ = ["SCHEMA", "DatabaseRows", "SqlValue"]

SqlValue = str | int


@dataclass(frozen=True, slots=True)
class DatabaseTable:
    """A table: its columns, the first ``key`` of which tell its rows apart."""

    columns: tuple[str, ...]
    key: int


_TABLES = {
    "stores": DatabaseTable(("account", "region", "count", "changes"), 2),
    "records": DatabaseTable(("account", "region", "arn", "number", "resource_type", "document", "content"), 3),
    "logs": DatabaseTable(("log", "position", "value"), 2),
    "buckets": DatabaseTable(("account", "name", "document"), 2),
    "objects": DatabaseTable(("account", "bucket", "key", "file", "document"), 3),
    "totals": DatabaseTable(("name", "rows", "checksum_of_rows"), 1),
    "roles": DatabaseTable(("arn", "document"), 1),
    "policies": DatabaseTable(("arn", "document"), 1),
    "functions": DatabaseTable(("arn", "file", "document"), 1),
    "layers": DatabaseTable(("arn", "file", "document"), 1),
    "log_groups": DatabaseTable(("arn", "document"), 1),
    "machines": DatabaseTable(("arn", "document"), 1),
    "revisions": DatabaseTable(("digest", "document"), 1),
    "activities": DatabaseTable(("arn", "document"), 1),
    "executions": DatabaseTable(("arn", "number", "document"), 1),
    "execution_states": DatabaseTable(("arn", "document"), 1),
    "execution_events": DatabaseTable(("arn", "list", "position", "events"), 3),
    "clock": DatabaseTable(("name", "document"), 1),
    "execution_texts": DatabaseTable(("arn", "number", "text"), 2),
}
_OF_FORMAT_2 = ("stores", "records", "logs", "buckets", "objects", "totals")
_TRANSACTIONS = "transactions"
"""The row of the totals that counts the transactions."""
_NUMBERS = ("count", "number", "position", "rows", "checksum_of_rows")


def _create(name: str, table: DatabaseTable) -> str:
    columns = [f"{column} {'INTEGER' if column in _NUMBERS else 'TEXT'} NOT NULL" for column in table.columns]
    key = ", ".join(table.columns[: table.key])
    # Without row ids there is no index beside the table that could differ from it.
    return f"CREATE TABLE {name} ({', '.join(columns)}, checksum INTEGER NOT NULL, PRIMARY KEY ({key})) WITHOUT ROWID"


_TOTALS = (_TABLES.keys() - {"totals"}) | {_TRANSACTIONS}
SCHEMA = tuple(_create(name, table) for name, table in _TABLES.items())
"""The statements that make the tables; just these stand in the database."""
_SCHEMA_OF_FORMAT_2 = tuple(_create(name, _TABLES[name]) for name in _OF_FORMAT_2)


class DatabaseRows:
    """Reads and writes the rows of a database that has the tables; the caller begins and ends transactions."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._kept: dict[str, tuple[int, int]] = {}
        self._now: dict[str, tuple[int, int]] = {}
        """Of each table how many rows it has, and all their checksums: as kept, and in the open transaction."""

    @property
    def transactions(self) -> int:
        """How many were committed."""
        return self._kept[_TRANSACTIONS][0]

    def make(self) -> None:
        """Make the tables, empty."""
        for statement in SCHEMA:
            self._database.execute(statement)
        self._now = dict.fromkeys(_TOTALS, (0, 0))
        for name in self._now:
            self._put("totals", (name, 0, 0))
        self.committed()

    def make_missing(self) -> None:
        """Make the tables that format 2 did not have, empty; the totals are known."""
        for name in _TOTALS - self._kept.keys():
            self._database.execute(_create(name, _TABLES[name]))
            self._now[name] = 0, 0

    def check(self) -> None:
        """Learn the totals, of a database of this format or of format 2.

        Raises:
            LocalAwsError: there are other tables than ours, or a row of the totals is damaged.
        """
        found = {row[0] for row in self._database.execute("SELECT sql FROM sqlite_master")}
        if found not in (set(SCHEMA), set(_SCHEMA_OF_FORMAT_2)):
            raise LocalAwsError("its tables are not those of a data directory")
        totals, _ = self._verified("totals")
        self._kept = {str(name): (int(rows), int(total)) for name, rows, total in totals}
        if self._kept.keys() != (_TOTALS if found == set(SCHEMA) else {*_OF_FORMAT_2, _TRANSACTIONS} - {"totals"}):
            raise LocalAwsError("rows of the table totals are missing")
        self._now = dict(self._kept)

    def all(self, name: str) -> list[tuple[SqlValue, ...]]:
        """All rows of a table, without their checksums, in the order of their keys.

        Raises:
            LocalAwsError: one of them is damaged, missing or too much.
        """
        rows, total = self._verified(name)
        if (len(rows), total) != self._kept[name]:
            raise LocalAwsError(f"rows of the table {name} are missing")
        return rows

    def add(self, name: str, *row: SqlValue) -> None:
        """Add a row with a key that is new."""
        rows, total = self._now[name]
        self._now[name] = (rows + 1, total ^ _checksum(name, row))
        self._put(name, row, "INSERT")

    def put(self, name: str, *row: SqlValue) -> None:
        """Add a row, or replace the one with its key."""
        table = _TABLES[name]
        rows, total = self._without(name, row[: table.key])
        self._now[name] = (rows + 1, total ^ _checksum(name, row))
        self._put(name, row)

    def remove(self, name: str, *key: SqlValue) -> None:
        """Remove the rows whose first columns hold these values."""
        self._now[name] = self._without(name, key)
        self._database.execute(f"DELETE FROM {name} WHERE {_where(name, key)}", key)  # noqa: S608 - from _TABLES

    def finish(self) -> None:
        """Write the totals, and count the transaction: the last thing in it."""
        self._now[_TRANSACTIONS] = (self.transactions + 1, 0)
        for name, (rows, total) in self._now.items():
            if self._kept.get(name) != (rows, total):
                self._put("totals", (name, rows, total))

    def committed(self) -> None:
        self._kept = dict(self._now)

    def rolled_back(self) -> None:
        self._now = dict(self._kept)

    def _put(self, name: str, row: tuple[SqlValue, ...], how: str = "INSERT OR REPLACE") -> None:
        places = ", ".join("?" * (len(row) + 1))
        self._database.execute(
            f"{how} INTO {name} VALUES ({places})",
            (*row, _checksum(name, row)),
        )

    def _without(self, name: str, key: tuple[SqlValue, ...]) -> tuple[int, int]:
        rows, total = self._now[name]
        question = f"SELECT checksum FROM {name} WHERE {_where(name, key)}"  # noqa: S608 - from _TABLES
        for (checksum,) in self._database.execute(question, key):
            rows, total = rows - 1, total ^ checksum
        return rows, total

    def _verified(self, name: str) -> tuple[list[tuple[SqlValue, ...]], int]:
        """A table's rows without their checksums, and all of these in one."""
        rows, total = [], 0
        for *row, checksum in self._database.execute(f"SELECT * FROM {name}"):  # noqa: S608 - from _TABLES
            if _checksum(name, tuple(row)) != checksum:
                key = "/".join(map(str, row[: _TABLES[name].key]))
                raise LocalAwsError(f"{key[:200]!r} in the table {name} does not match its checksum")
            rows.append(tuple(row))
            total ^= checksum
        return rows, total


def _where(name: str, key: tuple[SqlValue, ...]) -> str:
    return " AND ".join(f"{column} = ?" for column in _TABLES[name].columns[: len(key)])


def _checksum(name: str, row: tuple[SqlValue, ...]) -> int:
    """64 bits, signed, as SQLite keeps whole numbers."""
    text = "\0".join(map(str, (name, *row))).encode(errors="surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big", signed=True)
