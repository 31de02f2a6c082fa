"""One column against its schema type: the converted values, and every value that Personalize would refuse.

Limits: https://docs.aws.amazon.com/personalize/latest/dg/limits.html and .../how-it-works-dataset-schema.html.
All work is done on whole columns; a million rows take seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from personalize_sfn.datasets.numbers import RANGES, convert_booleans, convert_numbers
from personalize_sfn.datasets.problems import ID_COLUMNS, TIME_COLUMNS, Problem
from personalize_sfn.datasets.remedies import FRAME, Remedies
from personalize_sfn.datasets.texts import convert_text
from personalize_sfn.datasets.times import Times, convert_times

__all__ = ["Converted", "convert"]


@dataclass(frozen=True, slots=True, eq=False)
class Converted:
    """A column in its schema type."""

    values: pd.Series
    """str, int64, float64 or bool (Int64 and boolean where there are nulls), index from 0; worth nothing if there is a
    problem."""
    problems: list[Problem]
    notes: tuple[str, ...] = ()
    """What a reader should know of how the values were converted."""


def convert(
    values: pd.Series,
    kind: str,
    *,
    nullable: bool,
    textual: bool = False,
    times: Times | None = None,
    remedies: Remedies = FRAME,
) -> Converted:
    """Convert a column to ``kind``.

    Args:
        values: text as read from a CSV, or any type that pandas has.
        kind: the Avro type.
        nullable: whether null, or an empty text, may stand there.
        textual: whether it is the long text of an item.
        times: what times may be.  Default: seconds, from 1990 to tomorrow.
        remedies: how messages say what to do.
    """
    name = str(values.name)
    null = _is_null(values)
    problems = []
    if null.any() and not nullable:
        advice = "fill or remove these rows, or declare the column nullable"
        if name in ID_COLUMNS or name == "TIMESTAMP":
            advice = "fill or remove these rows"
        problems.append(Problem(name, f"{kind}, not null", "nothing", advice, np.flatnonzero(null)))
    known = _plain(values[~null])
    positions = np.flatnonzero(~null)
    notes: tuple[str, ...] = ()
    if kind == "string":
        converted, wrong, notes = convert_text(known, positions, textual=textual)
    elif kind == "boolean":
        converted, wrong = convert_booleans(known, positions)
    elif kind == "long" and name in TIME_COLUMNS:
        converted, wrong, notes = convert_times(known, positions, times or Times(), remedies)
    else:
        converted, wrong = convert_numbers(known, positions, kind)
    problems += wrong
    converted = converted.reset_index(drop=True)
    if null.any() and not problems:
        if kind == "boolean":
            converted = converted.astype("boolean")
        elif kind in RANGES:
            converted = converted.astype("Int64")
        where = np.full(len(null), -1)  # no row has this label, so reindex leaves null there
        where[~null] = np.arange(len(converted))
        converted = converted.reindex(where).reset_index(drop=True)
    converted.name = name
    return Converted(converted, problems, notes)


def _is_null(values: pd.Series) -> np.ndarray:
    """Which are null, an empty text or an empty list."""
    null: np.ndarray = values.isna().to_numpy(dtype=bool, na_value=True, copy=True)
    if values.dtype != object:
        if pd.api.types.is_string_dtype(values.dtype):
            null |= (values == "").to_numpy(dtype=bool, na_value=False)
        return null
    if pd.api.types.infer_dtype(values, skipna=True) == "string":
        empty = (values == "").to_numpy(dtype=bool, na_value=False)
    else:
        empty = np.fromiter(map(_is_empty, values.tolist()), dtype=bool, count=len(values))
    null |= empty
    return null


def _is_empty(value: object) -> bool:
    if isinstance(value, np.ndarray):
        return value.size == 0
    return isinstance(value, str | list | tuple | set | frozenset) and not value


def _plain(values: pd.Series) -> pd.Series:
    """The values without what pandas only stores in another way: categories, gaps, Arrow."""
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return values.astype(dtype.categories.dtype)
    if isinstance(dtype, pd.SparseDtype):
        return values.astype(dtype.subtype)
    if isinstance(dtype, pd.ArrowDtype):
        return values.astype(object)
    return values
