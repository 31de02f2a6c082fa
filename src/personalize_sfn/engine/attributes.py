"""Attributes: what is known about items or users beside their events, as columns of values by id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from personalize_sfn.engine.interactions import Strings
from personalize_sfn.errors import DataError

AttributeValue = str | float | None
SEPARATOR = "|"
"""Between several categories in one value: ``Comedy|Drama``."""


@dataclass(frozen=True, eq=False)
class Attributes:
    """A table with one row for each item, or each user."""

    ids: Strings
    """Shape (rows,)."""
    columns: Mapping[str, tuple[AttributeValue, ...]]
    """By name, each with one value a row; None where nothing is known."""
    categorical: frozenset[str] = frozenset()
    """The columns whose values are categories; a value may hold several, joined by ``|``."""
    created: tuple[int | None, ...] | None = None
    """When each row's item or user came into being, in epoch seconds; no column to learn from."""

    @classmethod
    def from_columns(
        cls,
        ids: Iterable[object],
        columns: Mapping[str, Sequence[AttributeValue]],
        *,
        categorical: AbstractSet[str] = frozenset(),
        created: Sequence[int | None] | None = None,
    ) -> Attributes:
        """Columns of equal length; ids may be of any type and become strings.

        Raises `DataError` when a column has not as many rows as there are ids.
        """
        names = np.array([str(name) for name in ids], dtype=np.str_)
        dated = {} if created is None else {"of creation times": created}
        for name, column in [*columns.items(), *dated.items()]:
            if len(column) != len(names):
                raise DataError(f"column {name} has {len(column)} rows, there are {len(names)} ids")
        values = {name: tuple(column) for name, column in columns.items()}
        return cls(names, values, frozenset(categorical), None if created is None else tuple(created))

    def categories(self, column: str) -> list[frozenset[str]]:
        """The values of a column as texts, one set a row; several only in a categorical column."""
        return [self._texts(value, column in self.categorical) for value in self.columns[column]]

    @staticmethod
    def _texts(value: AttributeValue, several: bool) -> frozenset[str]:
        if value is None:
            return frozenset()
        if isinstance(value, str):
            return frozenset(part for part in (value.split(SEPARATOR) if several else [value]) if part)
        return frozenset([str(int(value)) if float(value).is_integer() else str(value)])
