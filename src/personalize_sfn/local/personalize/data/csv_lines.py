"""The lines of a CSV file as Amazon Personalize reads them, a block at a time.

UTF-8; the first line is the header and is not quoted; a record stands on one line; text with commas or quotes stands in
double quotes, in which a quote is escaped by a backslash (or doubled, as most programs write it) and a backslash too.
A backslash before anything else, and any outside of quotes, is a character like others.
https://docs.aws.amazon.com/personalize/latest/dg/data-prep-formatting.html
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple

BLOCK = 2**20
"""Characters of a file that are held as text at a time, or one line if that is longer."""
QUOTED_NOTHING = "\n"
"""The cell of ``""``.  No other cell holds a line break, as a record stands on one line."""

_QUOTED = re.compile(r'"((?:[^"\\]++|\\.|"")*+)"')  # possessive: no memory of where else it could have ended
_ESCAPED = re.compile(r'\\(["\\])|"(")')


class LineProblem(Exception):
    """A line that is no record of the file."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"row {line}: {problem}")


class NotUtf8(Exception):
    """The file's byte that is no UTF-8."""

    def __init__(self, byte: int) -> None:
        super().__init__(f"byte {byte} is no UTF-8")


class Block(NamedTuple):
    """Records that follow each other."""

    lines: Sequence[int]
    """Where each of them stands, counted from 1, which is the header."""
    columns: list[list[str]]
    """The cells of the columns that were asked for."""


class CsvLines:
    """An open file: first its header, then its blocks.  Any of \\n, \\r and \\r\\n ends a line; close it when done."""

    def __init__(self, content: BinaryIO) -> None:
        """Raises NotUtf8."""
        self._content = content
        self._text = io.TextIOWrapper(content, "utf-8-sig", newline=None)
        self.header_line = self._read_header()
        self.header = self.header_line.split(",")

    def close(self) -> None:
        """Let go of the file, which stays open."""
        self._text.detach()

    def blocks(self, places: Sequence[int]) -> Iterator[Block]:
        """The columns at some places of the header, block by block.  Empty lines are passed over.

        Raises:
            LineProblem: a line has not as many values as the header, or its quotes are wrong.
            NotUtf8: the file holds bytes that are no UTF-8.
        """
        first = 2
        while lines := self._read_lines():
            numbers: Sequence[int] = range(first, first + len(lines))
            first += len(lines)
            if "\n" in lines:
                numbers = [number for number, line in zip(numbers, lines, strict=True) if line != "\n"]
                lines = [line for line in lines if line != "\n"]
            if lines:
                yield Block(numbers, self._columns(lines, numbers, places))

    def _columns(self, lines: list[str], numbers: Sequence[int], places: Sequence[int]) -> list[list[str]]:
        width = len(self.header)
        if not lines[-1].endswith("\n"):  # the last line of the file
            lines[-1] += "\n"
        text = "".join(lines)
        if '"' not in text and {line.count(",") for line in lines} == {width - 1}:
            cells = text.replace("\n", ",").split(",")
            return [cells[place:-1:width] for place in places]
        records = [_record(line[:-1], number) for line, number in zip(lines, numbers, strict=True)]
        for record, number in zip(records, numbers, strict=True):
            if len(record) != width:
                raise LineProblem(number, f"{len(record)} values, the header has {width}")
        return [[record[place] for record in records] for place in places]

    def _read_header(self) -> str:
        try:
            return self._text.readline().removesuffix("\n")
        except UnicodeDecodeError:
            raise NotUtf8(self._first_bad_byte()) from None

    def _read_lines(self) -> list[str]:
        try:
            return self._text.readlines(BLOCK)
        except UnicodeDecodeError:
            raise NotUtf8(self._first_bad_byte()) from None

    def _first_bad_byte(self) -> int:
        self._content.seek(0)
        before = 0
        for line in self._content:
            try:
                line.decode()
            except UnicodeDecodeError as error:
                return before + error.start
            before += len(line)
        return before


def _record(line: str, number: int) -> list[str]:
    if '"' not in line:
        return line.split(",")
    cells, at = [], 0
    while True:
        if line.startswith('"', at):
            quoted = _QUOTED.match(line, at)
            if quoted is None:
                raise LineProblem(number, "a double quote opens a value and does not close on the same line")
            at = quoted.end()
            if at < len(line) and line[at] != ",":
                raise LineProblem(number, f"expected a comma after the double quote that closes, got {line[at]!r}")
            cells.append(_ESCAPED.sub(r"\1\2", quoted[1]) or QUOTED_NOTHING)
        else:
            end = line.find(",", at)
            end = len(line) if end < 0 else end
            cells.append(line[at:end])
            at = end
        if at == len(line):
            return cells
        at += 1
