"""The files of a data directory (rows, models, objects, zips), each written whole or not at all, and found as written.

A file's name ends in the checksum of what it holds, ``<16 hex digits>-<CRC-32>.npz``, so whatever names a file says
what must be in it.  Another name is none of ours: such files are neither read nor removed.
"""

from __future__ import annotations

import os
import re
import secrets
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.personalize.persistence.folder import open_plain
from personalize_sfn.local.personalize.persistence.full_disk import cannot_be_written

_NAME = re.compile(r"[0-9a-f]{16}-[0-9a-f]{8}\.(npz|object|zip)")
_UNFINISHED = re.compile(r"\.[0-9a-f]{16}\.unfinished")
NAME_OF_FORMAT_1 = re.compile(r"[0-9a-f]{24}\.(npz|object)")
_SWEPT = (_NAME, _UNFINISHED, NAME_OF_FORMAT_1, re.compile(r"\.[0-9a-f]{24}\.(npz|object)(\.[a-z0-9_]{8})?"))
"""Names that only this package gives, the last two as it did in format 1."""
_BLOCK = 1 << 20


class ContentFiles:
    """The folder ``files`` of a data directory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, ending: str, write: Callable[[IO[bytes]], object]) -> str:
        """Write a new file, force it to the disk, and answer its name; ``ending`` is ``.npz``, ``.object`` or ``.zip``.

        Raises:
            LocalAwsError: it cannot be written; nothing of it is left.
        """
        number = secrets.token_hex(8)
        unfinished = self.folder / f".{number}.unfinished"
        try:
            with self._new(unfinished) as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
                name = f"{number}-{_checksum(file)}{ending}"
            unfinished.replace(self.folder / name)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise cannot_be_written(self.folder / f"{number}{ending}", error) from error
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        return name

    def open(self, name: str) -> IO[bytes]:
        """A file, at its beginning, after it was compared with its checksum.

        Raises:
            LocalAwsError: it is missing, damaged, no plain file, or of no name of ours; names it.
        """
        file = self.open_unchecked(name)
        try:
            if f"-{_checksum(file)}." not in name:
                path = self.folder / name
                raise LocalAwsError(f"{path} is damaged or missing: its checksum is not the one in its name")
        except BaseException:
            file.close()
            raise
        return file

    def open_unchecked(self, name: str) -> IO[bytes]:
        """The same for one that has a better checksum elsewhere."""
        if not _NAME.fullmatch(name):
            raise LocalAwsError(f"{self.folder}: {name!r} is no name of a file of a data directory")
        try:
            return os.fdopen(open_plain(self.folder / name, os.O_RDONLY), "rb")
        except OSError as error:
            raise LocalAwsError(f"{self.folder / name} is damaged or missing: {error.strerror}") from error

    def remove(self, name: str) -> None:
        """Remove a file that no row names any more."""
        if _NAME.fullmatch(name):
            (self.folder / name).unlink(missing_ok=True)

    def sweep(self, named: set[str]) -> None:
        """Remove our own files that are not named: what an end in the middle of a change left behind."""
        for entry in os.scandir(self.folder):
            ours = any(pattern.fullmatch(entry.name) for pattern in _SWEPT)
            if ours and entry.name not in named and entry.is_file(follow_symlinks=False):
                Path(entry.path).unlink()

    def adopt(self, old: str) -> str:
        """A second name, with its checksum, for a file of format 1; the first one stays until it is swept.

        Raises:
            LocalAwsError: it is missing, or the disk is full.
        """
        path = self.folder / old
        try:
            with os.fdopen(open_plain(path, os.O_RDONLY), "rb") as file:
                name = f"{secrets.token_hex(8)}-{_checksum(file)}{path.suffix}"
                try:
                    os.link(path, self.folder / name)
                    (self.folder / name).chmod(0o600)
                except OSError:  # a file system without links: a copy
                    return self.write(path.suffix, lambda copy: _copy(file, copy))
        except OSError as error:
            raise LocalAwsError(f"{path} is damaged or missing: {error.strerror}") from error
        return name

    @staticmethod
    def _new(path: Path) -> IO[bytes]:
        return os.fdopen(open_plain(path, os.O_RDWR | os.O_CREAT | os.O_EXCL), "w+b")


def _checksum(file: IO[bytes]) -> str:
    """Of the whole file, as 8 hex digits; leaves it at its beginning."""
    file.seek(0)
    found = 0
    while block := file.read(_BLOCK):
        found = zlib.crc32(block, found)
    file.seek(0)
    return f"{found:08x}"


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    while block := source.read(_BLOCK):
        target.write(block)
