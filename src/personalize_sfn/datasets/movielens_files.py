"""The files of MovieLens releases, from a folder or a zip: which there are, and how each is read.

Formats: the README of each release at https://files.grouplens.org/datasets/movielens/.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TypeAlias

import numpy as np
import pandas as pd

from personalize_sfn.datasets.naming import shown
from personalize_sfn.errors import DataError

__all__ = ["RATINGS", "Files", "open_files", "read_movies", "read_ratings", "read_users"]

Files: TypeAlias = Mapping[str, Callable[[], bytes]]
"""By base name: a function that reads the file."""

MAX_MEMBER_BYTES = 1 << 30
# u.genre, in the order of u.item's flags.
# fmt: off
_GENRES_100K = [
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama", "Fantasy",
    "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
]
# fmt: on
_NO_GENRES = "(no genres listed)"
_YEAR = r"\((\d{4})(?:[-–]\d{0,4})?\)\s*$"


@dataclass(frozen=True, slots=True)
class _Format:
    separator: str
    encoding: str
    header: bool


_TABS_100K = _Format("\t", "latin-1", header=False)
_BARS_100K = _Format("|", "latin-1", header=False)
_COLONS_1M = _Format("::", "latin-1", header=False)
_CSV = _Format(",", "utf-8", header=True)
# In the order in which they are looked for.
RATINGS = {"u.data": _TABS_100K, "ratings.csv": _CSV, "ratings.csv.gz": _CSV, "ratings.dat": _COLONS_1M}
_MOVIES = {"u.item": _BARS_100K, "movies.csv": _CSV, "movies.csv.gz": _CSV, "movies.dat": _COLONS_1M}
_RATING_COLUMNS = {"userId": "USER_ID", "movieId": "ITEM_ID", "rating": "RATING", "timestamp": "TIMESTAMP"}


def open_files(path: Path) -> Files:
    """The files of a folder or a zip, looked for one folder deep too; nothing is extracted.

    Raises:
        DataError: there is no such folder or zip, or no file with ratings in it.
    """
    if path.is_dir():
        found = [*sorted(path.iterdir()), *sorted(path.glob("*/*"))]
        files: dict[str, Callable[[], bytes]] = {}
        for file in found:
            files.setdefault(file.name, file.read_bytes)
    elif path.is_file() and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.filename.startswith("__MACOSX/")]
        # Members are only ever read into memory, by base name, so that a name with .. in it leads nowhere.
        files = {PurePosixPath(member.filename).name: _reader(path, member) for member in reversed(members)}
    else:
        what = "no such file or folder" if not path.exists() else "is neither a folder nor a zip"
        raise DataError(f"{path}: {what}; expected MovieLens as GroupLens ships it (your own CSV: load_csv)")
    if not files.keys() & RATINGS.keys():
        raise DataError(
            f"{path}: expected one of {', '.join(RATINGS)} in it, found {', '.join(sorted(files)[:8]) or 'nothing'}"
        )
    return files


def read_ratings(files: Files) -> pd.DataFrame:
    """USER_ID and ITEM_ID (str), RATING (float), TIMESTAMP (int, epoch seconds), EVENT_TYPE, in the file's order.

    Raises:
        DataError: a line is not a rating; names it.
    """
    name = next(name for name in RATINGS if name in files)
    form = RATINGS[name]
    table = _table(name, files, form, list(_RATING_COLUMNS.values()))
    table = table.rename(columns=_RATING_COLUMNS)
    _require(table, list(_RATING_COLUMNS.values()), name)
    table = table[list(_RATING_COLUMNS.values())]
    rating = pd.to_numeric(table["RATING"], errors="coerce")
    timestamp = pd.to_numeric(table["TIMESTAMP"], errors="coerce")
    bad = (rating.isna() | timestamp.isna() | (table[["USER_ID", "ITEM_ID"]] == "").any(axis=1)).to_numpy(dtype=bool)
    if bad.any():
        position = int(bad.argmax())
        found = form.separator.join(table.iloc[position].fillna("").astype(str))
        expected = "user, movie, rating and timestamp (epoch seconds)"
        raise DataError(f"{name}: line {position + 1 + form.header}: expected {expected}, found {shown(found)}")
    # A rating tells that a film was watched; releases name no other kind of event.
    return table.assign(RATING=rating.astype("float64"), TIMESTAMP=timestamp.astype("int64"), EVENT_TYPE="watch")


def read_movies(files: Files) -> pd.DataFrame:
    """ITEM_ID, TITLE (with the year, as in the data), GENRES (joined by ``|``, or null), YEAR (Int64, or null).

    No rows where the release has no file of movies.
    """
    name = next((name for name in _MOVIES if name in files), None)
    if name is None:
        return pd.DataFrame({"ITEM_ID": [], "TITLE": [], "GENRES": []}, dtype=object).assign(
            YEAR=pd.Series([], dtype="Int64")
        )
    table = _table(name, files, _MOVIES[name], None).rename(
        columns={"movieId": "ITEM_ID", "title": "TITLE", "genres": "GENRES"}
    )
    if name == "u.item":
        table = _movies_100k(table)
    elif not _MOVIES[name].header:
        table.columns = pd.Index(["ITEM_ID", "TITLE", "GENRES", *table.columns[3:]])
    _require(table, ["ITEM_ID", "TITLE", "GENRES"], name)
    year = table["TITLE"].str.extract(_YEAR, expand=False)
    if "RELEASED" in table:
        year = year.fillna(table["RELEASED"].str.extract(r"(\d{4})$", expand=False))
    genres = table["GENRES"].mask(table["GENRES"].isin(["", _NO_GENRES, "unknown"]))
    movies = pd.DataFrame(
        {"ITEM_ID": table["ITEM_ID"], "TITLE": table["TITLE"].replace("", "(no title)"), "GENRES": genres}
    )
    return movies.assign(YEAR=pd.to_numeric(year, errors="coerce").astype("Int64"))


def read_users(files: Files) -> pd.DataFrame | None:
    """USER_ID, AGE (int), GENDER, OCCUPATION of MovieLens-100K's u.user; None where it is not."""
    if "u.user" not in files:
        return None
    table = _table("u.user", files, _BARS_100K, ["USER_ID", "AGE", "GENDER", "OCCUPATION", "ZIP"])
    return table.drop(columns="ZIP").assign(AGE=pd.to_numeric(table["AGE"], errors="coerce").astype("Int64"))


def _movies_100k(table: pd.DataFrame) -> pd.DataFrame:
    """GroupLens's 24 columns (five of text, 19 flags), or the short form of three with genres joined by spaces."""
    width = table.shape[1]
    if width == 3:
        table.columns = pd.Index(["ITEM_ID", "TITLE", "GENRES"])
        return table.assign(GENRES=table["GENRES"].str.strip().str.replace(r"\s+", "|", regex=True))
    if width != 5 + len(_GENRES_100K):
        raise DataError(f"u.item: line 1: expected 24 columns separated by | (or id|title|genres), found {width}")
    flags = table.iloc[:, 5:].to_numpy() == "1"
    genres = ["|".join(np.array(_GENRES_100K)[row]) for row in flags]
    return pd.DataFrame({"ITEM_ID": table[0], "TITLE": table[1], "RELEASED": table[2], "GENRES": genres})


def _table(name: str, files: Files, form: _Format, names: list[str] | None) -> pd.DataFrame:
    """The file as text; null and empty are both ``""``."""
    data = files[name]()
    if name.endswith(".gz"):
        with gzip.open(io.BytesIO(data)) as packed:
            data = _bounded(packed, name)
    separator = form.separator
    if separator == "::":  # one character is read by pandas' fast parser; none of these files has tabs
        data, separator = data.replace(b"::", b"\t"), "\t"
    try:
        return pd.read_csv(
            io.BytesIO(data),
            sep=separator,
            encoding=form.encoding,
            header=0 if form.header else None,
            names=None if form.header else names,
            dtype=str,
            keep_default_na=False,
            quoting=0 if form.header else 3,  # csv.QUOTE_MINIMAL, csv.QUOTE_NONE
            index_col=False,
        ).fillna("")
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise DataError(f"{name}: cannot be read as MovieLens: {shown(error, 200, quotes='')}") from error


def _require(table: pd.DataFrame, columns: list[str], name: str) -> None:
    missing = [column for column in columns if column not in table]
    if missing:
        found = ", ".join(map(str, table.columns))
        raise DataError(f"{name}: line 1: expected the columns of a MovieLens file, found {found}")


def _reader(path: Path, member: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            with zipfile.ZipFile(path) as archive, archive.open(member) as file:
                return _bounded(file, member.filename)
        except (
            zipfile.BadZipFile,
            RuntimeError,
            NotImplementedError,
        ) as error:  # broken, with a password, unknown method
            raise DataError(f"{path}: {member.filename}: cannot be unpacked: {error}") from error

    return read


def _bounded(file: IO[bytes] | gzip.GzipFile, name: str) -> bytes:
    """All of the file, unless it unpacks to more than any MovieLens file has (a zip bomb)."""
    data = file.read(MAX_MEMBER_BYTES + 1)
    if len(data) > MAX_MEMBER_BYTES:
        raise DataError(f"{name}: unpacks to more than {MAX_MEMBER_BYTES:,} bytes, which is the limit")
    return data
