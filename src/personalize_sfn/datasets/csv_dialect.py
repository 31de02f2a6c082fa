"""How a CSV is written: its separator, how quotes stand inside of quotes, and on which line a row begins.

All of it works on UTF-8 bytes, in time linear in the file whatever the bytes are.  Two ways to escape are in use:

- RFC 4180, and what spreadsheets and pandas write: a quote is doubled, a backslash is a character like any other.
- Amazon Personalize: inside of quotes ``\\"`` is a quote and ``\\\\`` a backslash.  Any other backslash is itself.
  https://docs.aws.amazon.com/personalize/latest/dg/data-prep-formatting.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import NamedTuple

__all__ = [
    "MAX_COLUMNS",
    "SEPARATORS",
    "CsvRow",
    "header_of",
    "is_open",
    "line_ends",
    "rows_of",
    "separator_of",
    "tidy",
    "unescaped",
    "without_escapes",
]

SEPARATORS = {b",": "commas", b";": "semicolons", b"\t": "tabs", b"|": "bars"}
MAX_COLUMNS = 10_000
"""Columns that a header may have; a dataset has 100 of them at most, and the others are left out."""
_SNIFFED_ROWS = 100
_RUN = re.compile(rb"(?:\r\n|\r|\n)++")


@dataclass(frozen=True, slots=True)
class CsvRow:
    """Where a row stands and how many values it has."""

    line: int
    """The line on which it begins, counted from 1."""
    start: int
    end: int
    """The bytes that it takes, its line end not counted."""
    values: int


def header_of(data: bytes, separator: bytes) -> list[bytes]:
    """The values of the first row that is not blank, up to one more than :data:`MAX_COLUMNS`."""
    blank = _RUN.match(data)
    values = _values(data, blank.end() if blank else 0, separator)
    return [_unquoted(value) for value in islice(values, MAX_COLUMNS + 1)]


def separator_of(data: bytes, wanted: Sequence[bytes]) -> bytes:
    """The separator, which is a comma unless the file shows another one.

    Another one needs a header with more of the ``wanted`` columns than commas find, or a header in which commas find
    one column only; and each of the first rows must have as many values as the header.
    """

    def score(separator: bytes) -> tuple[int, int]:
        header = header_of(data, separator)
        return len(set(header) & set(wanted)), len(header)

    by_comma = score(b",")
    best, best_score = b",", by_comma
    for separator in (b";", b"\t", b"|"):
        found = score(separator)
        better = found[0] > best_score[0] or (by_comma[1] == 1 and found > best_score)
        if better and found[1] > 1:
            rows = islice(rows_of(data, separator), 1, _SNIFFED_ROWS)
            if all(row.values == found[1] for row in rows):
                best, best_score = separator, found
    return best


def rows_of(data: bytes, separator: bytes) -> Iterator[CsvRow]:
    """The rows, the header among them; blank lines are passed over."""
    row = _row(separator)
    line, at = 1, 0
    while at < len(data):
        blank = _RUN.match(data, at)
        if blank:
            line += _line_ends(data, at, blank.end())
            at = blank.end()
            continue
        found = row.match(data, at)
        assert found is not None  # the pattern takes any bytes
        end = found.end(1)
        text = data[at:end]
        count = sum(1 for _ in _values(data, at, separator)) if b'"' in text else text.count(separator) + 1
        yield CsvRow(line, at, end, count)
        line += _line_ends(data, at, found.end())
        at = found.end()


def is_open(row: bytes, separator: bytes) -> bool:
    """Does the row, which is the last one then, hold a double quote that is never closed?"""
    return any(not each.closed for each in _quoted(row, separator, escaped=False))


def without_escapes(data: bytes, separator: bytes) -> tuple[bytes, bool]:
    """The file in the way of RFC 4180, and whether it was written in the way of Personalize.

    The way with fewer faults is taken; where both have none, that of Personalize if each backslash of the file stands
    inside of quotes and escapes something there, as :func:`~personalize_sfn.datasets.csv_bytes` writes it.
    """
    if b"\\" not in data or b'"' not in data:
        return data, False
    by_escapes, by_doubling = _faults(data, separator, escaped=True), _faults(data, separator, escaped=False)
    if by_escapes > by_doubling or (by_escapes == by_doubling and not _all_escape(data, separator)):
        return data, False
    return unescaped(data, separator), True


def unescaped(data: bytes, separator: bytes) -> bytes:
    """A file that is written in the way of Personalize, in the way of RFC 4180."""
    parts, done = [], 0
    for each in _quoted(data, separator, escaped=True):
        inner = data[each.start + 1 : each.close]
        if b"\\" in inner:
            # A NUL, which no text has that comes here, stands for an escaped backslash meanwhile.
            inner = inner.replace(b"\\\\", b"\0").replace(b'\\"', b'""').replace(b"\0", b"\\")
            parts += [data[done : each.start + 1], inner]
            done = each.close
    return b"".join([*parts, data[done:]])


def tidy(data: bytes, separator: bytes) -> tuple[bytes, int]:
    """The file without blank lines and with one kind of line end outside of quotes; how many lines were left out."""
    begin = len(data) - len(data.lstrip(b"\r\n"))
    dropped = _line_ends(data, 0, begin)
    data = data[begin:]
    if b"\r" not in data and b"\n\n" not in data:
        return data, dropped
    if b"\r" not in data.replace(b"\r\n", b"") and not any(two in data for two in (b"\n\n", b"\n\r")):
        return data, dropped  # the line ends of Windows, which are read as they are
    parts, done = [], 0
    for each in _quoted(data, separator, escaped=False) if b'"' in data else ():
        parts += [_one_line_end(data[done : each.start]), data[each.start : each.end]]
        done = each.end
    rows = b"".join([*parts, _one_line_end(data[done:])])
    return rows, dropped + _line_ends(data, 0, len(data)) - _line_ends(rows, 0, len(rows))


def _one_line_end(data: bytes) -> bytes:
    """Each run of line ends as one."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    while b"\n\n" in data:
        data = data.replace(b"\n\n", b"\n")
    return data


def _faults(data: bytes, separator: bytes, *, escaped: bool) -> int:
    """What does not fit: text behind a closing quote, a quote that is never closed, quotes outside of quoted values."""
    faults, quotes = 0, data.count(b'"')
    for each in _quoted(data, separator, escaped=escaped):
        faults += (each.end > each.close + 1) + (not each.closed)
        quotes -= data.count(b'"', each.start, each.end)
    return faults + quotes


def _all_escape(data: bytes, separator: bytes) -> bool:
    backslashes = data.count(b"\\")
    for each in _quoted(data, separator, escaped=True):
        inner = data[each.start + 1 : each.close]
        if b"\\" in inner:
            backslashes -= inner.count(b"\\")
            inner = inner.replace(b"\\\\", b"").replace(b'\\"', b"")
            if b"\\" in inner:
                return False
        if b'""' in inner:
            return False
    return backslashes == 0


class _Quoted(NamedTuple):
    """Where a quoted value stands."""

    start: int
    """The opening quote."""
    close: int
    """The closing quote; the end of the file where there is none."""
    end: int
    """The separator or line end behind it."""
    closed: bool


def _quoted(data: bytes, separator: bytes, *, escaped: bool) -> Iterator[_Quoted]:
    """The values that stand in quotes, in order."""
    opening, behind = _opening(separator), _not_ended(separator)
    special = _QUOTE_OR_BACKSLASH if escaped else _QUOTE
    found = opening.search(data)
    while found:
        start = found.end() - 1
        at, closed = start + 1, False
        while inner := special.search(data, at):
            at = inner.end()
            if inner[0] == b"\\" or data[at : at + 1] == b'"':
                at += 1  # an escape, or a doubled quote
            else:
                closed = True
                break
        close = at - 1 if closed else len(data)
        tail = behind.match(data, at) if closed else None
        end = tail.end() if tail else len(data)
        yield _Quoted(start, close, end, closed)
        found = opening.search(data, end)


def _values(data: bytes, at: int, separator: bytes) -> Iterator[bytes]:
    """The values of the row that begins at ``at``, with their quotes."""
    value = _value(separator)
    while True:
        found = value.match(data, at)
        assert found is not None  # the pattern takes any bytes
        yield found[0]
        at = found.end()
        if data[at : at + 1] != separator:
            return
        at += 1


def _unquoted(value: bytes) -> bytes:
    if not value.startswith(b'"'):
        return value
    inner, _, behind = value[1:].replace(b'""', b"\0").partition(b'"')
    return (inner + behind).replace(b"\0", b'"')


def line_ends(data: bytes) -> int:
    """How many lines end in the text; those of Windows are one each."""
    return _line_ends(data, 0, len(data))


def _line_ends(data: bytes, start: int, end: int) -> int:
    return data.count(b"\n", start, end) + data.count(b"\r", start, end) - data.count(b"\r\n", start, end)


# Possessive quantifiers: nothing is tried twice, so that no bytes take more than linear time.
_DOUBLED = rb'"(?:[^"]++|"")*+(?:"|\Z)'
_QUOTE, _QUOTE_OR_BACKSLASH = re.compile(rb'"'), re.compile(rb'["\\]')


@cache
def _value(separator: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"(?:" + _DOUBLED + rb")?+" + _not_ended(separator).pattern)


@cache
def _row(separator: bytes) -> re.Pattern[bytes]:
    value = _value(separator).pattern
    return re.compile(rb"(" + value + rb"(?:[" + separator + rb"]" + value + rb")*+)(?:\r\n|\r|\n|\Z)")


@cache
def _opening(separator: bytes) -> re.Pattern[bytes]:
    """The quote with which a value begins."""
    return re.compile(rb"(?:(?<=[\r\n" + separator + rb'])|(?<![\s\S]))"')


@cache
def _not_ended(separator: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"[^\r\n" + separator + rb"]*+")
