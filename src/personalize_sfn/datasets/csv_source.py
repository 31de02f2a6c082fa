"""The bytes of a CSV, from a path or an open file, as UTF-8."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import IO, TypeAlias

from personalize_sfn.errors import DataError

__all__ = [
    "CsvSource",
    "cannot_read",
    "check_is_text",
    "encoding_of",
    "first_problem",
    "read_bytes",
    "source_name",
]

CsvSource: TypeAlias = "str | PathLike[str] | IO[str] | IO[bytes]"
"""A path, or a file that is open for reading."""

# What begins a file that is no text, and what to do with it.
_NO_TEXT: Sequence[tuple[bytes, str]] = (
    (b"PK\x03\x04", "a zip or an Excel workbook: unpack it, or save the sheet as CSV"),
    (b"\x1f\x8b", "a file compressed by gzip: unpack it"),
    (b"PAR1", "a Parquet file: pass its path, not an open file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook: save the sheet as CSV"),
    (b"%PDF", "a PDF: export the table as CSV"),
)
# The longer marks first: UTF-32's begins as UTF-16's does.
_MARKS: Sequence[tuple[bytes, str]] = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8"),
)
_BLOCK = 1 << 20


def source_name(source: CsvSource) -> str:
    """What to call the source in a message."""
    if isinstance(source, str | PathLike):
        return Path(source).name[:200]
    return str(getattr(source, "name", None) or "the CSV")[:200]


def read_bytes(source: CsvSource, name: str) -> tuple[bytes, tuple[str, ...]]:
    """The text as UTF-8 without a byte order mark, and what was converted for it.

    Bytes that are no UTF-8 are left as they are: :func:`first_problem` says where they stand.

    Raises:
        DataError: there is no such file, it is empty, or it is no text.
    """
    data = _read(source, name)
    notes: tuple[str, ...] = ()
    mark, encoding = encoding_of(data)
    if encoding == "utf-8":
        data = data[len(mark) :]
    else:
        try:
            data = data.decode(encoding).encode()
        except UnicodeError as error:
            title = encoding.upper()
            raise DataError(f"{name}: begins as {title} does, but is not: {error}; save it as UTF-8") from error
        notes = (f"converted from {encoding.upper()}",)
    if not data or data.isspace():
        raise DataError(f"{name}: is empty; expected a header line and rows")
    return data, notes


def encoding_of(beginning: bytes) -> tuple[bytes, str]:
    """The byte order mark with which a file begins, and the encoding; none, and UTF-8, where there is no mark."""
    return next(((mark, encoding) for mark, encoding in _MARKS if beginning.startswith(mark)), (b"", "utf-8"))


def check_is_text(beginning: bytes, name: str) -> None:
    """Refuse what is no CSV by its first bytes.

    Raises:
        DataError: it is another kind of file; says which, and what to do.
    """
    for start, what in _NO_TEXT:
        if beginning.startswith(start):
            raise DataError(f"{name}: expected a CSV, found {what}")


def cannot_read(where: str, error: Exception) -> DataError:
    """The error to raise for a file that cannot be read."""
    return DataError(f"{where[:200]}: cannot be read: {getattr(error, 'strerror', None) or error}")


def first_problem(data: bytes) -> tuple[int, str] | None:
    """The place of the first byte that cannot be taken, and what was expected and found; None where there is none."""
    at = data.find(b"\0")
    if at >= 0:
        hint = "the file may be UTF-16: save it as UTF-8" if data[:64].count(0) > 8 else "remove it"
        return at, f"expected text, found the NUL character (byte 0x00); {hint}"
    if data.isascii():
        return None
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(data), _BLOCK):
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(data[start : start + _BLOCK], final=start + _BLOCK >= len(data))
        except UnicodeDecodeError as error:
            at = start - held + error.start
            latin = data[at : at + 1].decode("cp1252", "replace")
            found = f"byte 0x{data[at]:02x}" + (f" ({latin!r} in Latin-1)" if latin.isprintable() else "")
            return at, f"expected UTF-8, found {found}; save the file as UTF-8"
    return None


def _read(source: CsvSource, name: str) -> bytes:
    try:
        data = Path(source).read_bytes() if isinstance(source, str | PathLike) else source.read()
    except (OSError, ValueError) as error:  # a closed file, and a path that no system takes, are ValueErrors
        raise cannot_read(str(source) if isinstance(source, str | PathLike) else name, error) from error
    if isinstance(data, str):
        try:
            data = data.encode()
        except UnicodeEncodeError as error:
            line = error.object.count("\n", 0, error.start) + 1
            found = f"{error.object[error.start]!r}, half of a character"
            raise DataError(f"{name}: line {line}: expected text that UTF-8 can hold, found {found}") from error
    if not isinstance(data, bytes):
        raise DataError(f"{name}: expected a file that gives text or bytes, it gave {type(data).__name__}")
    check_is_text(data, name)
    return data
