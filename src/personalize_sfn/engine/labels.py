"""Columns of context: what is known of the moment of each event, as one of few values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.engine.coded_column import CodedColumn

MOST_NUMBERS = 24
"""A column of no more different numbers has a value for each, such as the hours of a day; of more, it has bins."""
BINS = 8
"""Ranges of numbers that hold about equally many events."""


class Labels(NamedTuple):
    """A column of context, made with `Labels.of`."""

    names: NDArray[np.str_]
    """The different values, as texts; of numbers the lower ends of ranges, in order."""
    codes: NDArray[np.int32]
    """Each event's value, a position in `names`; -1 where it is not known.  Shape (events,)."""
    numeric: bool = False

    @classmethod
    def of(cls, values: Iterable[str | float | None], *, numeric: bool = False) -> Labels:
        """From one value an event; None, an empty text and a number that is not finite are unknown.

        Texts may hold several categories, joined by ``|``.
        """
        column = CodedColumn.of(values)
        different = column.values.tolist()
        if numeric:
            numbers = np.array([np.nan if value is None else value for value in different], dtype=np.float64)
            return cls._of_numbers(numbers[column.codes])
        texts = ["" if value is None else str(value) for value in different]
        names = sorted(set(texts) - {""})
        places = {name: place for place, name in enumerate(names)} | {"": -1}
        codes = np.array([places[text] for text in texts], dtype=np.int32)[column.codes]
        return cls(np.array(names, dtype=np.str_), codes)

    @classmethod
    def _of_numbers(cls, numbers: NDArray[np.float64]) -> Labels:
        known = np.isfinite(numbers)
        cuts = np.unique(numbers[known])[1:]
        if len(cuts) >= MOST_NUMBERS:
            cuts = np.unique(np.quantile(numbers[known], np.arange(1, BINS) / BINS))
        ends = np.concatenate(([-np.inf], cuts))
        codes = np.where(known, np.searchsorted(ends, numbers, side="right") - 1, -1)
        return cls(np.array([repr(end) for end in ends.tolist()], dtype=np.str_), codes.astype(np.int32), numeric=True)

    def at(self, events: NDArray[np.bool_] | NDArray[np.intp]) -> Labels:
        """The column of some of the events."""
        return self._replace(codes=self.codes[events])
