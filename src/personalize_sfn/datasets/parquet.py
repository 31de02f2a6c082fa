"""The rows of Parquet files, in parts, by DuckDB.  Personalize takes CSV: what is read here is written as that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from personalize_sfn.datasets.column_names import new_names
from personalize_sfn.datasets.naming import listed, shown
from personalize_sfn.datasets.parts import Part
from personalize_sfn.errors import DataError

__all__ = ["ParquetParts"]

_VECTORS = 50
"""DuckDB's vectors of 2,048 rows that a part is made of."""
# Nothing is fetched, and what does not fit is not kept: rows are read once, in their order.
_SETTINGS: Mapping[str, Any] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": "256MB",
    "preserve_insertion_order": "true",
    "threads": "2",
}


class ParquetParts:
    """The rows of one or more Parquet files with the same columns.

    Args:
        paths: the files.
        columns: ``{name in the files: name in the schema}``.
        name: what to call the files together.
        all_columns_needed: else a column may have its new name already.

    Raises:
        DataError: DuckDB is not installed, a file cannot be read, or has other columns than the first one.
    """

    notes = ("converted from Parquet: Personalize takes CSV",)
    header = "the file"

    def __init__(
        self, paths: Sequence[Path], columns: Mapping[str, str], name: str, *, all_columns_needed: bool = True
    ) -> None:
        self.name = name
        self._paths = paths
        self._firsts: list[int] = []
        headers = [self._names(path) for path in paths]
        for path, header in zip(paths, headers, strict=True):
            if header != headers[0]:
                raise DataError(
                    f"{path.name}: expected the same columns in each file of {name}, {listed(headers[0])} as in "
                    f"{paths[0].name}, found {listed(header)}"
                )
        self.columns = new_names(headers[0], columns, name, all_needed=all_columns_needed)
        """As the schema calls them."""

    def __iter__(self) -> Iterator[Part]:
        row = 0
        self._firsts = []
        for path in self._paths:
            self._firsts.append(row)
            count = self._query(path, "SELECT num_rows FROM parquet_file_metadata($path)").fetchone()[0]
            found = self._query(path, "SELECT * FROM read_parquet($path)")
            while len(frame := self._next(path, found)):
                frame = frame.set_axis(self.columns, axis=1)
                size = path.stat().st_size * len(frame) // max(count, 1)
                yield Part(self.columns, frame.dropna(how="all"), len(frame), 0, size, row)
                row += len(frame)

    def where(self, rows: Iterable[int]) -> list[str]:
        """What to call these rows of all files."""
        found = []
        for row in rows:
            number = int(np.searchsorted(self._firsts, row, side="right")) - 1
            file = f"{self._paths[number].name}: " if len(self._paths) > 1 else ""
            found.append(f"{file}row {row - self._firsts[number] + 1}")
        return found

    def _next(self, path: Path, found: Any) -> pd.DataFrame:
        import duckdb

        try:
            frame: pd.DataFrame = found.fetch_df_chunk(_VECTORS)
        except duckdb.Error as error:
            raise _unreadable(path, error) from error
        return frame

    def _names(self, path: Path) -> list[str]:
        return [column[0] for column in self._query(path, "SELECT * FROM read_parquet($path) LIMIT 0").description]

    def _query(self, path: Path, query: str) -> Any:
        try:
            import duckdb
        except ImportError as error:
            advice = "pip install 'personalize-sfn[parquet]', or save the table as CSV"
            raise DataError(f"{path.name}: reading Parquet needs the package duckdb: {advice}") from error
        literal = re.sub(r"([*?\[\]])", r"[\1]", str(path))  # a name is no pattern
        try:
            return duckdb.connect(config=dict(_SETTINGS)).execute(query, {"path": literal})
        except duckdb.Error as error:
            raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> DataError:
    return DataError(f"{path.name}: cannot be read as Parquet: {shown(error, 200)}")
