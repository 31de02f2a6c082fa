"""Checks of a table in files that may be larger than memory; what they answer is what a small table's checks answer.

A column that is in order at first sight is taken as it is, by whole arrays.  Every other one goes through
:func:`~personalize_sfn.datasets.columns.convert`, which alone decides what is accepted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from personalize_sfn.datasets import schemas
from personalize_sfn.datasets.blocks import ColumnBlock, Hashes, NumberBlock, TextFields, Texts, column_of, row_hashes
from personalize_sfn.datasets.column_names import missing_columns
from personalize_sfn.datasets.columns import convert
from personalize_sfn.datasets.csv_output import CsvOutput
from personalize_sfn.datasets.fields import Fields, Grid
from personalize_sfn.datasets.minima import check_event_types, check_minima, facts
from personalize_sfn.datasets.naming import listed
from personalize_sfn.datasets.numbers import LARGEST_FLOAT, RANGES
from personalize_sfn.datasets.parts import Part, Parts
from personalize_sfn.datasets.problems import TIME_COLUMNS, Problem, added_up, raise_problems
from personalize_sfn.datasets.remedies import Remedies
from personalize_sfn.datasets.report import Report
from personalize_sfn.datasets.rows import Distinct, RepeatedRows, counted
from personalize_sfn.datasets.schemas import AvroField, AvroSchema
from personalize_sfn.datasets.spill import Dropped
from personalize_sfn.datasets.texts import fits, most_characters
from personalize_sfn.datasets.times import DAY, Times
from personalize_sfn.schema_rules import KEY_COLUMNS

__all__ = ["TableRules", "check_large"]

_AT_ONCE = 2
"""Parts that are looked at beside each other: NumPy's loops and pandas' reader leave Python's lock to others."""
_MOST_EVENT_TYPES = 100_000
_FLOATS = frozenset({"float", "double"})
_LABELS = {"USER_ID": "users", "ITEM_ID": "items"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRules:
    """What a table is held against."""

    schema: AvroSchema
    """Without the columns that will be a constant."""
    times: Times
    remedies: Remedies
    min_rating_exclusive: float | None = None
    """With a RATING column: rows with a rating up to and including this go."""

    @property
    def kind(self) -> str:
        """``Interactions``, ``Items``, ..."""
        return str(self.schema["name"])

    @property
    def fields(self) -> Mapping[str, AvroField]:
        """The schema's columns by name."""
        return {column["name"]: column for column in self.schema["fields"]}


@dataclass(slots=True)
class _Seen:
    """What a part is, and what is remembered of its rows."""

    part: Part
    rows: int = 0
    """Those that stay, as far as this part tells."""
    empty: int = 0
    disliked: int = 0
    problems: list[Problem] = field(default_factory=list)
    """Their rows are counted over all files."""
    notes: list[str] = field(default_factory=list)
    whole: Hashes | None = None
    """Of rows."""
    keys: Hashes | None = None
    counts: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=dict)
    event_types: list[str] = field(default_factory=list)
    times: tuple[int, int] | None = None
    lines: bytes = b""


def check_large(
    parts: Parts,
    rules: TableRules,
    scratch: Path,
    output: CsvOutput,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> Report:
    """Read a whole table, part by part.

    Args:
        parts: the table.
        rules: what it is held against.
        scratch: a folder for what does not fit in memory.
        output: where the rows go as Personalize reads them; it is closed.
        progress: is called with the bytes that were read up to then.

    Raises:
        DataError: as :func:`~personalize_sfn.datasets.load_csv`.
    """
    kind, names = rules.kind, list(rules.fields)
    lacking = missing_columns(parts.columns, names, kind, rules.remedies, of=[*names, "RATING"])
    key = KEY_COLUMNS.get(kind)
    repeated = RepeatedRows(scratch / "rows", by_key=key is not None)
    distinct = {name: Distinct(scratch / name.lower()) for name in _LABELS if name in names and key is None}
    totals = _Totals()

    for seen in _in_order(lambda part: _seen(part, rules, output), parts):
        totals.add(seen)
        progress(totals.size)
        if lacking is not None:
            raise_problems([lacking, *totals.problems.values()], parts.name, parts.header, parts.where)
        if seen.whole is None or totals.problems:
            continue
        repeated.add(seen.whole, seen.keys)
        for name, counts in seen.counts.items():
            distinct[name].add(*counts)
        output.write(seen.lines, seen.rows)
        if len(totals.event_types) > _MOST_EVENT_TYPES:
            check_event_types(list(totals.event_types), rules.schema, parts.name)
    raise_problems(list(totals.problems.values()), parts.name, parts.header, parts.where)
    dropped, duplicates = repeated.dropped()
    for users in output.close(without=dropped, column="USER_ID" if "USER_ID" in distinct else None):
        distinct["USER_ID"].remove(*users.hashes())
    found = {name: each.counts() for name, each in distinct.items()}
    report = _report(parts, rules, totals, dropped, duplicates, found)
    check_minima(report, *found.get("USER_ID", (0, 0)))
    if kind == "Interactions":
        check_event_types(list(totals.event_types), rules.schema, parts.name)
    return report


def _report(  # noqa: PLR0917 - what check_large has found
    parts: Parts,
    rules: TableRules,
    totals: _Totals,
    dropped: Dropped,
    duplicates: int,
    counts: Mapping[str, tuple[int, int]],
) -> Report:
    reasons = {
        "empty line": totals.empty,
        f"rating of {rules.min_rating_exclusive or 0:g} or less": totals.disliked,
        "exact duplicate": duplicates,
        f"replaced by a later row of the same {KEY_COLUMNS.get(rules.kind, '')}": dropped.count - duplicates,
    }
    notes = [*parts.notes, *totals.notes]
    used = {*rules.fields, *_rated(parts.columns, rules)}
    extra = [column for column in parts.columns if column not in used]
    if extra:
        notes.append(f"not in the schema, left out: {listed(extra)}")
    return Report(
        name=parts.name,
        dataset_type=rules.kind,
        rows_read=totals.read,
        rows_kept=totals.rows - dropped.count,
        dropped={reason: count for reason, count in reasons.items() if count},
        facts=facts(**{_LABELS[name]: count[0] for name, count in counts.items()}, times=totals.times),
        notes=tuple(added_up(notes)),
    )


class _Totals:
    """What was seen up to now."""

    def __init__(self) -> None:
        self.size = self.read = self.rows = self.empty = self.disliked = 0
        self.problems: dict[tuple[str, str, str], Problem] = {}
        """By what they are about; of all their rows the first one is kept."""
        self.notes: list[str] = []
        self.event_types: dict[str, None] = {}
        self.times: tuple[int, int] | None = None

    def add(self, seen: _Seen) -> None:
        """Add up."""
        self.size += seen.part.size
        self.read += seen.part.rows
        self.rows += seen.rows
        self.empty += seen.empty
        self.disliked += seen.disliked
        self.notes = added_up([*self.notes, *seen.notes])
        self.event_types |= dict.fromkeys(seen.event_types)
        if seen.times is not None:
            first, last = seen.times if self.times is None else self.times
            self.times = min(first, seen.times[0]), max(last, seen.times[1])
        for problem in seen.problems:
            key = (problem.column, problem.expected, problem.rule)
            before = self.problems.get(key)
            if before is not None:
                self.problems[key] = replace(before, more=before.more + problem.count)
            elif problem.rows is not None:
                self.problems[key] = replace(problem, rows=problem.rows[:1], more=problem.count - 1)


def _in_order(look: Callable[[Part], _Seen], parts: Iterable[Part]) -> Iterator[_Seen]:
    """What is seen of each part, in their order, some of them being looked at beside each other."""
    waiting: deque[Future[_Seen]] = deque()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            for part in parts:
                waiting.append(pool.submit(look, part))
                if len(waiting) > _AT_ONCE:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _rated(columns: Iterable[str], rules: TableRules) -> list[str]:
    return ["RATING"] if rules.min_rating_exclusive is not None and "RATING" in columns else []


def _seen(part: Part, rules: TableRules, output: CsvOutput) -> _Seen:
    seen = _Seen(part)
    count = len(part.values.starts) if isinstance(part.values, Grid) else len(part.values)
    seen.empty = part.rows - count
    columns: dict[str, ColumnBlock] = {}
    unchanged = part.may_stay
    for name, schema_field in rules.fields.items():
        if name in part.columns:
            column, stays = _column(part, name, schema_field, rules, seen)
            columns[name] = column
            unchanged = unchanged and stays
    liked: np.ndarray | None = None
    for name in _rated(part.columns, rules):
        ratings, _ = _column(part, name, {"name": name, "type": "double"}, rules, seen)
        if not seen.problems and isinstance(ratings, NumberBlock):
            liked = ratings.values > rules.min_rating_exclusive
    if seen.problems or len(columns) < len(rules.fields) or not count:
        return seen  # no row will be kept; what else is amiss is still looked for
    if liked is not None:
        seen.disliked = int((~liked).sum())
        columns = {name: column.taken(liked) for name, column in columns.items()}
    seen.rows = count - seen.disliked
    _remember(seen, columns, rules)
    seen.lines = output.lines(part, columns, liked, unchanged=unchanged)
    return seen


def _remember(seen: _Seen, columns: Mapping[str, ColumnBlock], rules: TableRules) -> None:
    """Hashes by which rows and values are told apart, and what a report says."""
    hashes = {name: column.hashes() for name, column in columns.items()}
    seen.whole = row_hashes(list(hashes.values()))
    key = KEY_COLUMNS.get(rules.kind)
    if key is not None:
        seen.keys = hashes[key]
    else:
        seen.counts = {name: counted(hashes[name]) for name in _LABELS if name in hashes}
    times = columns.get("TIMESTAMP")
    if isinstance(times, NumberBlock) and len(times.values):
        seen.times = int(times.values.min()), int(times.values.max())
    if rules.kind == "Interactions" and "EVENT_TYPE" in columns:
        seen.event_types = columns["EVENT_TYPE"].distinct()


def _column(part: Part, name: str, schema_field: AvroField, rules: TableRules, seen: _Seen) -> tuple[ColumnBlock, bool]:
    """The converted column, and whether Personalize reads it as it is in the file.

    What is amiss is added to ``seen``.
    """
    kind, nullable = schemas.type_of(schema_field)
    textual = bool(schema_field.get("textual"))
    if isinstance(part.values, Grid):
        fields = part.values.column(part.columns.index(name))
        found = _from_fields(fields, name, kind, rules.times, nullable=nullable, textual=textual)
        if found is not None:
            return found, kind not in _FLOATS and (kind == "string" or not fields.has_leading_zero())
    values = part.series(name)
    if kind == "string" and pd.api.types.infer_dtype(values, skipna=True) == "string":
        column = column_of(values.where(values != ""))
        assert isinstance(column, Texts)
        is_fit = fits(column.texts, most_characters(name, textual=textual))
        if is_fit and (nullable or not (column.places < 0).any()):
            return column, False
    times, remedies = rules.times, rules.remedies
    converted = convert(values, kind, nullable=nullable, textual=textual, times=times, remedies=remedies)
    seen.notes += converted.notes
    index = values.index.to_numpy() + part.first_row
    seen.problems += [
        replace(each, rows=None if each.rows is None else index[each.rows]) for each in converted.problems
    ]
    return NumberBlock(np.empty(0)) if converted.problems else column_of(converted.values), False


def _from_fields(
    fields: Fields, name: str, kind: str, times: Times, *, nullable: bool, textual: bool
) -> ColumnBlock | None:
    """The column where nothing is to be converted and nothing is amiss, as far as that is seen at once."""
    if kind == "string":
        is_known = nullable or int(fields.lengths.min(initial=1)) > 0
        # Bytes, which are as many as the characters or more.
        is_short = int(fields.lengths.max(initial=0)) <= most_characters(name, textual=textual)
        return TextFields(fields) if is_known and is_short else None
    if kind in RANGES:
        numbers = fields.numbers()
        if numbers is None:
            return None
        low, high = RANGES[kind]
        if name in TIME_COLUMNS and kind == "long":
            if times.unit != "s":
                return None
            low, high = times.first, int(times.now) + DAY
        return NumberBlock(numbers) if numbers.min(initial=high) >= low and numbers.max(initial=low) <= high else None
    if kind in _FLOATS:
        floats = fields.floats()
        if floats is None:
            return None
        null = np.isnan(floats)
        most = LARGEST_FLOAT if kind == "float" else np.inf
        if (null.any() and not nullable) or (np.abs(floats) > most).any():
            return None
        return NumberBlock(np.where(null, 0.0, floats), null) if null.any() else NumberBlock(floats)
    return None
