"""What a value of a column may be: the same for a CSV's cells and for what Put* requests bring.

https://docs.aws.amazon.com/personalize/latest/dg/limits.html
https://docs.aws.amazon.com/personalize/latest/dg/data-prep-formatting.html (numbers, times, truth values)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.local.personalize.data.schemas import ID_FIELDS, ParsedSchema, SchemaField, ranges

LONGEST_ID, LONGEST_STRING, LONGEST_TEXTUAL = 256, 1000, 20_000
"""Characters.  Longer textual values are cut."""
TIME_FIELDS = ("TIMESTAMP", "CREATION_TIMESTAMP", "EXPIRATION_TIMESTAMP")
"""They hold Unix time in seconds."""
LATEST_TIME = 10**11 - 1
"""In the year 5138; numbers above it are milliseconds, which passed it in 1973."""


class Limits(NamedTuple):
    """The lowest and the highest value of a column of numbers."""

    low: float
    high: float
    what: str = ""

    def wrong(self, values: NDArray[Any]) -> NDArray[np.bool_]:
        """Which of the numbers lie outside."""
        return (values < self.low) | (values > self.high)

    def problem(self, value: float) -> str | None:
        """What is wrong with a number, or None."""
        if self.low <= value <= self.high:
            return None
        return f"expected {self.what}{self.low} to {self.high}, got {value}"


TIME_LIMITS = Limits(0, LATEST_TIME, "Unix time in seconds, ")


def limits(schema: ParsedSchema) -> dict[str, Limits]:
    """Of the schema's columns that have limits beyond those of their type."""
    times = {field.name: TIME_LIMITS for field in schema.fields if field.name in TIME_FIELDS}
    return times | {name: Limits(*both) for name, both in ranges(schema).items()}


def whole_numbers(bits: int) -> Callable[[str], int]:
    """From a text to a number of so many bits; ValueError for another text."""
    lowest, highest = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1

    def convert(text: str) -> int:
        number = int(_plain(text))
        if not lowest <= number <= highest:
            raise ValueError(text)
        return number

    return convert


def fraction(text: str) -> float:
    """From a text to a finite number; ValueError for another text."""
    number = float(_plain(text))
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def boolean(text: str) -> bool:
    """From ``true`` or ``false``; ValueError for another text."""
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


CONVERTERS: dict[str, Callable[[str], Any]] = {
    "int": whole_numbers(32),
    "long": whole_numbers(64),
    "float": fraction,
    "double": fraction,
    "boolean": boolean,
}
"""From a text to a value of a type; ValueError for what is none."""
DTYPES = {"int": np.int64, "long": np.int64, "float": np.float64, "double": np.float64, "boolean": np.bool_}


def converted_block(kind: str, texts: Sequence[str]) -> NDArray[Any]:
    """Many texts as CONVERTERS does it with one; ValueError if there is one that is no value of the type."""
    if kind == "boolean":
        return np.array(list(map(boolean, texts)), dtype=np.bool_)
    _plain("".join(texts))
    try:
        numbers: NDArray[Any] = np.array(
            list(map(int if kind in ("int", "long") else float, texts)), dtype=DTYPES[kind]
        )
    except OverflowError as error:
        raise ValueError(str(error)) from error
    out_of_range = not np.isfinite(numbers).all() if kind in ("float", "double") else _above_int(kind, numbers)
    if out_of_range:
        raise ValueError(f"a value that is no {kind}")
    return numbers


def checked_text(field: SchemaField, text: str) -> str:
    """The text as the column holds it.

    Raises:
        ValueError: what is expected; a text that is too long raises TooLong.
    """
    if field.textual:
        return text[:LONGEST_TEXTUAL]
    if field.name in ID_FIELDS and "\0" in text:
        raise ValueError("an id without NUL characters")
    longest = LONGEST_ID if field.name in ID_FIELDS else LONGEST_STRING
    if len(text) > longest:
        raise TooLong(longest)
    return text


class TooLong(Exception):
    """A text has more characters than its column takes."""

    def __init__(self, longest: int) -> None:
        super().__init__(longest)
        self.longest = longest


def _plain(text: str) -> str:
    """Python also reads digits of other scripts, and 1_000; the service does not.  Raises ValueError."""
    if not text.isascii() or "_" in text:
        raise ValueError(text)
    return text


def _above_int(kind: str, numbers: NDArray[Any]) -> bool:
    return kind == "int" and bool(len(numbers)) and not -(2**31) <= numbers.min() <= numbers.max() <= 2**31 - 1
