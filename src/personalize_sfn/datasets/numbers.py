"""Columns of numbers and of truth values: converted without losing a digit, or refused by row.

Only plain ASCII numbers count as text of a number, which is what Amazon Personalize reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from personalize_sfn.datasets.problems import Problem, problem

__all__ = ["RANGES", "convert_booleans", "convert_numbers", "whole_numbers"]

RANGES = {"int": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}
LARGEST_FLOAT = float(np.finfo(np.float32).max)
_WHOLE = re.compile(r"\s*([+-]?\d{1,30})(?:\.0*)?\s*", re.ASCII)
_NUMBER = re.compile(r"\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?\s*", re.ASCII)
_NOTHING = frozenset({"na", "n/a", "nan", "null", "none", "nil", "-", "?", "<na>", "#n/a"})
_OUTSIDE = 2**64
"""Stands for whole numbers of any greater size: outside of every range."""


def convert_booleans(values: pd.Series, positions: np.ndarray) -> tuple[pd.Series, list[Problem]]:
    """True and False, or their names in any case, as bool."""
    text = values.astype(str).str.lower()
    bad = ~text.isin(["true", "false"]).to_numpy(dtype=bool)
    return text == "true", problem(values, bad, positions, "true or false", "write true, false or nothing")


def convert_numbers(values: pd.Series, positions: np.ndarray, kind: str) -> tuple[pd.Series, list[Problem]]:
    """The values as int64 (``int``, ``long``) or float64 (``float``, ``double``)."""
    if kind not in RANGES:
        return _fractions(values, positions, kind)
    numbers, bad = whole_numbers(values)
    problems = problem(values, bad, positions, f"a whole number ({kind})", _advice(values, bad, whole=True))
    low, high = RANGES[kind]
    outside = ~bad & ~numbers.between(low, high).to_numpy(dtype=bool)
    problems += problem(values, outside, positions, f"{low} to {high} ({kind})", "use type long, or correct it")
    return (values if problems else numbers.astype("int64")), problems


def whole_numbers(values: pd.Series) -> tuple[pd.Series, np.ndarray]:
    """The values as integers (of Python, where they do not fit in 64 bits), and which are none; those count as 0."""
    dtype = values.dtype
    none = np.zeros(len(values), dtype=bool)
    if pd.api.types.is_bool_dtype(dtype):
        return pd.Series(0, index=values.index), ~none
    if pd.api.types.is_integer_dtype(dtype):
        return values, none
    if pd.api.types.is_float_dtype(dtype):
        floats = values.to_numpy(dtype=dtype if isinstance(dtype, np.dtype) else float)
        # A float tells whole numbers from their neighbours up to here only.
        exact = 2.0 ** (np.finfo(floats.dtype).nmant + 1)
        with np.errstate(invalid="ignore"):
            good = np.isfinite(floats) & (floats == np.floor(floats)) & (np.abs(floats.astype(float)) <= exact)
        return pd.Series(np.where(good, floats, 0).astype("int64"), index=values.index), ~good
    if isinstance(dtype, pd.StringDtype) or pd.api.types.infer_dtype(values, skipna=False) == "string":
        # Integers only: each is read exactly.  A fraction among them makes pandas go by floats.
        numbers = pd.to_numeric(values, errors="coerce")
        if numbers.dtype == np.int64:
            return numbers, none
    return _by_value(values, _whole)


def _by_value(values: pd.Series, convert: Callable[[Any], Any]) -> tuple[pd.Series, np.ndarray]:
    """Each value by itself; which have none.  Those become 0."""
    found = [convert(value) for value in values.tolist()]
    bad = np.array([each is None for each in found], dtype=bool)
    return pd.Series([0 if each is None else each for each in found], index=values.index, dtype=object), bad


def _whole(value: Any) -> int | None:
    if isinstance(value, str):
        found = _WHOLE.fullmatch(value)
        if found:
            return int(found[1])
        if not _NUMBER.fullmatch(value):
            return None
        value = Decimal(value.strip())
    if isinstance(value, bool | np.bool_):
        return None
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        number = float(value)
        return int(number) if np.isfinite(number) and number == int(number) and abs(number) <= 2.0**53 else None
    if isinstance(value, Decimal) and value.is_finite():
        if value.adjusted() > 30:
            return _OUTSIDE
        # adjusted() of 0 says nothing, so that is asked first
        whole = not value or (value.adjusted() >= 0 and value == value.to_integral_value())
        return int(value) if whole else None
    return None


def _fractions(values: pd.Series, positions: np.ndarray, kind: str) -> tuple[pd.Series, list[Problem]]:
    dtype = values.dtype
    if pd.api.types.is_bool_dtype(dtype) or pd.api.types.is_complex_dtype(dtype):
        numbers, bad = pd.Series(0.0, index=values.index), np.ones(len(values), dtype=bool)
    elif pd.api.types.is_numeric_dtype(dtype):
        numbers = values.astype("float64")
        bad = ~np.isfinite(numbers.to_numpy(dtype=float))
    else:
        numbers, bad = _by_value(values, _fraction)
        numbers = numbers.astype("float64")
    problems = problem(values, bad, positions, f"a number ({kind})", _advice(values, bad, whole=False))
    if kind == "float":
        large = ~bad & (np.abs(numbers.to_numpy(dtype=float)) > LARGEST_FLOAT)
        advice = "use type double, or correct it"
        problems += problem(values, large, positions, f"up to {LARGEST_FLOAT:.4g} (float)", advice)
    return numbers, problems


def _fraction(value: Any) -> float | None:
    """The nearest float; that of pandas' own reader may be its neighbour."""
    if isinstance(value, bool | np.bool_) or (isinstance(value, str) and not _NUMBER.fullmatch(value)):
        return None
    if not isinstance(value, str | int | float | Decimal | np.number) or isinstance(value, np.complexfloating):
        return None
    try:
        number = float(value)
    except (OverflowError, ValueError):
        return None
    return number if np.isfinite(number) else None


# Forms of numbers that people write and that Personalize does not read: 1,000; 1.000.000,5; 1'000; 1 000; 1_000
_GROUPED = re.compile(
    r"(?P<sign>[+-]?)"
    r"(?P<digits>[0-9]{1,3}(?P<separator>[.,' _\u2019\u00a0\u2009\u202f])[0-9]{3}(?:(?P=separator)[0-9]{3})*)"
    r"(?P<decimals>(?!(?P=separator))[.,][0-9]+)?"
)
_COMMA = re.compile(r"([+-]?[0-9]*),([0-9]+)")
_POINT = re.compile(r"[+-]?[0-9]*\.[0-9]*[1-9][0-9]*")


def _advice(values: pd.Series, bad: np.ndarray, *, whole: bool) -> str:
    """What to do about the first wrong value."""
    text = str(values.iloc[int(bad.argmax())]) if bad.any() else ""
    if text.strip().lower() in _NOTHING:
        return "write nothing where there is no value, and declare the column nullable"
    if found := _GROUPED.fullmatch(text.strip()):
        sign, digits, separator, decimals = found["sign"], found["digits"], found["separator"], found["decimals"]
        plain = sign + digits.replace(separator, "") + ("." + decimals[1:] if decimals else "")
        advice = f"write {plain} without a thousands separator"
        if decimals or digits.count(separator) > 1:
            return advice
        if separator == "," and not whole:  # 1,000 may be either
            return f"{advice}, or {sign}{digits.replace(',', '.')} with a point before the decimals"
        return f"{advice}, or round it" if separator == "." else advice
    if found := _COMMA.fullmatch(text.strip()):
        point = f"{found[1]}.{found[2]}"
        if not whole:
            return f"write {point} with a point before the decimals (pd.read_csv takes decimal=',')"
        return f"round {point}, or declare the column float or double and write a point before the decimals"
    if whole and _POINT.fullmatch(text.strip()):
        return "round it, or declare the column float or double"
    if pd.api.types.is_float_dtype(values.dtype) and re.fullmatch(r"-?[\d.]+(e\+\d+)?", text) and float(text) % 1 == 0:
        return "a float does not hold every such number: read or make the column as text (dtype=str) or as Int64"
    return "correct it, or remove these rows"
