"""Columns of text: identifiers, categories, free text.

Limits: https://docs.aws.amazon.com/personalize/latest/dg/limits.html
"""

from __future__ import annotations

import numbers
import re
from collections.abc import Collection, Mapping, Sequence, Set
from typing import Any

import numpy as np
import pandas as pd

from personalize_sfn.datasets.problems import ID_COLUMNS, CountedNote, Problem, problem

__all__ = ["convert_text", "fits", "most_characters"]

MAX_ID, MAX_STRING, MAX_TEXT = 256, 1000, 20_000
_UNFIT = re.compile("[\r\n\0\ud800-\udfff]")
_BYTES = (bytes, bytearray, memoryview)
_NUMBERS = (numbers.Number, np.generic)


def fits(texts: Sequence[str], most: int) -> bool:
    """Is each text one line, and not longer than ``most`` characters?"""
    joined = "".join(texts)
    return (len(joined) <= most or max(map(len, texts)) <= most) and not _UNFIT.search(joined)


def most_characters(name: str, *, textual: bool) -> int:
    """What a text of this column may have."""
    return MAX_TEXT if textual else MAX_ID if name in ID_COLUMNS else MAX_STRING


def _is_list(value: Any) -> bool:
    """Lists, tuples, sets, arrays of NumPy and pandas, and what else holds several values."""
    if isinstance(value, (str, *_BYTES, *_NUMBERS, Mapping, pd.DataFrame)):
        return False
    return isinstance(value, Collection)


def convert_text(
    values: pd.Series, positions: np.ndarray, *, textual: bool
) -> tuple[pd.Series, list[Problem], tuple[str, ...]]:
    """The values as str.

    Numbers are written as they read, whole ones without decimals; a list of categories becomes ``a|b``; bytes are read
    as UTF-8; free text is cut where Personalize cuts it.

    Args:
        values: any type, without nulls.
        positions: the row of each value.
        textual: whether it is the free text of an item.
    """
    name = str(values.name)
    lists = not textual and name not in ID_COLUMNS
    problems: list[Problem] = []
    if pd.api.types.is_float_dtype(values.dtype):
        problems += _inexact(values, positions)
    text = _as_text(values, positions, problems, lists=lists)
    # Identifiers repeat; so each distinct text is looked at once.
    codes, distinct = pd.factorize(text)
    texts: list[str] = distinct.tolist()
    if _UNFIT.search("".join(texts)):
        problems += _unfit(text, codes, texts, positions)
    lengths = np.fromiter(map(len, texts), dtype=int, count=len(texts))
    if textual:
        return (*_cut(text, lengths[codes], problems),)
    most = most_characters(name, textual=False)
    if lengths.size and lengths.max() > most:
        too_long = lengths[codes] > most
        size = f", {lengths[codes][too_long][0]} characters"
        problems += problem(text, too_long, positions, f"at most {most} characters", f"shorten it{size}")
    return text, problems, ()


def _as_text(values: pd.Series, positions: np.ndarray, problems: list[Problem], *, lists: bool) -> pd.Series:
    """Each value as str; what cannot be is added to ``problems``."""
    if pd.api.types.is_string_dtype(values.dtype) and pd.api.types.infer_dtype(values, skipna=False) == "string":
        return values.astype(str)
    if pd.api.types.is_integer_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype):
        return values.astype(str)
    codes, distinct = _distinct(values)
    texts, wrong = [], {}
    for place, value in enumerate(distinct):
        try:
            texts.append(_text(value, lists=lists))
        except ValueError as error:
            texts.append("")
            wrong[place] = str(error)
    for why in dict.fromkeys(wrong.values()):
        expected, _, advice = why.partition("; ")
        bad = np.isin(codes, [place for place, each in wrong.items() if each == why])
        problems += problem(values, bad, positions, expected, advice)
    return pd.Series(np.array(texts, dtype=object)[codes], index=values.index, name=values.name).astype(str)


def _distinct(values: pd.Series) -> tuple[np.ndarray, Sequence[Any]]:
    """For each row the place of its value among the different ones, and these."""
    try:
        codes, distinct = pd.factorize(values.astype(object))
    except TypeError:  # lists have no hash
        rows = values.tolist()
        return np.arange(len(rows)), rows
    # 1, 1.0, True and Decimal(1) are equal, and read differently
    if len({type(value) for value in distinct}) == 1 and not isinstance(values.dtype, pd.CategoricalDtype):
        kinds = pd.api.types.infer_dtype(values, skipna=False)
        if not kinds.startswith("mixed"):
            return codes, list(distinct)
    rows = values.tolist()
    places: dict[Any, int] = {}
    found = [places.setdefault((type(value), value), len(places)) for value in rows]
    return np.array(found, dtype=int), [value for _, value in places]


def _text(value: Any, *, lists: bool) -> str:
    """One value as str.

    Raises:
        ValueError: it is none; ``expected; advice``.
    """
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, _BYTES):
        try:
            return bytes(value).decode()
        except UnicodeDecodeError:
            raise ValueError("text; decode the bytes with the encoding that they have") from None
    if isinstance(value, float | np.floating):
        if not np.isfinite(value):
            raise ValueError("text or a finite number; correct it, or remove these rows")
        return str(int(value)) if value == int(value) else str(value)
    if _is_list(value) and lists:
        return _joined(value)
    if (
        _is_list(value)
        or isinstance(value, Mapping)
        or (hasattr(value, "__array__") and not isinstance(value, np.generic))
    ):
        what = "one text or a list of categories" if lists else "one text"
        raise ValueError(f"{what}; give each row one value")
    if not isinstance(value, _NUMBERS) and (callable(value) or not _has_text(value)):
        # str() would give "<object object at 0x7f...>", another one in each run
        raise ValueError("text, a number or a date; give each row a value that reads as text")
    return str(value)


def _has_text(value: Any) -> bool:
    """Whether its class says how it reads as text."""
    return any("__str__" in vars(each) for each in type(value).__mro__[:-1])


def _joined(values: Any) -> str:
    """Several categories of one row: https://docs.aws.amazon.com/personalize/latest/dg/items-datasets.html"""
    if isinstance(values, np.ndarray) and values.ndim != 1:
        raise ValueError("a list of categories; give each row a flat list")
    parts = ["" if pd.api.types.is_scalar(each) and pd.isna(each) else _text(each, lists=False) for each in values]
    if isinstance(values, Set):
        parts.sort()
    if any("|" in part or not part for part in parts):
        raise ValueError("categories without | that are not empty; Personalize separates categories by |")
    return "|".join(parts)


def _inexact(values: pd.Series, positions: np.ndarray) -> list[Problem]:
    """Whole numbers that a float cannot tell from their neighbours: two identifiers may have become one."""
    numbers = values.to_numpy(dtype=values.dtype.type if isinstance(values.dtype, np.dtype) else float)
    digits = np.finfo(numbers.dtype).nmant + 1
    with np.errstate(over="ignore"):
        bad = np.isfinite(numbers) & (np.abs(numbers.astype(float)) > 2.0**digits)
    advice = "read or make the column as text (dtype=str) or as Int64: a float does not hold every such number"
    return problem(values, bad, positions, f"whole numbers up to 2**{digits} in a column of floats", advice)


def _unfit(text: pd.Series, codes: np.ndarray, texts: list[str], positions: np.ndarray) -> list[Problem]:
    """Characters that no line of UTF-8 text can hold."""
    kinds = (
        ("[\r\n]", "one line of text", "replace line breaks: Personalize reads one record a line"),
        ("\0", "text without the NUL character", "remove it"),
        ("[\ud800-\udfff]", "text that UTF-8 can hold (this is half of a character)", "remove or replace it"),
    )
    problems = []
    for pattern, expected, advice in kinds:
        found = re.compile(pattern)
        bad = np.array([found.search(each) is not None for each in texts], dtype=bool)
        problems += problem(text, bad[codes], positions, expected, advice)
    return problems


def _cut(
    text: pd.Series, lengths: np.ndarray, problems: list[Problem]
) -> tuple[pd.Series, list[Problem], tuple[str, ...]]:
    """Personalize reads the first 20,000 characters of free text and ignores the rest."""
    long = int((lengths > MAX_TEXT).sum())
    if not long:
        return text, problems, ()
    one, many = (
        f"{text.name}: {{}} {texts} cut to {MAX_TEXT:,} characters, which is what Personalize reads"
        for texts in ("text", "texts")
    )
    note = CountedNote(one, many, long)
    return text.str.slice(0, MAX_TEXT), problems, (note,)
