"""The records of all stores, in the data directory: read once, written at the end of every locked section."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.personalize.persistence.codec import OtherModelError, decoded, encoded
from personalize_sfn.local.personalize.persistence.directory import DataDirectory
from personalize_sfn.local.personalize.persistence.full_disk import DiskFullError
from personalize_sfn.local.personalize.persistence.resume import CHANGE_MEMBERS, describe_change
from personalize_sfn.local.personalize.store import CREATE, Record, Store
from personalize_sfn.resources import BY_KEY

log = logging.getLogger(__name__)
OTHER_MODEL = (
    "The model was written by another version of personalize-sfn, in a format that this one does not read: train again."
)
"""The failureReason of a version, or a recommender, whose model cannot be read any more."""


@dataclass(slots=True)
class _Kept:
    """A record as it stands in the database, with the files and logs that it names."""

    document: str
    content: str
    files: set[str] = field(default_factory=set)
    logs: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Log:
    """A list that grows: its values are rows, and what is added to it is added there."""

    values: list[Any]
    name: str
    length: int = 0
    last: Any = None
    files: set[str] = field(default_factory=set)

    def goes_on(self, values: list[Any]) -> bool:
        """Is ``values`` this list, unchanged but for what was added at its end?"""
        return (
            self.values is values
            and len(values) >= self.length
            and (not self.length or values[self.length - 1] is self.last)
        )


class RecordPersistence:
    """Personalize's resources in a data directory."""

    def __init__(self, directory: DataDirectory) -> None:
        self._directory = directory
        self._records: dict[tuple[str, str, str], _Kept] = {}
        self._stores: dict[tuple[str, str], tuple[int, str]] = {}
        self._files: dict[int, tuple[Any, str]] = {}
        """Files by the identity of the value that they hold; the value is held too, so that its identity lasts."""
        self._logs: dict[int, _Log] = {}

    def stores(self) -> list[tuple[Store, list[dict[str, Any]]]]:
        """The stores as they were kept, each with its changes that were under way.

        Raises:
            LocalAwsError: something is damaged; names the file.
        """
        found = []
        reading = _Contents(self._directory)
        for account, region, count, changes in self._directory.rows("stores"):
            store = Store(str(account), str(region))
            self._stores[store.account, store.arns.region] = (int(count), str(changes))
            store.restore(self._read_records(reading, store), int(count))
            found.append((store, _changes(self._directory, str(changes))))
        named = set().union(*(kept.files for kept in self._records.values()))
        named |= {str(row[3]) for row in self._directory.rows("objects")}
        named |= {str(row[1]) for table in ("functions", "layers") for row in self._directory.rows(table)}
        self._directory.files.sweep(named)
        return found

    def write_ahead(self, result: Any) -> None:
        """Write the files of a work's result, before the store is locked to take it up."""
        encoded(result, _Encoding(self, logs=False), self._directory.files)

    def keep(self, store: Store) -> None:
        """Write what has changed in the store, in one transaction; the caller holds the store's lock.

        When the disk is full, the room that the directory holds in reserve is given up for it.

        Raises:
            LocalAwsError: it could not be written; what was kept before is still whole.
            TypeError: a record holds a value that cannot be kept.
        """
        try:
            self._keep(store)
        except DiskFullError:
            if not self._directory.reserve.give_up():
                raise
            self._keep(store)

    @property
    def where(self) -> Path:
        """The directory's path."""
        return self._directory.path

    def has_room(self) -> bool:
        """Could the outcome of another operation be kept?"""
        return self._directory.refill()

    def _keep(self, store: Store) -> None:
        where = (store.account, store.arns.region)
        with self._directory.mutex:
            encoding = _Encoding(self)
            kept: dict[tuple[str, str, str], _Kept] = {}
            changed: list[tuple[Any, ...]] = []
            for record in store.all():
                key = (*where, record.arn)
                entry = kept[key] = encoding.record(record)
                before = self._records.get(key)
                if before is None or (before.document, before.content) != (entry.document, entry.content):
                    changed.append((*key, record.number, record.row.key, entry.document, entry.content))
            gone = {key for key in self._records if key[:2] == where and key not in kept}
            whole = (store.count, json.dumps([describe_change(change) for change in store.changes]))
            if not (changed or gone or encoding.rows or self._stores.get(where) != whole):
                return
            rest = {key: entry for key, entry in self._records.items() if key[:2] != where} | kept
            self._write(where, whole, changed, gone, encoding, rest)

    def _write(  # noqa: PLR0917 - one transaction's parts
        self,
        where: tuple[str, str],
        whole: tuple[int, str],
        changed: list[tuple[Any, ...]],
        gone: set[tuple[str, str, str]],
        encoding: _Encoding,
        records: dict[tuple[str, str, str], _Kept],
    ) -> None:
        def named(of: dict[tuple[str, str, str], _Kept], kind: str) -> set[str]:
            return set().union(*(getattr(entry, kind) for entry in of.values()))

        dropped_logs = named(self._records, "logs") - named(records, "logs")
        dropped_files = named(self._records, "files") - named(records, "files")
        with self._directory.transaction() as rows:
            rows.put("stores", *where, *whole)
            for record in changed:
                rows.put("records", *record)
            for key in gone:
                rows.remove("records", *key)
            for entry in encoding.rows:
                rows.put("logs", *entry)
            for name in dropped_logs:
                rows.remove("logs", name)
        self._records = records
        self._stores[where] = whole
        self._logs = {
            number: log for number, log in (self._logs | encoding.logs).items() if log.name not in dropped_logs
        }
        self._files = {number: entry for number, entry in self._files.items() if entry[1] not in dropped_files}
        for name in dropped_files:
            self._directory.files.remove(name)

    def _read_records(self, contents: _Contents, store: Store) -> list[Record]:
        records = []
        for arn, number, resource_type, document, content in contents.records(store):
            reading = _Reading(self, contents)
            files = self._directory.files
            try:
                fields = decoded(json.loads(document), files, reading)
                record = Record(row=BY_KEY[resource_type], arn=arn, number=number, **_checked(fields))
                try:
                    record.content = decoded(json.loads(content), files, reading)
                except OtherModelError as error:
                    _without_model(record, error)
                    reading.files.add(error.file)  # until it is kept that the record does without
                    store.touched = True
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                raise LocalAwsError(f"{self._directory.database_file}: {arn} cannot be read: {error!r}") from error
            kept = _Kept(document, content, reading.files, reading.logs)
            self._records[store.account, store.arns.region, arn] = kept
            records.append(record)
        return records

    def file_of(self, value: Any, write: Callable[[Any], str]) -> str:
        """The file that holds this very value, written now when there is none."""
        with self._directory.mutex:
            known = self._files.get(id(value))
            if known is None:
                known = self._files[id(value)] = (value, write(value))
            return known[1]

    def learn_file(self, value: Any, name: str) -> None:
        self._files[id(value)] = (value, name)

    def learn_log(self, log: _Log) -> None:
        self._logs[id(log.values)] = log

    def log_of(self, values: list[Any]) -> _Log | None:
        return self._logs.get(id(values))


class _Encoding:
    """The values of one transaction: which files and logs they name, and what must be added to the logs."""

    def __init__(self, persistence: RecordPersistence, *, logs: bool = True) -> None:
        self._persistence = persistence
        self._with_logs = logs
        self._files: set[str] = set()
        self._names: set[str] = set()
        self.rows: list[tuple[str, int, str]] = []
        self.logs: dict[int, _Log] = {}

    def record(self, record: Record) -> _Kept:
        files = self._persistence._directory.files
        self._files, self._names = set(), set()
        fields = {"ancestors": record.ancestors, "members": record.members, "tags": record.tags}
        document = json.dumps(encoded(fields, None, files))
        content = json.dumps(encoded(record.content, self, files))
        return _Kept(document, content, self._files, self._names)

    def file(self, value: Any, write: Callable[[Any], str]) -> str:
        name = self._persistence.file_of(value, write)
        self._files.add(name)
        return name

    def log(self, values: list[Any]) -> str | None:
        if not self._with_logs:
            return None
        if id(values) not in self.logs:
            self.logs[id(values)] = self._grown(values)
        log = self.logs[id(values)]
        self._files |= log.files
        self._names.add(log.name)
        return log.name

    def _grown(self, values: list[Any]) -> _Log:
        before = self._persistence.log_of(values)
        if before is not None and before.goes_on(values):
            log = _Log(values, before.name, before.length, before.last, before.files)
        else:
            log = _Log(values, secrets.token_hex(12))
        if len(values) == log.length:
            return log
        inline = _Encoding(self._persistence, logs=False)
        for position in range(log.length, len(values)):
            text = json.dumps(encoded(values[position], inline, self._persistence._directory.files))
            self.rows.append((log.name, position, text))
        log.files = log.files | inline._files
        log.length, log.last = len(values), values[-1]
        return log


class _Contents:
    """The records and logs of a data directory, read and compared with their checksums at once."""

    def __init__(self, directory: DataDirectory) -> None:
        self.directory = directory
        self._records: dict[tuple[str, str], list[tuple[str, int, str, str, str]]] = {}
        for account, region, arn, number, kind, document, content in directory.rows("records"):
            row = (str(arn), int(number), str(kind), str(document), str(content))
            self._records.setdefault((str(account), str(region)), []).append(row)
        self._logs: dict[str, list[tuple[int, str]]] = {}
        for log, position, value in directory.rows("logs"):
            self._logs.setdefault(str(log), []).append((int(position), str(value)))

    def records(self, store: Store) -> list[tuple[str, int, str, str, str]]:
        """ARN, number, resource type, document and content of a store's records, oldest first."""
        return sorted(self._records.get((store.account, store.arns.region), []), key=lambda row: row[1])

    def log(self, name: str) -> list[str]:
        """A log's entries.

        Raises:
            LocalAwsError: one is missing.
        """
        rows = self._logs.get(name, [])
        if [position for position, _ in rows] != list(range(len(rows))):
            raise LocalAwsError(f"{self.directory.database_file} is damaged: entries of the log {name} are missing")
        return [value for _, value in rows]


class _Reading:
    """One record being read."""

    def __init__(self, persistence: RecordPersistence, contents: _Contents) -> None:
        self._persistence, self._contents = persistence, contents
        self.files: set[str] = set()
        self.logs: set[str] = set()

    def from_file(self, value: Any, name: str) -> Any:
        self._persistence.learn_file(value, name)
        self.files.add(name)
        return value

    def read_log(self, name: str) -> list[Any]:
        before = set(self.files)
        self.files.clear()
        entries, files = self._contents.log(name), self._contents.directory.files
        values = [decoded(json.loads(entry), files, self) for entry in entries]
        self._persistence.learn_log(_Log(values, name, len(values), values[-1] if values else None, set(self.files)))
        self.files |= before
        self.logs.add(name)
        return values


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    if fields.keys() != {"ancestors", "members", "tags"} or not all(isinstance(each, dict) for each in fields.values()):
        raise ValueError(f"expected ancestors, members and tags, got {', '.join(fields)}")
    return fields


def _changes(directory: DataDirectory, text: str) -> list[dict[str, Any]]:
    try:
        changes: list[dict[str, Any]] = json.loads(text)
        if any(change.keys() != CHANGE_MEMBERS for change in changes):
            raise ValueError("a change has other members")
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise LocalAwsError(f"{directory.database_file}: what was under way cannot be read: {error!r}") from error
    return changes


def _without_model(record: Record, error: OtherModelError) -> None:
    """A solution version or recommender of which everything is known but what it learned."""
    log.warning("%s: %s", record.arn, error)
    record.members.update(status=CREATE.failed, failureReason=OTHER_MODEL)
