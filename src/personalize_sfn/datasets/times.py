"""Columns of times: epoch seconds, or dates and times that are unambiguous, and what is implausible.

Amazon Personalize takes whole seconds since 1970 and trains on whatever it gets; so what cannot be meant is named here.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

import numpy as np
import pandas as pd

from personalize_sfn.datasets.numbers import whole_numbers
from personalize_sfn.datasets.problems import CountedNote, Problem, problem
from personalize_sfn.datasets.remedies import Remedies
from personalize_sfn.errors import DataError

__all__ = ["TimeUnit", "Times", "convert_times"]

TimeUnit = Literal["s", "ms", "us", "ns"]
DAY = 86_400
_YEAR_10000 = 253_402_300_800
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
# Epoch seconds pass 10^11 in the year 5138; epoch milliseconds passed it in March 1973.
_OTHER_UNITS: tuple[tuple[int, TimeUnit], ...] = ((10**17, "ns"), (10**14, "us"), (10**11, "ms"))
_UNIT_NAMES = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}
_EXAMPLE = "2024-04-17T09:30:00Z"
_ISO = re.compile(
    r"\s*\d{4}-\d\d-\d\d(?:[Tt ]\d\d(?::?\d\d(?::?\d\d(?:[.,]\d{1,9}\d*)?)?)?\s?(?:[Zz]|[+-]\d\d(?::?\d\d)?)?)?\s*",
    re.ASCII,
)
_OTHER_DATE = re.compile(r"\s*\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b.*|.*\b[A-Z][a-z]{2,8}\b.*\d{4}.*", re.ASCII | re.DOTALL)
DEFAULT_EARLIEST = "1990-01-01"


@dataclass(frozen=True, slots=True)
class Times:
    """What times may be."""

    unit: TimeUnit = "s"
    """What numbers count, since 1970."""
    earliest: str = DEFAULT_EARLIEST
    """The first day that is plausible, as ISO 8601 text.  Times before 1970 are never taken."""
    now: float = field(default_factory=time.time)
    """Epoch seconds.  What is more than a day later is implausible."""

    def __post_init__(self) -> None:
        if self.unit not in _PER_SECOND:
            raise DataError(f"time_unit: expected one of {', '.join(_PER_SECOND)}, got {self.unit!r}")
        try:
            datetime.fromisoformat(self.earliest)
        except (TypeError, ValueError):
            example = f"a day such as {DEFAULT_EARLIEST!r}"
            raise DataError(f"earliest: expected {example}, got {self.earliest!r}") from None

    @property
    def first(self) -> int:
        """Epoch seconds of :attr:`earliest`, 0 at least."""
        when = datetime.fromisoformat(self.earliest)
        return max(0, int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()))


def convert_times(
    values: pd.Series, positions: np.ndarray, times: Times, remedies: Remedies
) -> tuple[pd.Series, list[Problem], tuple[str, ...]]:
    """The values as epoch seconds (int64), what is wrong, and what was converted."""
    read = _read(values)
    expected = f"epoch seconds (a whole number) or a date such as {_EXAMPLE}"
    problems = problem(values, read.bad, positions, expected, _advice(values, read.bad, remedies))
    counted = ~read.bad & ~read.dated
    problems += _wrong_units(values, read.numbers.where(counted, 0), positions, times, remedies)
    if problems:
        return values, problems, ()
    seconds = read.numbers
    notes: tuple[str, ...] = ()
    if times.unit != "s" and counted.any():
        seconds = seconds.where(read.dated, seconds // _PER_SECOND[times.unit])
        notes += (f"{values.name}: numbers are {_UNIT_NAMES[times.unit]} and became epoch seconds",)
    if read.dated.any():
        zone = "; those without a zone are taken as UTC" if read.naive else ""
        text = f"{values.name}: {{}} dates became epoch seconds{zone}"
        notes += (CountedNote(text, text, int(read.dated.sum())),)
    problems = _implausible(values, seconds, positions, times, remedies)
    return (values if problems else seconds.astype("int64")), problems, notes


@dataclass(frozen=True, slots=True)
class _Read:
    """What the values of a column are."""

    numbers: pd.Series
    """Whole numbers as they stand; of dates their epoch seconds."""
    dated: np.ndarray
    """Which are dates."""
    bad: np.ndarray
    """Which are neither."""
    naive: bool
    """Whether there are dates without a zone."""


def _read(values: pd.Series) -> _Read:
    dtype = values.dtype
    if pd.api.types.is_datetime64_any_dtype(dtype):
        all_, none = np.ones(len(values), dtype=bool), np.zeros(len(values), dtype=bool)
        return _Read(_seconds(values), all_, none, naive=not isinstance(dtype, pd.DatetimeTZDtype))
    numbers, bad = whole_numbers(values)
    dated = np.zeros(len(values), dtype=bool)
    if not bad.any() or pd.api.types.is_numeric_dtype(dtype):
        return _Read(numbers, dated, bad, naive=False)
    places = np.flatnonzero(bad)
    found = [_date(value) for value in values.iloc[places].tolist()]
    parsed = pd.Series(pd.to_datetime(pd.Series(found, dtype=object), format="ISO8601", utc=True, errors="coerce"))
    known = parsed.notna().to_numpy(dtype=bool)
    dated[places[known]] = True
    numbers = numbers.astype(object)
    numbers.iloc[places[known]] = _seconds(parsed[known]).to_numpy()
    naive = any(_is_naive(each) for each, is_known in zip(found, known, strict=True) if is_known)
    return _Read(numbers, dated, bad & ~dated, naive)


def _date(value: Any) -> Any:
    """The value if it is a date, or ISO 8601 text as pandas reads it; else None."""
    if isinstance(value, str):
        return value.strip().upper().replace(",", ".") if _ISO.fullmatch(value) else None
    return value if isinstance(value, date | np.datetime64) else None


def _is_naive(value: Any) -> bool:
    if isinstance(value, str):
        return not (value.endswith("Z") or re.search(r"[+-]\d\d(:?\d\d)?$", value[10:]))
    return getattr(value, "tzinfo", None) is None


def _seconds(dates: pd.Series) -> pd.Series:
    if isinstance(dates.dtype, pd.DatetimeTZDtype):
        dates = dates.dt.tz_convert("UTC").dt.tz_localize(None)
    return dates.astype("datetime64[s]").astype("int64")


def _wrong_units(
    values: pd.Series, numbers: pd.Series, positions: np.ndarray, times: Times, remedies: Remedies
) -> list[Problem]:
    """Numbers that count in another unit than it was said, by their size."""
    problems = []
    rest = (numbers < 2**63).to_numpy(dtype=bool)
    problems += problem(values, ~rest, positions, "epoch seconds", "correct it, or remove these rows")
    for limit, unit in _OTHER_UNITS:
        bad = rest & (numbers >= limit).to_numpy(dtype=bool)
        rest = rest & ~bad
        if unit != times.unit:
            advice = f"these are {_UNIT_NAMES[unit]}: say so with {remedies.unit(unit)}"
            problems += problem(values, bad, positions, f"epoch {_UNIT_NAMES[times.unit]}", advice, rule=unit)
    return problems


def _implausible(
    values: pd.Series, seconds: pd.Series, positions: np.ndarray, times: Times, remedies: Remedies
) -> list[Problem]:
    """Times that no event and no item of today has: they come from a wrong conversion, and would be trained on."""
    before_1970 = (seconds < 0).to_numpy(dtype=bool)
    first = seconds[before_1970].min() if before_1970.any() else 0
    advice = "correct it, or remove these rows"
    if first <= -(2**63) // 10**9:  # what NaT is as a number, in any unit
        advice = "pandas made an empty date a number: give the dates themselves, they are understood"
    problems = problem(values, before_1970, positions, "epoch seconds, not negative", advice)
    early = ~before_1970 & (seconds < times.first).to_numpy(dtype=bool)
    late = (seconds > times.now + DAY).to_numpy(dtype=bool)
    if values.name == "EXPIRATION_TIMESTAMP":
        late = seconds.to_numpy() >= _OTHER_UNITS[-1][0]
    expected = f"a time from {_day(times.first)} to {_day(times.now + DAY)}"
    if early.any():
        oldest = _day(seconds[early].min())
        advice = (
            "if pandas made dates these numbers, give the dates themselves; "
            f"if they are really so old, say so with {remedies.earliest(oldest)}"
        )
        problems += problem(
            values, early, positions, expected, advice, aside=_day(seconds[early].iloc[0]), rule="early"
        )
    if late.any():
        advice = "correct it, or remove these rows"
        problems += problem(values, late, positions, expected, advice, aside=_day(seconds[late].iloc[0]), rule="late")
    return problems


def _day(seconds: float) -> str:
    if seconds >= _YEAR_10000:
        return "after the year 9999"
    return datetime.fromtimestamp(int(seconds), UTC).date().isoformat()


def _advice(values: pd.Series, bad: np.ndarray, remedies: Remedies) -> str:
    """What to do about the first value that is no time."""
    if not bad.any():
        return ""
    found = values.iloc[int(bad.argmax())]
    column = str(values.name)
    if isinstance(values.dtype, pd.PeriodDtype):
        return f"make it the date on which the period begins{remedies.code('.dt.to_timestamp()', column)}"
    if pd.api.types.is_float_dtype(values.dtype) and np.isfinite(found):
        return f"round it down to whole seconds{remedies.code(' // 1', column)}"
    if isinstance(found, str) and re.fullmatch(r"\s*\d+\.\d+\s*", found, re.ASCII):
        return "round it down to whole seconds"
    if isinstance(found, str) and _OTHER_DATE.fullmatch(found) and not _ISO.fullmatch(found):
        return (
            f"write dates as ISO 8601 has them, {_EXAMPLE}{remedies.dates(column)}; "
            "which of 01/02/2024 is the month is not guessed"
        )
    return "correct it, or remove these rows"
