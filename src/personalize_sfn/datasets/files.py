"""Tables in files: which files a path means, and those of them that are read part by part."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path

from personalize_sfn.datasets.csv_blocks import BLOCK_BYTES
from personalize_sfn.datasets.csv_output import CheckedCsv, CsvOutput
from personalize_sfn.datasets.csv_source import CsvSource, cannot_read
from personalize_sfn.datasets.event_types import without_event_type
from personalize_sfn.datasets.large import TableRules, check_large
from personalize_sfn.datasets.naming import shown
from personalize_sfn.datasets.parquet import ParquetParts
from personalize_sfn.datasets.parts import CsvParts, Parts
from personalize_sfn.datasets.report import Report
from personalize_sfn.datasets.schemas import AvroSchema
from personalize_sfn.errors import DataError

__all__ = ["LARGE_BYTES", "SUFFIXES", "check_files", "large_files", "scratch_bytes"]

LARGE_BYTES = 4 << 20
"""Smaller files are read at once."""
SUFFIXES = (".csv", ".parquet")


def data_files(path: Path) -> list[Path]:
    """The files that a path means: itself, or those of a folder (not of folders in it) by name.

    Raises:
        DataError: a folder holds no data.
    """
    if not path.is_dir():
        return [path]
    try:
        found = sorted(each for each in path.iterdir() if each.suffix.lower() in SUFFIXES and each.is_file())
    except OSError as error:
        raise cannot_read(str(path), error) from error
    if not found:
        raise DataError(f"{shown(path)}: expected a folder with files that end in {', '.join(SUFFIXES)}, found none")
    return found


def large_files(source: CsvSource) -> list[Path] | None:
    """The files to be read part by part; None: the source is one small file, or an open one.

    Raises:
        DataError: as :func:`data_files`.
    """
    if not isinstance(source, str | PathLike):
        return None
    path = Path(source)
    try:
        is_small = path.is_file() and path.stat().st_size <= LARGE_BYTES and not _is_parquet(path)
        if is_small or not (path.is_dir() or path.is_file()):
            return None
    except (OSError, ValueError):  # reading it at once says why it cannot be read
        return None
    return data_files(path)


def scratch_bytes(paths: Sequence[Path]) -> int:
    """Most bytes of scratch disk that reading these CSV files takes; Parquet may unpack to more."""
    return 2 * sum(path.stat().st_size for path in paths)


def check_files(
    paths: Sequence[Path],
    rules: TableRules,
    *,
    columns: Mapping[str, str],
    name: str,
    all_columns_needed: bool,
    default_event_type: str | None,
    progress: Callable[[int], None] = lambda _: None,
) -> tuple[AvroSchema, Report, CheckedCsv]:
    """Check the table in these files, and write it as Personalize reads it to scratch disk.

    Args:
        paths: CSV or Parquet files with the same columns.
        rules: what they are held against.
        columns: ``{name in the files: name in the schema}``.
        name: what to call them together.
        all_columns_needed: else a column may have its new name already.
        default_event_type: as in :func:`~personalize_sfn.datasets.prepare`.
        progress: is called with the bytes that were read up to then.

    Returns:
        The schema that they fit, without columns that are to be a constant; the account of the rows; and the rows.

    Raises:
        DataError: as :func:`~personalize_sfn.datasets.load_csv`; or there is not enough scratch disk.
    """
    kinds = {_is_parquet(path) for path in paths}
    if len(kinds) > 1:
        raise DataError(f"{name}: expected files of one kind, found CSV and Parquet")
    parts: Parts
    if kinds == {True}:
        parts = ParquetParts(paths, columns, name, all_columns_needed=all_columns_needed)
    else:
        wanted = [*rules.fields, "RATING"]
        parts = CsvParts(paths, wanted, columns, name, all_columns_needed=all_columns_needed, block_bytes=BLOCK_BYTES)
    schema = without_event_type(rules.schema, parts.columns, default_event_type)
    rules = replace(rules, schema=schema)
    needed, folder = scratch_bytes(paths), tempfile.gettempdir()
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise DataError(
            f"{name}: expected {needed:,} bytes of free disk in {folder} for the check, found {free:,}; "
            "free some, or set TMPDIR to a folder on a larger disk"
        )
    scratch = _Scratch()
    output = CsvOutput(scratch.path / "rows.csv", list(rules.fields))
    report = check_large(parts, rules, scratch.path, output, progress=progress)
    return schema, report, CheckedCsv(output.path, output.columns, output.rows, folder=scratch)


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


class _Scratch:
    """A folder that is deleted with this object, at the latest when Python ends."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="personalize-sfn-data-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)
