"""A CSV of any size as blocks of whole rows, each small enough for memory.

Encoding, separator, quotes and line ends are understood as :mod:`~personalize_sfn.datasets.csv_text` does for a file
that is read at once.  What holds for a whole file, its separator and its way to escape, is decided by the first block
that shows it.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from personalize_sfn.datasets import csv_dialect
from personalize_sfn.datasets.csv_source import cannot_read, check_is_text, encoding_of, first_problem
from personalize_sfn.datasets.csv_text import check_first_row, header_of, place_of
from personalize_sfn.errors import DataError

__all__ = ["BLOCK_BYTES", "CsvBlock", "CsvBlocks"]

BLOCK_BYTES = 2 << 20
MOST_ROW_BYTES = 64 << 20
"""A longer line, or text in quotes, is taken for a mistake: for no CSV, or a quote that is never closed."""


@dataclass(frozen=True, slots=True)
class CsvBlock:
    """Rows of a file, as UTF-8 with quotes doubled inside of quotes."""

    text: bytes
    """As the file has them, blank lines too; in the first block the header too."""
    rows: bytes
    """Without blank lines, with one kind of line end."""
    body: int
    """Where in :attr:`rows` the header ends: the first row begins."""
    line: int
    """The line of the file on which it begins, counted from 1."""
    blank: int
    """Lines that were left out as blank."""
    size: int
    """About how many bytes of the file it is."""

    @property
    def is_plain(self) -> bool:
        """Each line is a row."""
        return not self.blank and b'"' not in self.text


def _plain_lines(text: bytes) -> int | None:
    """How many lines end in the text; None where quotes, blank lines or another kind of line end need a closer look."""
    if b'"' in text or b"\r" in text:
        return None
    ends = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == ord("\n"))
    if text.startswith(b"\n") or (np.diff(ends) == 1).any():
        return None
    return len(ends)


class CsvBlocks:
    """The blocks of one file; each iteration reads it anew.

    Args:
        path: the file.
        wanted: columns that are looked for; they tell which separator is the right one.
        block_bytes: about how long a block is.

    Raises:
        DataError: it cannot be read, is empty or no CSV.
    """

    def __init__(self, path: Path, wanted: Sequence[str], *, block_bytes: int = BLOCK_BYTES) -> None:
        self.path = path
        self.name = path.name[:200]
        self._block_bytes = block_bytes
        self._encoding = ""
        first = next(self._texts(), b"")
        if not first or first.isspace():
            raise DataError(f"{self.name}: is empty; expected a header line and rows")
        self.separator = csv_dialect.separator_of(first, [each.encode("utf-8", "replace") for each in wanted])
        self._escaped: bool | None = None
        self.header_line, self.header = header_of(self._readable(first, 1, None), self.name, self.separator)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of the form of what was read up to now."""
        notes: tuple[str, ...] = ()
        if self._encoding != "utf-8":
            notes += (f"converted from {self._encoding.upper()}",)
        if self.separator != b",":
            notes += (f"values are separated by {csv_dialect.SEPARATORS[self.separator]}",)
        if self._escaped:
            notes += (r'inside of quotes \" was read as " and \\ as \, as Personalize does',)
        return notes

    def __iter__(self) -> Iterator[CsvBlock]:
        line, header = 1, b""
        for raw in self._closed_quotes():
            text = self._readable(raw, line, self.header)
            lines = _plain_lines(text)
            rows, blank = csv_dialect.tidy(text, self.separator) if lines is None else (text, 0)
            if header:
                rows, body = header + rows, len(header)
            else:
                check_first_row(text, self.name, self.separator, self.header)
                end = next(csv_dialect.rows_of(rows, self.separator)).end
                body = min(end + (2 if rows[end : end + 2] == b"\r\n" else 1), len(rows))
                header = rows[:end] + b"\n"
            yield CsvBlock(text, rows, body, line, blank, len(raw))
            line += csv_dialect.line_ends(raw) if lines is None else lines

    def _texts(self) -> Iterator[bytes]:
        """Whole lines, about a block long, as UTF-8 without a byte order mark."""
        decoder: codecs.IncrementalDecoder | None = None
        carry: list[bytes] = []
        length = 0
        try:
            with self.path.open("rb") as file:
                beginning = file.read(8)
                check_is_text(beginning, self.name)
                mark, self._encoding = encoding_of(beginning)
                if self._encoding != "utf-8":
                    decoder = codecs.getincrementaldecoder(self._encoding)()
                file.seek(0 if decoder else len(mark))
                while piece := file.read(self._block_bytes):
                    if decoder is not None:
                        piece = self._decoded(decoder, piece)
                    cut = max(piece.rfind(b"\n"), piece.rfind(b"\r", 0, -1) if b"\n" not in piece else -1) + 1
                    if cut:
                        yield b"".join([*carry, piece[:cut]])
                        carry, length = [], 0
                    carry.append(piece[cut:])
                    length += len(piece) - cut
                    if length > MOST_ROW_BYTES:
                        raise DataError(f"{self.name}: expected lines of text, found one of more than {length:,} bytes")
        except OSError as error:
            raise cannot_read(str(self.path), error) from error
        if decoder is not None:
            carry.append(self._decoded(decoder, b"", final=True))
        if rest := b"".join(carry):
            yield rest

    def _decoded(self, decoder: codecs.IncrementalDecoder, piece: bytes, *, final: bool = False) -> bytes:
        try:
            return decoder.decode(piece, final).encode()
        except UnicodeError as error:
            title = self._encoding.upper()
            raise DataError(f"{self.name}: begins as {title} does, but is not: {error}; save it as UTF-8") from error

    def _closed_quotes(self) -> Iterator[bytes]:
        """The texts, each so long that it ends outside of quotes.

        Personalize takes no line end inside of a value, so this is for the message that says so.
        """
        held = b""
        for text in self._texts():
            held += text
            odd = b'"' in held and held.replace(b"\\\\", b"").replace(b'\\"', b"").count(b'"') % 2
            if odd and len(held) < MOST_ROW_BYTES and csv_dialect.is_open(self._unescaped(held), self.separator):
                continue
            yield held
            held = b""
        if held:
            yield held

    def _readable(self, raw: bytes, line: int, header: Sequence[str] | None) -> bytes:
        """The text with its quotes doubled.

        Raises:
            DataError: it holds a byte that cannot be taken; says where.
        """
        problem = first_problem(raw)
        if problem is not None:
            place = place_of(raw, problem[0], self.separator, header=header, line=line)
            raise DataError(f"{self.name}: {place}: {problem[1]}")
        return self._unescaped(raw)

    def _unescaped(self, raw: bytes) -> bytes:
        if self._escaped is False or b"\\" not in raw or b'"' not in raw:
            return raw
        if self._escaped:
            return csv_dialect.unescaped(raw, self.separator)
        text, self._escaped = csv_dialect.without_escapes(raw, self.separator)
        return text
