"""Which data a command works on: MovieLens or the user's own CSV, and the titles that go with it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from personalize_sfn.cli.pairs import pairs
from personalize_sfn.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from personalize_sfn.config import Config
    from personalize_sfn.config_datasets import DatasetType
    from personalize_sfn.datasets import MovieLens, Prepared
    from personalize_sfn.datasets.times import TimeUnit

_Command = TypeVar("_Command", bound=Callable[..., Any])
_RELEASES = {"movielens", "shipped", "ml-100k"}
_SHEETS = {".xlsx", ".xlsm", ".xlsb", ".ods"}
"""These are zips too, and no release of MovieLens."""


@dataclass(frozen=True, slots=True)
class CsvOptions:
    """How the columns of CSV files are to be read."""

    columns: Mapping[str, str]
    """``{name in the file: name in the schema}``"""
    time_unit: TimeUnit = "s"
    earliest: str | None = None
    min_rating: float | None = None
    """Interactions only."""

    def columns_of(self, config: Config, kind: DatasetType) -> dict[str, str]:
        """Those of the config for the dataset, then those of the command line that are about it."""
        dataset = config.datasets.by_type()[kind]
        names = {field["name"] for field in dataset.schema["fields"]} | {"RATING"}
        own = {old: new for old, new in self.columns.items() if new in names}
        kept = {old: new for old, new in dataset.columns.items() if new not in own.values()}
        return kept | own


def columns_option(command: _Command) -> _Command:
    """``--columns``, for commands that read a CSV."""
    return click.option(
        "--columns",
        metavar="NAME=COLUMN",
        multiple=True,
        callback=pairs(r"(.+)=([^=]+)", "NAME=COLUMN, such as sku=ITEM_ID"),
        help="What the CSV calls a column, such as sku=ITEM_ID.  Repeat it for more columns.  "
        "Default: datasets.<kind>.columns of the configuration.",
    )(command)


def csv_options(command: _Command) -> _Command:
    """The options on how a CSV is to be read."""
    for option in (
        click.option(
            "--earliest",
            metavar="DAY",
            help="Times before this day are taken for a mistake.  Default: 1990-01-01.",
        ),
        click.option(
            "--time-unit",
            type=click.Choice(["s", "ms", "us", "ns"]),
            default="s",
            help="What numbers in time columns count since 1970.  Default: s, seconds.",
        ),
        columns_option,
    ):
        command = option(command)
    return command


def check(source: str, option: str = "--data") -> None:
    """Say that there is no such file before anything is started.

    Raises:
        DataError: there is nothing of that name, or it is no file.
    """
    if source in _RELEASES or "://" in source:
        return
    path = Path(source).expanduser()
    if path.exists() and not (path.is_file() or path.is_dir()):  # it may never end, and it can be read but once
        raise DataError(f"{option}: expected a file or folder, {source!r} is a device or pipe: save it as a file first")
    if not path.exists():
        raise DataError(f"{option}: expected movielens, a CSV, or a folder or zip of MovieLens; there is no {source!r}")


def check_sources(config: Config, sources: Mapping[DatasetType, str | None], options: CsvOptions) -> None:
    """Say that the configuration or the options do not fit the data before anything is started.

    Raises:
        DataError: there is no such file, or the configuration has no such dataset or column.
    """
    given = {kind: source for kind, source in sources.items() if source is not None}
    known = {"RATING"}
    for kind, source in given.items():
        option = "--data" if kind == "INTERACTIONS" else f"--{kind.lower()}"
        dataset = config.datasets.by_type().get(kind)
        if dataset is None:
            raise DataError(
                f"{option}: the configuration has no datasets.{kind.lower()}: add it with the schema of {source}"
            )
        if kind == "INTERACTIONS":
            check(source)
        elif not (path := Path(source).expanduser()).is_file() and not path.is_dir():
            raise DataError(f"{option}: expected a CSV; there is no file {source!r}")
        known |= {field["name"] for field in dataset.schema["fields"]}
    for old, new in options.columns.items():
        if new not in known:
            expected = f"expected one of {', '.join(sorted(known))}" if given else "there is no CSV to upload"
            raise DataError(f"--columns {old}={new}: {expected}")


def load(source: str, option: str = "--data") -> MovieLens | Path:
    """What ``--data`` names: ``movielens``, ``ml-100k``, ``shipped``, a folder, zip or URL of a release, or a CSV.

    Raises:
        DataError: there is nothing of that name.
    """
    check(source, option)
    from personalize_sfn.datasets import load_movielens

    if source == "movielens":
        return load_movielens()
    if source in _RELEASES or "://" in source:
        return load_movielens(source)
    path = Path(source).expanduser()
    if path.is_dir():
        return path if _is_table(path) else load_movielens(path)
    is_release = path.suffix.lower() not in _SHEETS and zipfile.is_zipfile(path)
    return load_movielens(path) if is_release else path


def _is_table(folder: Path) -> bool:
    """Does the folder hold files of the user's own, and not a release of MovieLens?"""
    from personalize_sfn.datasets.files import SUFFIXES
    from personalize_sfn.datasets.movielens_files import RATINGS

    names = {path.name for path in folder.iterdir()}
    return any(Path(name).suffix.lower() in SUFFIXES for name in names) and names.isdisjoint(RATINGS)


def scratch_line(path: Path) -> str | None:
    """What a large file, or a folder, will take of the disk; None: nothing."""
    import tempfile

    from personalize_sfn.datasets.files import large_files, scratch_bytes

    files = large_files(path)
    if files is None:
        return None
    needed = scratch_bytes(files)
    folder = tempfile.gettempdir()
    return f"Reading {path}: {needed // 2 / 1e9:,.2f} GB, up to {needed / 1e9:,.2f} GB of scratch disk in {folder}"


def load_own(
    path: Path,
    config: Config,
    kind: DatasetType,
    options: CsvOptions,
    progress: Callable[[int], None] = lambda _: None,
) -> Prepared:
    """The user's own CSV, Parquet file, or folder of these, for a dataset of the configuration.

    Args:
        path: where it is.
        config: says what is expected.
        kind: of which dataset.
        options: those of the command line.
        progress: for large files: is called with the bytes that were read up to then.

    Raises:
        DataError: the file cannot be read as CSV, or its rows cannot be used; says what to do on the command line.
    """
    from personalize_sfn.datasets.remedies import COMMAND
    from personalize_sfn.datasets.times import DEFAULT_EARLIEST, Times
    from personalize_sfn.datasets.validation import load_table

    dataset = config.datasets.by_type()[kind]
    return load_table(
        path,
        dataset.schema,
        columns=options.columns_of(config, kind),
        min_rating_exclusive=options.min_rating if kind == "INTERACTIONS" else None,
        times=Times(options.time_unit, options.earliest or DEFAULT_EARLIEST),
        remedies=COMMAND,
        all_columns_needed=False,
        default_event_type=dataset.default_event_type,
        progress=progress,
    )


def given_titles(source: str, config: Config, columns: Mapping[str, str] | None = None) -> pd.DataFrame:
    """A table ITEM_ID, TITLE and perhaps GENRES, of what ``--titles`` names.

    Args:
        source: a CSV or MovieLens.
        config: the pipeline, whose items may name their columns otherwise.
        columns: ``{name in the CSV: one of these}``.

    Raises:
        DataError: the CSV cannot be read, or lacks a column.
    """
    from personalize_sfn.datasets.titles import TITLE_COLUMNS

    data = load(source, "--titles")
    if not isinstance(data, Path):
        return data.movies
    items = config.datasets.items
    configured = {} if items is None else {old: new for old, new in items.columns.items() if new in TITLE_COLUMNS}
    return own_titles(data, configured | dict(columns or {}))


def own_titles(path: Path, columns: Mapping[str, str]) -> pd.DataFrame:
    """The titles of a CSV.

    Raises:
        DataError: as :func:`given_titles`.
    """
    from personalize_sfn.datasets.column_names import missing_columns, renamed
    from personalize_sfn.datasets.csv_text import read_csv
    from personalize_sfn.datasets.remedies import COMMAND
    from personalize_sfn.datasets.titles import TITLE_COLUMNS

    table = read_csv(path, [*TITLE_COLUMNS, *columns])
    frame = renamed(table.frame, columns, path.name, all_needed=False)
    problem = missing_columns(frame.columns, ["ITEM_ID", "TITLE"], "titles", COMMAND, of=TITLE_COLUMNS)
    if problem is not None:
        where = f"{path.name}: line {table.header_line}"
        raise DataError(f"{where}: expected {problem.expected}, found {problem.found}; {problem.advice}")
    return frame.dropna(subset="ITEM_ID")
