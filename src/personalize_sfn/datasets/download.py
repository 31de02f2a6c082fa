"""Download of one file over http(s): bounded, verified, and never half there."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import tempfile
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from personalize_sfn.errors import DataError

__all__ = ["DownloadProgress", "cache_folder", "download", "md5_of"]

DownloadProgress: TypeAlias = Callable[[int, int | None], None]
"""Called with the bytes that have come, and the bytes that will (None: not announced)."""

MAX_BYTES = 1 << 30
_CHUNK = 1 << 16


def cache_folder() -> Path:
    """Where downloads are kept: ``personalize-sfn`` in XDG_CACHE_HOME, or in ``~/.cache``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "personalize-sfn"


def md5_of(path: Path) -> str:
    """MD5 of a file, as hex; GroupLens publishes this one."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def download(
    url: str,
    target: Path,
    *,
    md5: str | None = None,
    progress: DownloadProgress | None = None,
    timeout_seconds: float = 5.0,
) -> Path:
    """Fetch ``url`` to ``target``, which appears only when it is whole and has the checksum.

    Args:
        url: http or https.
        target: its folder is made when needed.
        md5: the checksum that it must have, as hex.
        progress: told about every chunk.
        timeout_seconds: how long the server may be silent, at the start and in between.

    Raises:
        DataError: the server does not answer, or sends something else than was asked for; nothing is left behind.
    """
    if urlsplit(url).scheme not in {"http", "https"}:
        raise DataError(f"expected an http or https URL, got {url!r}; a file or folder is given by its path")
    part: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # In the same folder, so that the rename at the end is one step of the file system.
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
        part = Path(name)
        with os.fdopen(handle, "wb") as file, urllib.request.urlopen(url, timeout=timeout_seconds) as answer:  # noqa: S310 - http(s), checked above
            _copy(url, answer, file.write, progress)
        if md5 is not None and (found := md5_of(part)) != md5:
            raise DataError(f"{url}: expected the MD5 {md5}, found {found}: not the file that was published")
        part.replace(target)
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise DataError(f"{url}: cannot be downloaded: {reason}") from error
    finally:
        if part is not None:
            with contextlib.suppress(FileNotFoundError):
                part.unlink()
    return target


def _copy(
    url: str, answer: http.client.HTTPResponse, write: Callable[[bytes], object], progress: DownloadProgress | None
) -> None:
    announced = answer.headers.get("Content-Length")
    total = int(announced) if announced is not None and announced.isdigit() else None
    done = 0
    while chunk := answer.read(_CHUNK):
        done += len(chunk)
        if done > MAX_BYTES:
            raise DataError(f"{url}: is larger than {MAX_BYTES:,} bytes, which is the limit")
        write(chunk)
        if progress is not None:
            progress(done, total)
    if total is not None and done != total:
        raise DataError(f"{url}: the connection broke after {done:,} of {total:,} bytes")
