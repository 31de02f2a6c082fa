"""Which format a data directory is in, and the upgrade of those before this.

Format 2 had tables for Personalize and S3 only; the others are made, empty.

Format 1 had no checksums, and named classes by module and name.  It is read as commit 35d1be9 wrote it.  What is older
is refused, with the commit that reads it.  Both are found out from a copy of the database: what is refused is
not touched.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.personalize.persistence.content import NAME_OF_FORMAT_1, ContentFiles
from personalize_sfn.local.personalize.persistence.folder import DATABASE
from personalize_sfn.local.personalize.persistence.kinds import NAMES_OF_FORMAT_1, fields_of
from personalize_sfn.local.personalize.persistence.rows import DatabaseRows, SqlValue
from personalize_sfn.local.scratch_folders import Scratch

__all__ = ["APPLICATION", "FORMAT", "OldRows", "add_tables", "read_format", "upgrade"]

FORMAT = 3
"""Of the directories that this version writes, as SQLite's user_version: a change of what is kept gets a new one."""
APPLICATION = 0x50534644
"""SQLite's application_id of our databases: PSFD."""
_FORMAT_2 = 2
_FORMAT_1 = "personalize-sfn data directory 1"
_LAST_OF_FORMAT_1 = "35d1be9"
_COMMITS = {("dataset_content", "parts"): "5f4979b"}
"""The last commit that reads a field which format 1 had at first, by class and field."""
_WORKED_OUT = {"live_events": ("known_ids", "by_person")}
"""Fields that format 1 had at first, and that are worked out of the others."""
_OLD_TABLES: dict[str, tuple[str, ...]] = {
    "stores": ("account", "region", "count", "changes"),
    "records": ("account", "region", "arn", "number", "resource_type", "document", "content"),
    "logs": ("log", "position", "value"),
    "buckets": ("account", "name", "document"),
    "objects": ("account", "bucket", "key", "file", "document"),
}
_JSON = {"records": (5, 6), "logs": (2,)}
"""The places of the columns with encoded values."""
_FILES = ("$table", "$array", "$model")

OldRows = dict[str, list[tuple[SqlValue, ...]]]


def read_format(path: Path) -> OldRows | None:
    """The rows of a directory in format 1, in the words of this one but for the files' names; None for a later one.

    Raises:
        LocalAwsError: it is older or newer than these, or no data directory; nothing was written.
    """
    try:
        return _read(path)
    except OSError as error:
        raise LocalAwsError(
            f"{error.filename or path / DATABASE} cannot be read or copied: {error.strerror}"
        ) from error


def _read(path: Path) -> OldRows | None:
    with (path / DATABASE).open("rb") as file:
        header = file.read(100)
    if not header.startswith(b"SQLite format 3\0"):
        raise LocalAwsError(f"{path / DATABASE}: it is not a database, or damaged: put it back from a backup")
    (number,), (application,) = struct.unpack(">I", header[60:64]), struct.unpack(">I", header[68:72])
    if application == APPLICATION and number:
        _check(path, number)
        return None
    scratch = Scratch("upgrade")
    try:
        for name in (DATABASE, f"{DATABASE}-wal"):
            if (path / name).exists():
                shutil.copyfile(path / name, scratch.path / name)
        database = sqlite3.connect(scratch.path / DATABASE)
        try:
            return _read_copy(path, database)
        except sqlite3.DatabaseError as error:
            raise LocalAwsError(f"{path / DATABASE}: {error}") from error
        finally:
            database.close()
    finally:
        scratch.remove()


def _check(path: Path, number: int) -> None:
    if number > FORMAT:
        raise LocalAwsError(
            f"the data directory {path} has format {number}, and this version of personalize-sfn reads up to {FORMAT}: "
            "use the newer version that wrote it. Nothing was changed"
        )
    if number not in (_FORMAT_2, FORMAT):
        raise LocalAwsError(f"{path / DATABASE}: it has no known format ({number}), or is damaged")


def _read_copy(path: Path, database: sqlite3.Connection) -> OldRows | None:
    ((number,),) = database.execute("PRAGMA user_version")
    if number:  # upgraded, and killed before the database took it over from its log
        _check(path, number)
        return None
    tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    formats = database.execute("SELECT * FROM about").fetchall() if "about" in tables else []
    if [row[0] for row in formats] != [_FORMAT_1] or not tables >= _OLD_TABLES.keys():
        found = f"its format is {formats[0][0]!r}" if formats else "it says no format"
        raise LocalAwsError(f"{path} is no data directory that this version reads ({found}). Nothing was changed")
    problems = [row[0] for row in database.execute("PRAGMA integrity_check") if row[0] != "ok"]
    if problems:
        raise LocalAwsError(f"{path / DATABASE} is damaged: {problems[0]}")
    return {
        name: [_translated(path, name, row) for row in database.execute(f"SELECT {', '.join(columns)} FROM {name}")]  # noqa: S608
        for name, columns in _OLD_TABLES.items()
    }


def upgrade(database: sqlite3.Connection, files: ContentFiles, old: OldRows) -> None:
    """Rewrite an open database of format 1, in one transaction: killed at any moment, it is the old one or the new one.

    Raises:
        LocalAwsError: a file is missing, or the disk is full; the old directory is as it was.
    """
    adopted: dict[str, str] = {}

    def new_name(name: str) -> str:
        if name not in adopted:
            adopted[name] = files.adopt(name)
        return adopted[name]

    try:
        rows = {name: [_renamed(name, row, new_name) for row in of_table] for name, of_table in old.items()}
        database.execute("BEGIN IMMEDIATE")
        for name in ("about", *_OLD_TABLES):
            database.execute(f"DROP TABLE {name}")
        made = DatabaseRows(database)
        made.make()
        for name, of_table in rows.items():
            for row in of_table:
                made.put(name, *row)
        made.finish()
        database.execute(f"PRAGMA application_id = {APPLICATION}")
        database.execute(f"PRAGMA user_version = {FORMAT}")
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        for name in adopted.values():
            files.remove(name)
        raise
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def add_tables(database: sqlite3.Connection, rows: DatabaseRows) -> None:
    """Give an open database of format 2 the tables of this one, in one transaction; leave one of this format alone."""
    ((number,),) = database.execute("PRAGMA user_version")
    if number == FORMAT:
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        rows.make_missing()
        rows.finish()
        database.execute(f"PRAGMA user_version = {FORMAT}")
        database.execute("COMMIT")
    except BaseException:
        rows.rolled_back()
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise
    rows.committed()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _translated(path: Path, table: str, row: tuple[SqlValue, ...]) -> tuple[SqlValue, ...]:
    """A row of format 1 with this format's names of classes."""
    found = list(row)
    for place in _JSON.get(table, ()):
        try:
            found[place] = json.dumps(_walk(json.loads(str(row[place])), lambda value: _renamed_class(path, value)))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise LocalAwsError(f"{path / DATABASE}: {row[2]} cannot be read: {error!r}") from error
    return tuple(found)


def _renamed_class(path: Path, value: dict[str, Any]) -> dict[str, Any]:
    if "$object" not in value:
        return value
    name = NAMES_OF_FORMAT_1.get(value["$object"], "")
    fields = {key: each for key, each in value["fields"].items() if key not in _WORKED_OUT.get(name, ())}
    unknown = sorted(fields.keys() - {*(fields_of(name) if name else ())})
    if not name or unknown:
        what = f"a {name} with {', '.join(unknown)}" if name else value["$object"]
        commit = next((_COMMITS[name, field] for field in unknown if (name, field) in _COMMITS), _LAST_OF_FORMAT_1)
        raise LocalAwsError(
            f"the data directory {path} was written by an older version of personalize-sfn (it holds {what}), which "
            f"this one does not read: commit {commit} does. Nothing was changed; use another directory, or that commit"
        )
    return {"$object": name, "fields": fields}


def _renamed(table: str, row: tuple[SqlValue, ...], new_name: Callable[[str], str]) -> tuple[SqlValue, ...]:
    """A row with the files' new names."""

    def of_value(value: dict[str, Any]) -> dict[str, Any]:
        return {key: _new(each, new_name) if key in _FILES else each for key, each in value.items()}

    found = list(row)
    if table == "objects":
        found[3] = _new(row[3], new_name)
    for place in _JSON.get(table, ()):
        if re.search(r'"\$(table|array|model)"', str(row[place])):
            found[place] = json.dumps(_walk(json.loads(str(row[place])), of_value))
    return tuple(found)


def _new(name: Any, new_name: Callable[[str], str]) -> str:
    if not NAME_OF_FORMAT_1.fullmatch(str(name)):
        raise LocalAwsError(f"{name!r} is no name of a file of a data directory")
    return new_name(str(name))


def _walk(value: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    if isinstance(value, list):
        return [_walk(each, change) for each in value]
    if isinstance(value, dict):
        return change({key: _walk(each, change) for key, each in value.items()})
    return value
