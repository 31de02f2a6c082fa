"""What can be wrong in a column, by row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from personalize_sfn.datasets.naming import shown
from personalize_sfn.schema_rules import KEY_COLUMNS

__all__ = ["ID_COLUMNS", "TIME_COLUMNS", "Problem", "problem"]

ID_COLUMNS = frozenset(KEY_COLUMNS.values())
TIME_COLUMNS = frozenset({"TIMESTAMP", "CREATION_TIMESTAMP", "EXPIRATION_TIMESTAMP"})


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


def problem(
    values: pd.Series, bad: np.ndarray, positions: np.ndarray, expected: str, advice: str, *, aside: str = ""
) -> list[Problem]:
    """One problem if any of ``bad`` is true, else none.

    Args:
        values: the column's values that are not null.
        bad: which of them are wrong.
        positions: the row of each.
        expected: what a right value is.
        advice: what to do.
        aside: what the first wrong value means, as ``2055-01-01``.
    """
    if not bad.any():
        return []
    found = shown(values.iloc[int(bad.argmax())]) + (f" ({aside})" if aside else "")
    return [Problem(str(values.name), expected, found, advice, positions[bad])]
