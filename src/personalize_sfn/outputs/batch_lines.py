"""Lines that a batch job wrote, as rows: one for each item or user that a line answers.

https://docs.aws.amazon.com/personalize/latest/dg/batch-recommendations-output-examples.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from personalize_sfn.recipes import Recipe

__all__ = ["BatchColumns", "BatchLineError", "BatchLines", "columns_of"]

#: So many errors are kept; all are counted.
MOST_ERRORS = 1000


@dataclass(frozen=True, slots=True)
class BatchColumns:
    """What a line asks and what it answers, in its JSON and in the table."""

    asked: str
    """Member of the line's ``input``: ``userId``."""
    asked_column: str
    answered: tuple[str, ...]
    """The member of its ``output``, under each name that it is known to have."""
    answered_column: str
    scored: bool = True

    @property
    def names(self) -> list[str]:
        """``USER_ID``, ``rank``, ``ITEM_ID``, ``score``."""
        return [self.asked_column, "rank", self.answered_column, *(["score"] if self.scored else [])]


_ITEMS = ("recommendedItems",)
#: The guide shows recommendedUsers, the output that was seen has usersList.
_USERS = ("usersList", "recommendedUsers")
_TO_USERS = BatchColumns("userId", "USER_ID", _ITEMS, "ITEM_ID")
_COLUMNS = {
    "user": _TO_USERS,
    "ranking": _TO_USERS,
    "item": BatchColumns("itemId", "ITEM_ID", _ITEMS, "RELATED_ITEM_ID"),
    "segments": BatchColumns("itemId", "ITEM_ID", _USERS, "USER_ID", scored=False),
}
_BY_ATTRIBUTES = BatchColumns("itemAttributes", "QUERY", _USERS, "USER_ID", scored=False)


def columns_of(recipe: Recipe) -> BatchColumns:
    """The columns of batches by that recipe."""
    return _BY_ATTRIBUTES if recipe.by_attributes else _COLUMNS[recipe.answers]


@dataclass(frozen=True, slots=True)
class BatchLineError:
    """A line of the output that answers nothing."""

    file: str
    line: int
    """From 1."""
    input: Any
    """What was asked; None where the line is no JSON."""
    error: str


@dataclass(slots=True)
class BatchLines:
    """Reads files of lines; afterwards it knows how many there were, and which have errors."""

    columns: BatchColumns
    lines: int = 0
    error_count: int = 0
    errors: list[BatchLineError] = field(default_factory=list)
    """The first 1,000."""

    def tables(self, files: Iterable[tuple[str, Iterable[bytes]]], chunksize: int) -> Iterator[dict[str, list[Any]]]:
        """Columns of ``chunksize`` rows, of fewer at the end; at least one table, which may have no rows."""
        table: dict[str, list[Any]] = {name: [] for name in self.columns.names}
        ranks = table["rank"]
        given = False
        for name, content in files:
            for number, line in enumerate(content, start=1):
                if line.strip():
                    self._add(table, name, number, line)
                while len(ranks) >= chunksize:
                    yield {column: values[:chunksize] for column, values in table.items()}
                    given = True
                    for values in table.values():
                        del values[:chunksize]
        if ranks or not given:
            yield table

    def _add(self, table: Mapping[str, list[Any]], file: str, number: int, line: bytes) -> None:
        self.lines += 1
        try:
            found = json.loads(line.decode())  # faster than letting json find out the encoding
        except ValueError:
            found = None
        asked = found.get("input") if isinstance(found, dict) else None
        if not isinstance(found, dict) or not isinstance(asked, dict) or self.columns.asked not in asked:
            problem = _error_of(found) or f"expected a JSON object whose input has {self.columns.asked}"
            self._refuse(file, number, asked, problem)
            return
        answers, scores = self._answers(found.get("output"))
        if answers is None:
            self._refuse(file, number, asked, _error_of(found) or "expected an output that is a list of ids")
            return
        count = len(answers)
        table[self.columns.asked_column].extend([str(asked[self.columns.asked])] * count)
        table["rank"].extend(range(1, count + 1))
        table[self.columns.answered_column].extend(answers)
        if self.columns.scored:
            # A ranking's scores are those of the items that it knows, which come first; other recipes give none.
            table["score"].extend([*scores, *[None] * (count - len(scores))])

    def _answers(self, output: Any) -> tuple[Sequence[str] | None, Sequence[float]]:
        if not isinstance(output, dict):
            return None, ()
        answers = next((output[name] for name in self.columns.answered if name in output), None)
        if not isinstance(answers, list) or not set(map(type, answers)) <= {str}:
            return None, ()
        scores = output.get("scores") or []
        fit = isinstance(scores, list) and len(scores) <= len(answers) and set(map(type, scores)) <= {int, float}
        return answers, scores if fit else ()

    def _refuse(self, file: str, number: int, asked: Any, error: str) -> None:
        self.error_count += 1
        if len(self.errors) < MOST_ERRORS:
            self.errors.append(BatchLineError(file, number, asked, error))


def _error_of(found: Any) -> str | None:
    told = found.get("error") if isinstance(found, dict) else None
    return None if told is None else str(told)
