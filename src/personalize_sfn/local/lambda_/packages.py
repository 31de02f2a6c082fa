"""Deployed zips as folders on disk."""

from __future__ import annotations

import hashlib
import io
import os
import threading
import zipfile
from calendar import timegm
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path, PurePosixPath

__all__ = ["BadZipError", "CodeFolders", "check_zip"]


LARGEST_UNZIPPED = 262_144_000
"""Bytes (250 MB): https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


class BadZipError(ValueError):
    """The uploaded bytes cannot be a function's code; the message is AWS's."""


def check_zip(data: bytes) -> None:
    """Refuse what Lambda refuses at CreateFunction and UpdateFunctionCode.

    Raises:
        BadZipError: not a zip, damaged, empty, too large, or with a member that leaves its folder.
    """
    unreadable = "Could not unzip uploaded file. Please check your file, then try to upload again."
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            # What a member says of its size is all that is ever read of it.
            if sum(member.file_size for member in archive.infolist()) >= LARGEST_UNZIPPED:
                raise BadZipError(f"Unzipped size must be smaller than {LARGEST_UNZIPPED} bytes")
            if archive.testzip() is not None:
                raise BadZipError(unreadable)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise BadZipError(unreadable) from error
    if not names:
        raise BadZipError("Uploaded file must be a non-empty zip")
    for name in names:
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
            raise BadZipError(unreadable)


class CodeFolders:
    """One folder for each distinct zip, unpacked once.

    Functions share most of their files.  Python compiles each once: what it made of a file of one folder is linked into
    the next one that has the same file.

    Args:
        root: an existing folder that the caller removes in the end.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._unpacked: dict[str, Path] = {}
        self._compiled: dict[bytes, Path] = {}
        """Where Python keeps what it compiles of a file, by the file's digest."""

    def folder(self, digest: str, *archives: bytes) -> Path:
        """The folder of the zips, unpacked one over the other; ``digest`` tells them from others."""
        with self._lock:
            if digest not in self._unpacked:
                folder = self._root / f"code-{len(self._unpacked)}"
                folder.mkdir(exist_ok=True)
                for data in archives:
                    check_zip(data)
                    for path in _unpack(data, folder):
                        self._link_compiled(path)
                self._unpacked[digest] = folder
            return self._unpacked[digest]

    def _link_compiled(self, path: Path) -> None:
        if path.suffix != ".py":
            return
        own = Path(cache_from_source(str(path)))
        digest = hashlib.sha256(path.read_bytes()).digest()
        other = self._compiled.get(digest)
        if other is None or not other.exists():
            self._compiled[digest] = own
            return
        with suppress(OSError):  # the zip brings one of its own, or files cannot be linked here
            own.parent.mkdir(exist_ok=True)
            own.hardlink_to(other)


def _unpack(data: bytes, folder: Path) -> Iterator[Path]:
    """Unpack a zip: each file as it is there, with its permission to be run and its time."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            path = Path(archive.extract(member, folder))
            if not member.is_dir():
                path.chmod(path.stat().st_mode | (member.external_attr >> 16 & 0o111))  # what can be run stays so
                with suppress(ValueError):  # no date
                    time = timegm((*member.date_time, 0, 0, 0))
                    os.utime(path, (time, time))
                yield path
