"""What can be wrong in a column, by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from personalize_sfn.datasets.naming import shown
from personalize_sfn.errors import DataError
from personalize_sfn.schema_rules import KEY_COLUMNS

__all__ = ["ID_COLUMNS", "TIME_COLUMNS", "CountedNote", "Problem", "added_up", "problem", "raise_problems"]

_SHOWN = 5

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
    rule: str = ""
    """Tells apart what has the same column and expectation."""
    more: int = 0
    """Rows besides :attr:`rows`."""

    @property
    def count(self) -> int:
        """How many rows it is about."""
        return self.more + (0 if self.rows is None else len(self.rows))


class CountedNote(str):
    """A note of how many values were converted, which adds up over the parts of a table."""

    one: str
    many: str
    values: int

    def __new__(cls, one: str, many: str, count: int) -> CountedNote:
        """``{}`` in either text stands for the count."""
        note = super().__new__(cls, (one if count == 1 else many).format(f"{count:,}"))
        note.one, note.many, note.values = one, many, count
        return note


def added_up(notes: Iterable[str]) -> list[str]:
    """The notes, those of one kind as one."""
    found: dict[str, str] = {}
    for note in notes:
        if isinstance(note, CountedNote):
            before = found.get(note.many)
            count = note.values + (before.values if isinstance(before, CountedNote) else 0)
            found[note.many] = CountedNote(note.one, note.many, count)
        else:
            found[note] = note
    return list(found.values())


def problem(
    values: pd.Series,
    bad: np.ndarray,
    positions: np.ndarray,
    expected: str,
    advice: str,
    *,
    aside: str = "",
    rule: str = "",
) -> list[Problem]:
    """One problem if any of ``bad`` is true, else none.

    Args:
        values: the column's values that are not null.
        bad: which of them are wrong.
        positions: the row of each.
        expected: what a right value is.
        advice: what to do.
        aside: what the first wrong value means, as ``2055-01-01``.
        rule: tells it from others of the same expectation.
    """
    if not bad.any():
        return []
    found = shown(values.iloc[int(bad.argmax())]) + (f" ({aside})" if aside else "")
    return [Problem(str(values.name), expected, found, advice, positions[bad], rule)]


def raise_problems(
    problems: Sequence[Problem], name: str, header: str, where: Callable[[Iterable[int]], list[str]]
) -> None:
    """Raise one error for all of them, if there are any.

    Args:
        problems: of all columns.
        name: what to call the data.
        header: what to call the place of the columns' names.
        where: what to call the rows at these positions.

    Raises:
        DataError: names up to five of them.
    """
    if not problems:
        return
    # What is wrong with the header first, then by where it is first seen.
    ordered = sorted(problems, key=lambda each: -1 if each.rows is None else int(each.rows[0]))
    first = [int(each.rows[0]) for each in ordered[:_SHOWN] if each.rows is not None]
    places = dict(zip(first, where(first), strict=True))
    texts = []
    for problem in ordered[:_SHOWN]:
        place = header if problem.rows is None else places[int(problem.rows[0])]
        if problem.count > 1:
            more = problem.count - 1
            place += f" and {more:,} more row{'s' * (more > 1)}"
        if problem.column:
            place += f", column {problem.column}"
        texts.append(f"{place}: expected {problem.expected}, found {problem.found}; {problem.advice}")
    if len(ordered) > _SHOWN:
        texts.append(f"and {len(ordered) - _SHOWN} more problems")
    plural = "1 problem" if len(ordered) == 1 else f"{len(ordered)} problems"
    raise DataError("\n  ".join([f"{name}: {plural}", *texts]))
