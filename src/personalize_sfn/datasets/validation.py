"""From raw rows to the table that Amazon Personalize takes, checked before anything is uploaded.

Personalize finds a bad file minutes after the import started and says little about where; here every message names
file, line and column, what was expected, what was found and what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from os import PathLike
from typing import Any

import pandas as pd

from personalize_sfn.datasets import schemas
from personalize_sfn.datasets.column_names import missing_columns, renamed
from personalize_sfn.datasets.columns import convert
from personalize_sfn.datasets.csv_output import CheckedCsv
from personalize_sfn.datasets.csv_source import CsvSource, source_name
from personalize_sfn.datasets.csv_text import read_csv
from personalize_sfn.datasets.event_types import schema_or_default, with_event_type, without_event_type
from personalize_sfn.datasets.files import check_files, large_files
from personalize_sfn.datasets.frames import checked_frame
from personalize_sfn.datasets.large import TableRules
from personalize_sfn.datasets.minima import check_event_types, check_minima, facts
from personalize_sfn.datasets.naming import listed, shown
from personalize_sfn.datasets.problems import added_up, raise_problems
from personalize_sfn.datasets.remedies import CSV, FRAME, Remedies
from personalize_sfn.datasets.report import Report
from personalize_sfn.datasets.schemas import AvroSchema
from personalize_sfn.datasets.times import DEFAULT_EARLIEST, Times, TimeUnit
from personalize_sfn.errors import DataError
from personalize_sfn.schema_rules import DEFAULT_EVENT_TYPE, KEY_COLUMNS

__all__ = ["Prepared", "load_csv", "load_table", "prepare", "validate"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Prepared:
    """A table that Personalize will take."""

    table: pd.DataFrame | CheckedCsv
    """The rows: as a frame, or those of large files on scratch disk."""
    schema: AvroSchema
    report: Report
    """What was kept, and why rows went."""
    constant_event_type: str | None = None
    """The EVENT_TYPE that every row got because the table had no such column."""

    @property
    def frame(self) -> pd.DataFrame:
        """All rows in memory: the schema's columns in the schema's order and types."""
        return self.table if isinstance(self.table, pd.DataFrame) else self.table.frame(self.schema)

    def __str__(self) -> str:
        return str(self.report)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.report._repr_html_()


def prepare(
    frame: pd.DataFrame,
    schema: AvroSchema | None = None,
    *,
    min_rating_exclusive: float | None = 2.0,
    name: str = "data",
    time_unit: TimeUnit = "s",
    earliest: str = DEFAULT_EARLIEST,
    default_event_type: str | None = DEFAULT_EVENT_TYPE,
) -> Prepared:
    """Make a table for Personalize from a frame, and check it.

    A frame with a RATING column loses the rows whose rating is not **above** ``min_rating_exclusive``, as in the AWS
    post that this project implements: its text says "2 or above", its code ``RATING > 2``; this follows the code.
    Exact duplicates go (Personalize counts them once), and of Items and Users of one id the last row stays (Personalize
    lets it replace the others).  Columns that the schema does not have are left out.

    Times may be epoch seconds, datetimes (without a zone: UTC) or ISO 8601 text; the report says what was converted.
    A list of categories becomes ``a|b``.

    Args:
        frame: the rows; ids of any type.
        schema: what the columns must be.  Default: USER_ID, ITEM_ID, TIMESTAMP, EVENT_TYPE.
        min_rating_exclusive: ratings up to and including this go; None keeps all.
        name: what to call the data in messages.
        time_unit: what numbers in time columns count since 1970: ``s``, ``ms``, ``us`` or ``ns``.
        earliest: a time before this day is taken for a mistake.  Say so here if your data are really older.
        default_event_type: the EVENT_TYPE of interactions that have no such column, where the schema has it; None:
            that is an error, and the default schema has no EVENT_TYPE.

    Raises:
        DataError: names up to five problems, each with row and column; or there are fewer than 1,000 interactions, or
            fewer than 25 users with two.
    """
    frame = checked_frame(frame, name)
    source = _Source(name, len(frame), _in_frame(frame.index), "the frame", FRAME)
    return _prepare(frame, schema, source, min_rating_exclusive, Times(time_unit, earliest), default_event_type)


def load_csv(
    source: CsvSource,
    schema: AvroSchema | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    min_rating_exclusive: float | None = None,
    time_unit: TimeUnit = "s",
    earliest: str = DEFAULT_EARLIEST,
    default_event_type: str | None = DEFAULT_EVENT_TYPE,
) -> Prepared:
    """Read your own CSV and make a table for Personalize from it.

    >>> load_csv("clicks.csv", columns={"user": "USER_ID", "sku": "ITEM_ID", "at": "TIMESTAMP"}).frame  # doctest: +SKIP

    Values may be separated by commas, semicolons, tabs or bars; text is UTF-8, or UTF-16 with a byte order mark.  The
    report says what was found and converted.

    Args:
        source: a path, or an open file.
        schema: what the columns must be.  Default: USER_ID, ITEM_ID, TIMESTAMP, EVENT_TYPE.
        columns: the file's column names and what they are called in the schema.
        min_rating_exclusive: with a RATING column: rows with a rating up to and including this go.
        time_unit: what numbers in time columns count since 1970: ``s``, ``ms``, ``us`` or ``ns``.
        earliest: a time before this day is taken for a mistake.  Say so here if your data are really older.
        default_event_type: as in :func:`prepare`.

    Raises:
        DataError: the file cannot be read as CSV, or its rows cannot be used; names line and column.
    """
    times = Times(time_unit, earliest)
    return load_table(
        source,
        schema,
        columns=columns or {},
        min_rating_exclusive=min_rating_exclusive,
        times=times,
        default_event_type=default_event_type,
    )


def load_table(
    source: CsvSource,
    schema: AvroSchema | None,
    *,
    columns: Mapping[str, str],
    min_rating_exclusive: float | None,
    times: Times,
    remedies: Remedies = CSV,
    all_columns_needed: bool = True,
    default_event_type: str | None = DEFAULT_EVENT_TYPE,
    progress: Callable[[int], None] = lambda _: None,
) -> Prepared:
    """:func:`load_csv` for other doors than Python: ``remedies`` says what to do in their words.

    Args:
        all_columns_needed: else a column of ``columns`` may have its new name already.
        progress: for large files: is called with the bytes that were read up to then.
    """
    name = source_name(source)
    schema = schema_or_default(schema, default_event_type)
    files = large_files(source)
    if files is not None:
        checked = partial(check_files, files, columns=columns, name=name, all_columns_needed=all_columns_needed)
        rules = TableRules(schema=schema, times=times, remedies=remedies, min_rating_exclusive=min_rating_exclusive)
        demanded, report, on_disk = checked(rules, default_event_type=default_event_type, progress=progress)
        return with_event_type(Prepared(on_disk, demanded, report), schema, default_event_type)
    names = [field["name"] for field in schema["fields"]]
    table = read_csv(source, [*names, "RATING", *columns])
    frame = renamed(table.frame, columns, name, all_needed=all_columns_needed)

    def where(positions: Iterable[int]) -> list[str]:
        rows = [int(table.frame.index[position]) for position in positions]
        lines = table.lines(rows)
        return [f"line {lines[row]}" for row in rows]

    read = _Source(name, table.rows_read, where, f"line {table.header_line}", remedies, table.notes)
    return _prepare(frame, schema, read, min_rating_exclusive, times, default_event_type)


def validate(
    data: pd.DataFrame | str | PathLike[str],
    schema: AvroSchema | None = None,
    *,
    name: str = "data",
    time_unit: TimeUnit = "s",
    earliest: str = DEFAULT_EARLIEST,
) -> Report:
    """Check a frame or a CSV file as it is: nothing is filtered by rating or renamed.

    A text such as ``881250949.0`` counts as the whole number that :func:`upload` writes for it.

    Args:
        data: a frame, or the path of a CSV.
        schema: what the columns must be.  Default: USER_ID, ITEM_ID, TIMESTAMP, EVENT_TYPE.
        name: what to call a frame in messages.
        time_unit: as in :func:`prepare`.
        earliest: as in :func:`prepare`.

    Raises:
        DataError: as :func:`prepare`.
    """
    if isinstance(data, str | PathLike):
        return load_csv(data, schema, time_unit=time_unit, earliest=earliest).report
    return prepare(data, schema, min_rating_exclusive=None, name=name, time_unit=time_unit, earliest=earliest).report


@dataclass(frozen=True, slots=True)
class _Source:
    """Where rows came from, and how to speak of it."""

    name: str
    rows_read: int
    where: Callable[[Iterable[int]], list[str]]
    """What to call the rows at these positions."""
    header: str
    """What to call the place of the columns' names."""
    remedies: Remedies
    notes: tuple[str, ...] = ()


def _in_frame(index: pd.Index) -> Callable[[Iterable[int]], list[str]]:
    """A row of a frame by its index label, and the line that it has when written as CSV."""

    def where(positions: Iterable[int]) -> list[str]:
        return [f"row {shown(index[each], 40, quotes='')} (line {each + 2} as CSV)" for each in positions]

    return where


def _prepare(  # noqa: PLR0917 - all that the two doors pass on
    frame: pd.DataFrame,
    schema: AvroSchema | None,
    source: _Source,
    min_rating_exclusive: float | None,
    times: Times,
    default_event_type: str | None,
) -> Prepared:
    schema = schema_or_default(schema, default_event_type)
    demanded = without_event_type(schema, frame.columns, default_event_type)
    prepared = _checked(frame, demanded, source, min_rating_exclusive, times)
    return with_event_type(prepared, schema, default_event_type)


def _checked(
    frame: pd.DataFrame, schema: AvroSchema, source: _Source, min_rating_exclusive: float | None, times: Times
) -> Prepared:
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise DataError(f"{source.name}: column {shown(twice)} is there twice; rename or remove one")
    kind = schema["name"]
    dropped = {"empty line": source.rows_read - len(frame)}
    notes = list(source.notes)
    names = [column["name"] for column in schema["fields"]]
    meant = [*names, "RATING"]
    lacking = missing_columns(frame.columns, names, kind, source.remedies, of=meant, index=frame.index.names)
    problems = [] if lacking is None else [lacking]
    kept: dict[str, pd.Series] = {}
    for column in schema["fields"]:
        column_name = column["name"]
        if column_name in frame.columns:
            type_, nullable = schemas.type_of(column)
            textual = bool(column.get("textual"))
            converted = convert(
                frame[column_name], type_, nullable=nullable, textual=textual, times=times, remedies=source.remedies
            )
            kept[column_name] = converted.values
            problems += converted.problems
            notes += converted.notes
    liked = None
    if min_rating_exclusive is not None and "RATING" in frame.columns:
        ratings = convert(frame["RATING"], "double", nullable=False)
        problems += ratings.problems
        if not ratings.problems:
            liked = (ratings.values > min_rating_exclusive).to_numpy(dtype=bool)
    raise_problems(problems, source.name, source.header, source.where)

    table = pd.DataFrame(kept)
    if liked is not None:
        dropped[f"rating of {min_rating_exclusive:g} or less"] = int((~liked).sum())
        table = table[liked]
    # Of Items and Users the last row counts, so of equal ones the last one stays.
    repeated = table.duplicated(keep="last" if kind in KEY_COLUMNS else "first")
    dropped["exact duplicate"] = int(repeated.sum())
    table = table[~repeated]
    if kind in KEY_COLUMNS:
        replaced = table.duplicated(KEY_COLUMNS[kind], keep="last")
        dropped[f"replaced by a later row of the same {KEY_COLUMNS[kind]}"] = int(replaced.sum())
        table = table[~replaced]
    table = table.reset_index(drop=True)
    dropped = {reason: count for reason, count in dropped.items() if count}
    used = {*kept, "RATING"} if liked is not None else set(kept)
    extra = [str(column) for column in frame.columns if column not in used]
    if extra:
        notes.append(f"not in the schema, left out: {listed(extra)}")
    report = Report(
        name=source.name,
        dataset_type=kind,
        rows_read=source.rows_read,
        rows_kept=len(table),
        dropped=dropped,
        facts=facts(**_counted(table, kind)),
        notes=tuple(added_up(notes)),
    )
    counts = table["USER_ID"].value_counts() if kind == "Interactions" else None
    check_minima(report, *((0, 0) if counts is None else (len(counts), int((counts >= 2).sum()))))
    if kind == "Interactions" and "EVENT_TYPE" in table:
        check_event_types(table["EVENT_TYPE"].dropna().unique().tolist(), schema, source.name)
    return Prepared(table, schema, report)


def _counted(table: pd.DataFrame, kind: str) -> dict[str, Any]:
    """What :func:`~personalize_sfn.datasets.minima.facts` takes."""
    counted: dict[str, Any] = {}
    if kind not in KEY_COLUMNS:
        counted = {
            name: table[column].nunique()
            for name, column in (("users", "USER_ID"), ("items", "ITEM_ID"))
            if column in table
        }
    if "TIMESTAMP" in table and len(table):
        counted["times"] = (table["TIMESTAMP"].min(), table["TIMESTAMP"].max())
    return counted
