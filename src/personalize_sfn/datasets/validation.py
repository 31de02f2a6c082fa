"""From raw rows to the table that Amazon Personalize takes, checked before anything is uploaded.

Personalize finds a bad file minutes after the import started and says little about where; here every message names
file, line and column, what was expected, what was found and what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from os import PathLike

import pandas as pd

from personalize_sfn.datasets import schemas
from personalize_sfn.datasets.columns import Problem, convert
from personalize_sfn.datasets.csv_text import CsvSource, read_csv, source_name
from personalize_sfn.datasets.report import Report
from personalize_sfn.datasets.schemas import Schema
from personalize_sfn.errors import DataError

__all__ = ["Prepared", "load_csv", "prepare", "validate"]

# https://docs.aws.amazon.com/personalize/latest/dg/limits.html
MIN_INTERACTIONS = 1_000
MIN_USERS_WITH_TWO = 25
MIN_SHARE_OF_USERS_WITH_TWO = 0.01
_SHOWN = 5
_IDS = {"Items": "ITEM_ID", "Users": "USER_ID", "Actions": "ACTION_ID"}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Prepared:
    """A table that Personalize will take."""

    frame: pd.DataFrame
    """The schema's columns in the schema's order and types."""
    schema: Schema
    report: Report
    """What was kept, and why rows went."""

    def __str__(self) -> str:
        return str(self.report)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.report._repr_html_()


def prepare(
    frame: pd.DataFrame, schema: Schema | None = None, *, min_rating_exclusive: float | None = 2.0, name: str = "data"
) -> Prepared:
    """Make a table for Personalize from a frame, and check it.

    A frame with a RATING column loses the rows whose rating is not **above** ``min_rating_exclusive``, as in the AWS
    post that this project implements: its text says "2 or above", its code ``RATING > 2``; this follows the code.
    Exact duplicates go (Personalize counts them once), and of Items and Users of one id the last row stays (Personalize
    lets it replace the others).  Columns that the schema does not have are left out.

    Args:
        frame: the rows; ids of any type, timestamps in epoch seconds.
        schema: what the columns must be.  Default: USER_ID, ITEM_ID, TIMESTAMP.
        min_rating_exclusive: ratings up to and including this go; None keeps all.
        name: what to call the data in messages.

    Raises:
        DataError: names up to five problems, each with row and column; or there are fewer than 1,000 interactions, or
            fewer than 25 users with two.
    """
    lines = _Lines(frame.index, from_file=False)
    return _prepare(frame, schema or schemas.interactions(), lines, min_rating_exclusive, name, read=len(frame))


def load_csv(
    source: CsvSource,
    schema: Schema | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    min_rating_exclusive: float | None = None,
) -> Prepared:
    """Read your own CSV and make a table for Personalize from it.

    >>> load_csv("clicks.csv", columns={"user": "USER_ID", "sku": "ITEM_ID", "at": "TIMESTAMP"}).frame  # doctest: +SKIP

    Args:
        source: a path, or an open file.
        schema: what the columns must be.  Default: USER_ID, ITEM_ID, TIMESTAMP.
        columns: the file's column names and what they are called in the schema.
        min_rating_exclusive: with a RATING column: rows with a rating up to and including this go.

    Raises:
        DataError: the file cannot be read as CSV, or its rows cannot be used; names line and column.
    """
    name = source_name(source)
    frame = read_csv(source)
    read = int(frame.index.max()) + 1 if len(frame) else 0
    for old, new in (columns or {}).items():
        if old not in frame.columns:
            raise DataError(f"{name}: there is no column {old!r} to rename; the header has {', '.join(frame.columns)}")
        if new in frame.columns and new not in (columns or {}):
            raise DataError(f"{name}: column {old!r} cannot be renamed to {new!r}: the header has both")
    frame = frame.rename(columns=dict(columns or {}))
    lines = _Lines(frame.index, from_file=True)
    return _prepare(frame, schema or schemas.interactions(), lines, min_rating_exclusive, name, read=read)


def validate(data: pd.DataFrame | str | PathLike[str], schema: Schema | None = None, *, name: str = "data") -> Report:
    """Check a frame or a CSV file as it is: nothing is filtered by rating or renamed.

    A text such as ``881250949.0`` counts as the whole number that :func:`upload` writes for it.

    Args:
        data: a frame, or the path of a CSV.
        schema: what the columns must be.  Default: USER_ID, ITEM_ID, TIMESTAMP.
        name: what to call a frame in messages.

    Raises:
        DataError: as :func:`prepare`.
    """
    if isinstance(data, pd.DataFrame):
        return prepare(data, schema, min_rating_exclusive=None, name=name).report
    return load_csv(data, schema).report


@dataclass(frozen=True, slots=True)
class _Lines:
    """Where a row stood: line of the file; for a frame its index label, and the line it has when written as CSV."""

    index: pd.Index
    from_file: bool

    def name(self, position: int) -> str:
        if self.from_file:
            return f"line {self.index[position] + 2}"
        return f"row {self.index[position]} (line {position + 2} as CSV)"


def _prepare(
    frame: pd.DataFrame, schema: Schema, lines: _Lines, min_rating_exclusive: float | None, name: str, *, read: int
) -> Prepared:
    schemas.check(schema)
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise DataError(f"{name}: column {twice!r} stands there twice; rename or remove one")
    kind = schema["name"]
    dropped = {"empty line": read - len(frame)}
    problems = list(_header_problems(frame, schema))
    kept: dict[str, pd.Series] = {}
    for column in schema["fields"]:
        column_name = column["name"]
        if column_name in frame.columns:
            type_, nullable = schemas.type_of(column)
            textual = bool(column.get("textual"))
            kept[column_name], wrong = convert(frame[column_name], type_, nullable=nullable, textual=textual)
            problems += wrong
    liked = None
    if min_rating_exclusive is not None and "RATING" in frame.columns:
        ratings, wrong = convert(frame["RATING"], "double", nullable=False)
        problems += wrong
        if not wrong:
            liked = (ratings > min_rating_exclusive).to_numpy(dtype=bool)
    _raise_if(problems, lines, name)

    table = pd.DataFrame(kept)
    if liked is not None:
        dropped[f"rating of {min_rating_exclusive:g} or less"] = int((~liked).sum())
        table = table[liked]
    repeated = table.duplicated()
    dropped["exact duplicate"] = int(repeated.sum())
    table = table[~repeated]
    if kind in _IDS:
        replaced = table.duplicated(_IDS[kind], keep="last")
        dropped[f"replaced by a later row of the same {_IDS[kind]}"] = int(replaced.sum())
        table = table[~replaced]
    table = table.reset_index(drop=True)
    dropped = {reason: count for reason, count in dropped.items() if count}
    used = {*kept, "RATING"} if liked is not None else set(kept)
    extra = [str(column) for column in frame.columns if column not in used]
    report = Report(
        name=name,
        dataset_type=kind,
        rows_read=read,
        rows_kept=len(table),
        dropped=dropped,
        facts=_facts(table, kind),
        notes=(f"not in the schema, left out: {', '.join(extra)}",) if extra else (),
    )
    _check_minima(table, report)
    return Prepared(table, schema, report)


def _header_problems(frame: pd.DataFrame, schema: Schema) -> Iterator[Problem]:
    found = [str(column) for column in frame.columns]
    for column in (each["name"] for each in schema["fields"]):
        if column not in found:
            same = {each.upper(): each for each in found}
            close = difflib.get_close_matches(column, same, n=1, cutoff=0.5)
            old = same[close[0]] if close else "your_name"
            advice = f"rename the column it is in, there or with columns={{{old!r}: {column!r}}}"
            yield Problem(column, f"this column ({schema['name']} need it)", f"only {', '.join(found)}", advice)


def _raise_if(problems: list[Problem], lines: _Lines, name: str) -> None:
    if not problems:
        return
    # What is wrong with the header first, then by where it is first seen.
    ordered = sorted(problems, key=lambda each: -1 if each.rows is None else int(each.rows[0]))
    texts = []
    for problem in ordered[:_SHOWN]:
        if problem.rows is None:
            where = "line 1" if lines.from_file else "the frame"
            count = ""
        else:
            where = lines.name(int(problem.rows[0]))
            more = len(problem.rows) - 1
            count = f" and {more:,} more row{'s' * (more > 1)}" if more else ""
        texts.append(
            f"{where}{count}, column {problem.column}: "
            f"expected {problem.expected}, found {problem.found}; {problem.advice}"
        )
    if len(ordered) > _SHOWN:
        texts.append(f"and {len(ordered) - _SHOWN} more problems")
    plural = "1 problem" if len(ordered) == 1 else f"{len(ordered)} problems"
    raise DataError("\n  ".join([f"{name}: {plural}", *texts]))


def _check_minima(table: pd.DataFrame, report: Report) -> None:
    dropped = "".join(f"; {count:,} dropped: {reason}" for reason, count in report.dropped.items())
    account = f"({report.rows_read:,} rows read{dropped})"
    if table.empty:
        raise DataError(f"{report.name}: no row is left {account}; Personalize needs data")
    if report.dataset_type != "Interactions":
        return
    if len(table) < MIN_INTERACTIONS:
        raise DataError(
            f"{report.name}: expected at least {MIN_INTERACTIONS:,} interactions, found {len(table):,} {account}; "
            "Personalize refuses to import fewer: add data"
        )
    counts = table["USER_ID"].value_counts()
    with_two = int((counts >= 2).sum())
    least = max(MIN_USERS_WITH_TWO, MIN_SHARE_OF_USERS_WITH_TWO * len(counts))
    if with_two < least:
        raise DataError(
            f"{report.name}, column USER_ID: expected at least {least:,.0f} users with 2 interactions or more, "
            f"found {with_two:,} of {len(counts):,} users {account}; Personalize refuses to train with fewer: add data"
        )


def _facts(table: pd.DataFrame, kind: str) -> dict[str, str]:
    facts = {
        label: f"{table[column].nunique():,}"
        for label, column in (("users", "USER_ID"), ("items", "ITEM_ID"))
        if column in table and kind not in _IDS
    }
    if "TIMESTAMP" in table and len(table):
        times = pd.to_datetime(table["TIMESTAMP"].agg(["min", "max"]), unit="s", errors="coerce")
        facts |= {"from": f"{times['min']:%Y-%m-%d}", "to": f"{times['max']:%Y-%m-%d}"}
    return facts
