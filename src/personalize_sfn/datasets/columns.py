"""One column against its schema type: the converted values, and every value that Personalize would refuse.

Limits: https://docs.aws.amazon.com/personalize/latest/dg/limits.html and .../how-it-works-dataset-schema.html.
All work is done on whole columns; a million rows take seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["Problem", "convert"]

_ID_COLUMNS = frozenset({"USER_ID", "ITEM_ID", "ACTION_ID"})
_TIME_COLUMNS = frozenset({"TIMESTAMP", "CREATION_TIMESTAMP", "EXPIRATION_TIMESTAMP"})
_MAX_ID, _MAX_STRING, _MAX_TEXT = 256, 1000, 20_000
# Epoch seconds pass 10^11 in the year 5138; epoch milliseconds passed it in March 1973.
_TIME_UNITS = ((1e17, "nanoseconds", 10**9), (1e14, "microseconds", 10**6), (1e11, "milliseconds", 1000))
_RANGES = {"int": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one column, in one or more rows."""

    column: str
    expected: str
    found: str
    """The first wrong value, as it reads."""
    advice: str
    rows: np.ndarray | None = None
    """Positions of the rows, in order; None when it is about the column or table as a whole."""


def convert(values: pd.Series, kind: str, *, nullable: bool, textual: bool = False) -> tuple[pd.Series, list[Problem]]:
    """Convert a column to ``kind``.

    Args:
        values: text as read from a CSV, or any type that pandas has.
        kind: the Avro type.
        nullable: whether null, or an empty text, may stand there.
        textual: whether it is the long text of an item.

    Returns:
        The column as str, int64, float64 or bool (Int64 and boolean where there are nulls), index from 0, and the
        problems; the column is worth nothing if there is one.
    """
    name = str(values.name)
    null = (values.isna() | (values == "")).to_numpy(dtype=bool, na_value=True)
    problems = []
    if null.any() and not nullable:
        advice = "fill or remove these rows, or declare the column nullable"
        if name in _ID_COLUMNS or name == "TIMESTAMP":
            advice = "fill or remove these rows"
        problems.append(Problem(name, f"{kind}, not null", "nothing", advice, np.flatnonzero(null)))
    known = values[~null]
    positions = np.flatnonzero(~null)
    if kind == "string":
        converted, wrong = _strings(known, positions, textual)
    elif kind == "boolean":
        converted, wrong = _booleans(known, positions)
    else:
        converted, wrong = _numbers(known, positions, kind)
    problems += wrong
    converted = converted.reset_index(drop=True)
    if null.any() and not problems:
        if kind == "boolean":
            converted = converted.astype("boolean")
        elif kind in _RANGES:
            converted = converted.astype("Int64")
        where = np.full(len(null), -1)  # no row has this label, so reindex leaves null there
        where[~null] = np.arange(len(converted))
        converted = converted.reindex(where).reset_index(drop=True)
    converted.name = name
    return converted, problems


def _problem(values: pd.Series, bad: np.ndarray, positions: np.ndarray, expected: str, advice: str) -> list[Problem]:
    """One problem if any of ``bad`` is true, else none."""
    if not bad.any():
        return []
    found = str(values.iloc[int(bad.argmax())])
    shown = repr(found if len(found) <= 60 else found[:57] + "...")
    return [Problem(str(values.name), expected, shown, advice, positions[bad])]


def _strings(values: pd.Series, positions: np.ndarray, textual: bool) -> tuple[pd.Series, list[Problem]]:
    if pd.api.types.is_float_dtype(values.dtype) and bool((values % 1 == 0).all()):
        values = values.astype("int64")  # ids that pandas made floats because of a null somewhere: 17, not 17.0
    text = values.astype(str)
    name = str(values.name)
    # Identifiers repeat; so each distinct text is looked at once.
    codes, distinct = pd.factorize(text)
    lengths = np.array([len(each) for each in distinct], dtype=int)
    broken = np.array(["\n" in each or "\r" in each for each in distinct], dtype=bool)
    problems = _problem(
        text, broken[codes], positions, "one line of text", "replace line breaks: Personalize reads one record a line"
    )
    most = _MAX_ID if name in _ID_COLUMNS else _MAX_STRING
    if not textual:  # Personalize cuts a longer textual value off and goes on.
        too_long = lengths[codes] > most
        size = f", {lengths[codes][too_long][0]} characters" if too_long.any() else ""
        problems += _problem(text, too_long, positions, f"at most {most} characters", f"shorten it{size}")
    return text, problems


def _booleans(values: pd.Series, positions: np.ndarray) -> tuple[pd.Series, list[Problem]]:
    text = values.astype(str).str.lower()
    bad = ~text.isin(["true", "false"]).to_numpy(dtype=bool)
    return text == "true", _problem(values, bad, positions, "true or false", "write true, false or nothing")


def _numbers(values: pd.Series, positions: np.ndarray, kind: str) -> tuple[pd.Series, list[Problem]]:
    name = str(values.name)
    whole = kind in _RANGES
    expected = {"long": "a whole number (long)", "int": "a whole number (int)"}.get(kind, f"a number ({kind})")
    advice = "correct it, or remove these rows"
    if name in _TIME_COLUMNS:
        expected = "epoch seconds (a whole number)"
        advice = "convert it, for example with pd.to_datetime(column).astype('datetime64[s]').astype('int64')"
    if pd.api.types.is_datetime64_any_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype):
        return values, _problem(values, np.ones(len(values), dtype=bool), positions, expected, advice)
    numbers = values if pd.api.types.is_numeric_dtype(values.dtype) else pd.to_numeric(values, errors="coerce")
    if pd.api.types.is_integer_dtype(numbers.dtype):
        bad = np.zeros(len(numbers), dtype=bool)
    else:
        floats = numbers.to_numpy(dtype=float)
        bad = ~np.isfinite(floats) | ((floats != np.floor(floats)) if whole else np.zeros(len(floats), dtype=bool))
    problems = _problem(values, bad, positions, expected, advice)
    if not whole:
        return numbers.astype("float64"), problems
    low, high = _RANGES[kind]
    outside = ~bad & ~numbers.between(low, high).to_numpy(dtype=bool)
    problems += _problem(values, outside, positions, f"{low} to {high} ({kind})", "use type long, or correct it")
    if name in _TIME_COLUMNS:
        problems += _wrong_units(values, numbers, ~bad & ~outside, positions)
    return (numbers if problems else numbers.astype("int64")), problems


def _wrong_units(values: pd.Series, numbers: pd.Series, good: np.ndarray, positions: np.ndarray) -> list[Problem]:
    problems = []
    rest = good.copy()
    for limit, unit, factor in _TIME_UNITS:
        bad = rest & (numbers >= limit).to_numpy(dtype=bool)
        advice = f"these are {unit}: divide the column by {factor:,} (column // {factor})"
        problems += _problem(values, bad, positions, "epoch seconds", advice)
        rest &= ~bad
    if values.name == "TIMESTAMP":
        bad = rest & (numbers < 0).to_numpy(dtype=bool)
        problems += _problem(values, bad, positions, "epoch seconds, not negative", "correct it, or remove these rows")
    return problems
