"""Which objects in S3 name users: read as a stream, by exact ids, never by parts of a text.

Personalize's CSV has a record on each line, so a line can be dropped without touching the others:
https://docs.aws.amazon.com/personalize/latest/dg/data-prep-formatting.html
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from personalize_sfn.errors import DataError

__all__ = ["NamedIn", "S3Files", "asked_lines"]

_CHUNK = 2**20
#: So much of a rewritten file is kept in memory; what is larger goes to the disk.
_IN_MEMORY = 64 * 2**20
_USER_ID, _BOM = b"USER_ID", b"\xef\xbb\xbf"
_CELL = re.compile(rb'"((?:[^"\\]|\\.|"")*)"|([^,]*)')
_ESCAPED = re.compile(rb'\\(["\\])|"(")')


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedIn:
    """An object that names users who were forgotten."""

    key: str
    etag: str
    """Without quotes."""
    rows: int
    """Lines that name them."""

    def __str__(self) -> str:
        return f"{self.key} ({self.rows:,} {'row' if self.rows == 1 else 'rows'})"


def asked_lines(lines: Iterator[bytes], users: Collection[str]) -> Iterator[tuple[bytes, bool]]:
    """Each line of a file, and whether it names one of the users.

    A CSV names them in its column USER_ID; JSON Lines of a batch by ``userId`` of the input and ``usersList`` of the
    output.  Any other file names nobody.
    """
    first = next(lines, b"")
    if first.removeprefix(_BOM).startswith(b"{"):
        for line in chain([first], lines):
            yield line, _names_in_json(line.removeprefix(_BOM), users)
        return
    yield first, False
    columns = _cells(first.removeprefix(_BOM).rstrip(b"\r\n"))
    at = columns.index(_USER_ID) if _USER_ID in columns else None
    wanted = {each.encode() for each in users}
    for line in lines:
        yield line, at is not None and _cell(line.rstrip(b"\r\n"), at) in wanted


def _cell(line: bytes, at: int) -> bytes | None:
    cells = _cells(line) if b'"' in line else line.split(b",", at + 1)
    return cells[at] if at < len(cells) else None


def _cells(line: bytes) -> list[bytes]:
    found, place = [], 0
    while place <= len(line):
        match = _CELL.match(line, place)
        if match is None:  # the second way takes anything
            break
        found.append(match[2] if match[1] is None else _ESCAPED.sub(rb"\1\2", match[1]))
        place = match.end() + 1
    return found


def _names_in_json(line: bytes, users: Collection[str]) -> bool:
    try:
        value = json.loads(line)
    except ValueError:
        return False
    if not isinstance(value, dict):
        return False
    asked = value.get("input", value)
    answered = value.get("output") or {}
    found: Iterable[Any] = [asked.get("userId")] if isinstance(asked, dict) else []
    if isinstance(answered, dict):
        found = [*found, *(answered.get("usersList") or ()), *(answered.get("recommendedUsers") or ())]
    return any(each in users for each in found if isinstance(each, str))


class S3Files:
    """The objects of one bucket, read line by line."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def keys(self, prefix: str) -> list[str]:
        """Keys of all objects that begin with ``prefix``; not those that only stand for a folder."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        found = (each["Key"] for page in pages for each in page.get("Contents", []))
        return [key for key in found if not key.endswith("/")]

    def named(self, keys: Iterable[str], users: Collection[str]) -> list[NamedIn]:
        """Those of ``keys`` that name one of the users; a key where nothing is, is left out."""
        found = []
        for key in keys:
            etag, lines = self._lines(key)
            if rows := sum(is_named for _, is_named in asked_lines(lines, users)):
                found.append(NamedIn(key=key, etag=etag, rows=rows))
        return found

    def rewrite(self, named: NamedIn, users: Collection[str], kept_as: str | None) -> None:
        """Write the object again without the lines that name the users; ``kept_as``: the key of a copy of the old one.

        Raises:
            DataError: the object changed meanwhile; nothing was written.
        """
        etag, lines = self._lines(named.key)
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
            file.writelines(line for line, is_named in asked_lines(lines, users) if not is_named)
            file.seek(0)
            if etag != named.etag or self._etag(named.key) != etag:
                raise DataError(
                    f"s3://{self._bucket}/{named.key} changed while it was rewritten: nothing was written, run again"
                )
            if kept_as is not None:
                self._s3.copy({"Bucket": self._bucket, "Key": named.key}, self._bucket, kept_as)
            self._s3.upload_fileobj(file, self._bucket, named.key, ExtraArgs={"ContentType": "text/csv"})

    def _etag(self, key: str) -> str:
        return str(self._s3.head_object(Bucket=self._bucket, Key=key)["ETag"]).strip('"')

    def _lines(self, key: str) -> tuple[str, Iterator[bytes]]:
        answer = self._s3.get_object(Bucket=self._bucket, Key=key)
        return str(answer["ETag"]).strip('"'), _lines_of(answer["Body"].iter_chunks(_CHUNK))


def _lines_of(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """With their ends: a line feed, for a carriage return may stand inside of a record."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line + b"\n"
    if rest:
        yield rest
