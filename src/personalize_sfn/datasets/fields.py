"""Values of a CSV's rows where they stand in its bytes: found, compared and read as numbers by whole arrays.

Nothing here makes a Python object for a value.  It is for rows without quotes, in which a value is what is between two
separators; everything else is read by pandas.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["FACTORS", "Fields", "Grid", "grid_of", "padded"]

_PAD = 24
"""Bytes around the rows, so that eight at a time can be read at either end."""
# Odd, so that a product of 64 bits tells all numbers apart.
FACTORS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
_ZEROS = np.uint64(0x3030303030303030)
_OVER_NINE = np.uint64(0x7676767676767676)
_HIGH_BITS = np.uint64(0x8080808080808080)
_EIGHT = np.uint64(8)
_HALF = np.uint64(32)
_ZERO, _NEW_LINE, _COMMA = 48, 10, 44


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """The values of one column in some rows."""

    data: np.ndarray
    """Bytes that hold them, with room at both ends."""
    starts: np.ndarray
    lengths: np.ndarray
    """In bytes; 0 is null."""

    def taken(self, rows: np.ndarray) -> Fields:
        """Those of some rows, by a mask or by their places."""
        return Fields(self.data, self.starts[rows], self.lengths[rows])

    def texts(self) -> list[str]:
        """Each value as it reads."""
        data = self.data.tobytes()
        ends = (self.starts + self.lengths).tolist()
        return [data[start:end].decode() for start, end in zip(self.starts.tolist(), ends, strict=True)]

    def hashes(self) -> tuple[np.ndarray, np.ndarray]:
        """Two hashes of 64 bits for each value, the same in every block; the first one is spread over all numbers.

        Two values of up to 8 bytes never have the same ones.
        """
        words, lengths = _words(self.data), self.lengths
        most = int(lengths.max(initial=0))
        second = words[self.starts]
        if int(lengths.min(initial=8)) < 8:
            second &= _MASKS[np.minimum(lengths, 8)]
        first = second * FACTORS[0]
        rows: np.ndarray | None = None
        for at in range(8, most, 8):
            longer = (lengths if rows is None else lengths[rows]) > at
            rows = np.flatnonzero(longer) if rows is None else rows[longer]
            word = words[self.starts[rows] + at]
            word &= _MASKS[np.minimum(lengths[rows] - at, 8)]
            for hashes, factor in ((first, FACTORS[0]), (second, FACTORS[1])):
                mixed = hashes[rows]
                mixed ^= mixed >> _HALF
                mixed ^= word
                mixed *= factor
                hashes[rows] = mixed
        return first, second

    def numbers(self) -> np.ndarray | None:
        """The values as int64 where each is one to sixteen digits; else None."""
        lengths = self.lengths
        if not len(lengths):
            return np.zeros(0, dtype=np.int64)
        least, most = int(lengths.min()), int(lengths.max())
        if least < 1 or most > 16:
            return None
        words = _words(self.data)
        ends = self.starts + lengths
        low = _eight_digits(words[ends - 8], np.minimum(lengths, 8) if least < 8 else None)
        if low is None:
            return None
        if most <= 8:
            return low.view(np.int64)
        rest = lengths - 8
        if least <= 8:
            long = np.flatnonzero(rest > 0)
            high = _eight_digits(words[ends[long] - 16], rest[long])
            if high is None:
                return None
            low[long] += high * np.uint64(10**8)
        else:
            high = _eight_digits(words[ends - 16], rest)
            if high is None:
                return None
            low += high * np.uint64(10**8)
        return low.view(np.int64)

    def floats(self) -> np.ndarray | None:
        """The values as float64, null as nan, where each is a plain number of up to 24 bytes; else None."""
        width = int(self.lengths.max(initial=0))
        if not 0 < width <= 24:
            return np.full(len(self.lengths), np.nan) if not width else None
        places = np.arange(width)
        cells = self.data[np.minimum(self.starts[:, None] + places, len(self.data) - 1)]
        cells[places >= self.lengths[:, None]] = 0
        if not _OF_NUMBERS[cells].all():
            return None
        null = self.lengths == 0
        cells[null, 0] = _ZERO
        try:
            found = cells.view(f"S{width}")[:, 0].astype(np.float64)
        except ValueError:
            return None
        found[null] = np.nan
        return found if not np.isinf(found).any() else None

    def has_leading_zero(self) -> bool:
        """Does a value of two bytes or more begin with ``0``?"""
        return bool(((self.data[self.starts] == _ZERO) & (self.lengths > 1)).any())


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Rows of which each has a value for each column."""

    data: np.ndarray
    starts: np.ndarray
    """Shape ``(rows, columns)``."""
    ends: np.ndarray
    separator: bytes

    def column(self, place: int) -> Fields:
        """The values of one column."""
        starts = np.ascontiguousarray(self.starts[:, place])
        return Fields(self.data, starts, self.ends[:, place] - starts)

    def lines(self, places: list[int], rows: np.ndarray | None = None) -> bytes:
        """Some columns of some rows as lines, values separated by commas; no value may hold a comma."""
        if self.separator == b"," and places == list(range(self.starts.shape[1])):
            whole = self.data[_PAD:-_PAD]
            if rows is not None:
                whole = whole[np.repeat(rows, self.ends[:, -1] - self.starts[:, 0] + 1)]
            return bytes(whole)
        starts, ends = (each[:, places] if rows is None else each[rows][:, places] for each in (self.starts, self.ends))
        lengths = (ends - starts + 1).ravel()  # with what is behind
        stops = np.cumsum(lengths)
        if not len(stops):
            return b""
        found = self.data[np.repeat(starts.ravel() - (stops - lengths), lengths) + np.arange(stops[-1])]
        found[stops - 1] = _COMMA
        found[stops[len(places) - 1 :: len(places)] - 1] = _NEW_LINE
        return bytes(found)

    def empty_rows(self) -> np.ndarray:
        """Which rows have no value at all."""
        only_separators = self.starts.shape[1] - 1
        found: np.ndarray = self.ends[:, -1] - self.starts[:, 0] == only_separators
        return found


def grid_of(body: bytes, columns: int, separator: bytes) -> Grid | None:
    """Where the values of these rows are; None where a row has another number of values, or there are quotes.

    Args:
        body: rows without their header, each with ``\\n`` at its end.
        columns: how many there are.
        separator: of values.
    """
    if b'"' in body or b"\r" in body:
        return None
    data = np.empty(len(body) + 2 * _PAD, dtype=np.uint8)
    data[:_PAD] = data[-_PAD:] = _NEW_LINE
    data[_PAD:-_PAD] = np.frombuffer(body, dtype=np.uint8)
    found = data == _NEW_LINE
    lines = int(np.count_nonzero(found)) - 2 * _PAD
    if columns > 1:
        found |= data == separator[0]
    ends = np.flatnonzero(found)[_PAD:-_PAD]
    if len(ends) != lines * columns or not lines:
        return None
    if not (data[ends[columns - 1 :: columns]] == _NEW_LINE).all():
        return None
    starts = np.empty_like(ends)
    starts[0] = _PAD
    np.add(ends[:-1], 1, out=starts[1:])
    return Grid(data, starts.reshape(lines, columns), ends.reshape(lines, columns), separator)


def padded(texts: list[bytes]) -> Fields:
    """Texts as fields of bytes of their own."""
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    data = np.zeros(int(lengths.sum()) + 2 * _PAD, dtype=np.uint8)
    data[_PAD:-_PAD] = np.frombuffer(b"".join(texts), dtype=np.uint8)
    return Fields(data, np.cumsum(lengths) - lengths + _PAD, lengths)


def _words(data: np.ndarray) -> np.ndarray:
    """The eight bytes from each place on, the first one the lowest."""
    return np.ndarray((len(data) - 7,), dtype="<u8", buffer=data, strides=(1,))


_OF_NUMBERS = np.isin(np.arange(256), list(b"\x000123456789+-.eE"))
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(9)], dtype=np.uint64)


def _eight_digits(words: np.ndarray, lengths: np.ndarray | None) -> np.ndarray | None:
    """The number that the last ``lengths`` bytes of each word are, the lowest byte its first digit; None: no digits."""
    digits = words ^ _ZEROS
    if lengths is not None:
        shift = _EIGHT * (_EIGHT - lengths.astype(np.uint64))
        digits = (digits >> shift) << shift
    if (((digits + _OVER_NINE) | digits) & _HIGH_BITS).any():
        return None
    # Pairs, then fours, then all eight: https://kholdstare.github.io/technical/2020/05/26/faster-integer-parsing.html
    digits = (digits * np.uint64(2561)) >> _EIGHT
    digits = ((digits & np.uint64(0x00FF00FF00FF00FF)) * np.uint64(6553601)) >> np.uint64(16)
    return ((digits & np.uint64(0x0000FFFF0000FFFF)) * np.uint64(42949672960001)) >> _HALF
