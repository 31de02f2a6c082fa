"""Objects that come in parts stay on disk: moto keeps each part in memory, and joins them there.

An upload has one file, to which its parts are appended as they arrive.  The finished object is the list of the places
of its parts in it: nothing is copied, and a range is read without the rest.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import io
import itertools
import os
import tempfile
import threading
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

from personalize_sfn.local.http.crc import crc32c, crc64nvme

__all__ = ["PartsOnDisk", "SharedFile", "joined", "keep_parts_on_disk"]

_BLOCK = 1 << 20
_LEAST_PART_BYTES = 5 << 20  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
_Place = tuple[int, int]
"""Offset in the file, bytes."""


class SharedFile:
    """An open file that several read anywhere at the same time; a file without a name goes with the last of them."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._one_at_a_time = threading.Lock()

    def append(self, content: bytes) -> PartsOnDisk:
        with self._one_at_a_time:
            offset = self._file.seek(0, os.SEEK_END)
            try:
                self._file.write(content)
                self._file.flush()
            except OSError:  # a full disk
                with contextlib.suppress(OSError):
                    self._file.truncate(offset)
                raise
        return PartsOnDisk(self, [(offset, len(content))])

    def read(self, count: int, offset: int) -> bytes:
        """So many bytes from there; fewer where the file ends."""
        if hasattr(os, "pread"):
            return os.pread(self._file.fileno(), count, offset)
        with self._one_at_a_time:  # Windows
            self._file.seek(offset)
            return self._file.read(count)


class PartsOnDisk(io.RawIOBase):
    """A readable file: the places of a shared one, one after the other.

    Slices are read without the rest, as of bytes.
    """

    def __init__(self, file: SharedFile, places: Sequence[_Place]) -> None:
        super().__init__()
        self._file: SharedFile | None = file
        self.places = tuple(places)
        self._ends = list(itertools.accumulate(count for _, count in self.places))
        self._position = 0

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __getitem__(self, part: slice) -> bytes:
        start, end, step = part.indices(len(self))
        whole = b"".join(self._blocks(start, end))
        return whole if step == 1 else whole[::step]

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._position = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: len(self)}[whence]
        return self._position

    def tell(self) -> int:
        return self._position

    def read(self, size: int | None = -1) -> bytes:
        left = max(len(self) - self._position, 0)
        count = left if size is None or size < 0 else min(size, left)
        found = self[self._position : self._position + count]
        self._position += len(found)
        return found

    def readinto(self, buffer: Any) -> int:
        found = self.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)

    def close(self) -> None:
        self._file = None
        super().close()

    def blocks(self) -> Iterator[bytes]:
        """All of it, a mebibyte at a time at most, wherever other readers are."""
        return self._blocks(0, len(self))

    def again(self) -> PartsOnDisk:
        """The same, at its beginning, for another reader."""
        return joined([self])

    def _blocks(self, start: int, end: int) -> Iterator[bytes]:
        file = self.file
        for number in range(bisect_right(self._ends, start), len(self.places)):
            offset, count = self.places[number]
            first = self._ends[number] - count
            at, last = max(start - first, 0), min(end - first, count)
            if at >= last:
                break
            while at < last:
                block = file.read(min(_BLOCK, last - at), offset + at)
                if not block:
                    raise OSError(f"{count - at} bytes of an object are missing in its file")
                yield block
                at += len(block)

    @property
    def file(self) -> SharedFile:
        """Where the places are.  Raises ValueError: the object was deleted or replaced."""
        if self._file is None:
            raise ValueError("the object was deleted or replaced")
        return self._file


def joined(parts: Sequence[PartsOnDisk]) -> PartsOnDisk:
    """One after the other: at least one part, all in the same file."""
    return PartsOnDisk(parts[0].file, [place for part in parts for place in part.places])


_Sum = Callable[[Iterable[bytes]], bytes]


def _running(step: Callable[[bytes, int], int], size: int) -> _Sum:
    def total(blocks: Iterable[bytes]) -> bytes:
        found = 0
        for block in blocks:
            found = step(block, found)
        return found.to_bytes(size, "big")

    return total


def _hashed(name: str) -> _Sum:
    def total(blocks: Iterable[bytes]) -> bytes:
        found = hashlib.new(name, usedforsecurity=False)
        for block in blocks:
            found.update(block)
        return found.digest()

    return total


_CHECKSUMS: Mapping[str, _Sum] = {
    "CRC32": _running(zlib.crc32, 4),
    "CRC32C": _running(crc32c, 4),
    "CRC64NVME": _running(crc64nvme, 8),
    "SHA1": _hashed("sha1"),
    "SHA256": _hashed("sha256"),
}


def keep_parts_on_disk() -> None:
    """Let moto's uploads, and the objects that come of them, hold their content on disk."""
    from moto.s3.models import FakeKey, FakeMultipart, S3Backend
    from moto.s3.responses import S3Response

    if hasattr(FakeMultipart.set_part, "original"):
        return
    original_set_part, dispose, abort = FakeMultipart.set_part, FakeMultipart.dispose, S3Backend.abort_multipart_upload
    value, get_object, handle_range = FakeKey.value, S3Response.get_object, S3Response._handle_range_header
    reading = threading.local()

    def set_part(upload: Any, part_id: int, content: Any) -> Any:
        part = original_set_part(upload, part_id, b"")
        if "file" not in upload.__dict__:
            upload.__dict__.setdefault("file", SharedFile(tempfile.TemporaryFile()))  # noqa: SIM115 - until its last reader
        _put(part, upload.file.append(bytes(content)))
        return part

    def complete(upload: Any, body: Iterable[tuple[int, str]]) -> tuple[Any, str, tuple[str, str, int] | None]:
        parts = _parts(upload, body)
        content = joined([part._value_buffer for part in parts])
        md5 = hashlib.md5(b"".join(_md5(part) for part in parts), usedforsecurity=False).hexdigest()
        return content, f"{md5}-{len(parts)}", _checksum(upload.metadata, parts, content)

    def let_go(upload: Any) -> None:
        dispose(upload)
        upload.__dict__.pop("file", None)

    def abort_upload(backend: Any, bucket_name: str, multipart_id: str) -> None:
        upload = backend.get_bucket(bucket_name).multiparts.get(multipart_id)
        abort(backend, bucket_name, multipart_id)
        upload.dispose()

    def content_of(key: Any) -> Any:
        held = key._value_buffer
        if isinstance(held, PartsOnDisk):
            return held.again() if getattr(reading, "a_range", False) else held[:]
        return value.fget(key)

    def set_content(key: Any, new: Any) -> None:
        if isinstance(new, PartsOnDisk):
            _put(key, new)
        else:
            value.fset(key, new)

    def get_range(response: Any) -> Any:
        reading.a_range = bool(response.headers.get("range"))
        try:
            return get_object(response)
        finally:
            reading.a_range = False

    def handle_range_header(response: Any, request: Any, headers: Any, content: Any) -> Any:
        status, headers, found = handle_range(response, request, headers, content)
        return status, headers, found[:] if isinstance(found, PartsOnDisk) else found  # no range after all

    set_part.original = original_set_part  # type: ignore[attr-defined]
    FakeMultipart.set_part, FakeMultipart.complete, FakeMultipart.dispose = set_part, complete, let_go
    S3Backend.abort_multipart_upload = abort_upload
    FakeKey.value, FakeKey.__deepcopy__ = property(content_of, set_content), _without_content
    S3Response.get_object, S3Response._handle_range_header = get_range, handle_range_header


def _without_content(key: Any, _memo: Any) -> Any:
    """What ListObjectVersions shows of an object: moto copies each one whole for it."""
    made = object.__new__(type(key))
    made.__dict__.update(key.__dict__, _etag=key.etag.strip('"'), _value_buffer=io.BytesIO(), multipart=None)
    made.disposed = True
    return made


def _put(key: Any, content: PartsOnDisk) -> None:
    key._value_buffer.close()
    key._value_buffer, key.contentsize = content, len(content)


def _parts(upload: Any, body: Iterable[tuple[int, str]]) -> list[Any]:
    """The parts that the request names, in its order, refused as S3 refuses them."""
    from moto.s3.exceptions import EntityTooSmall, InvalidPart, MalformedXML

    found: list[Any] = []
    for number, etag in body:
        part = upload.parts.get(number)
        if part is None or part.etag.strip('"') != etag.strip('"'):
            raise InvalidPart
        if found and found[-1].contentsize < _LEAST_PART_BYTES:
            raise EntityTooSmall
        found.append(part)
    if not found:
        raise MalformedXML
    return found


def _md5(part: Any) -> bytes:
    return binascii.unhexlify(part.etag.strip('"'))


def _checksum(metadata: Mapping[str, str], parts: list[Any], content: PartsOnDisk) -> tuple[str, str, int] | None:
    """Kind, checksum and number of parts; None where the upload names no checksum."""
    name = metadata.get("x-amz-checksum-algorithm", "")
    total = _CHECKSUMS.get(name)
    if total is None:
        return None
    kind = metadata.get("x-amz-checksum-type") or ("FULL_OBJECT" if name == "CRC64NVME" else "COMPOSITE")
    if kind == "COMPOSITE":
        found, count = total(total(part._value_buffer.blocks()) for part in parts), len(parts)
    else:
        found, count = total(content.blocks()), 1
    return kind, base64.b64encode(found).decode(), count
