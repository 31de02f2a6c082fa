"""MovieLens: from GroupLens, from a copy of your own, or the one that comes with this package."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from personalize_sfn.datasets.download import DownloadProgress, cache_folder, download, md5_of
from personalize_sfn.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ML_100K", "SHIPPED", "MovieLens", "Release", "load_movielens"]

_LOGGER = logging.getLogger("personalize_sfn")
CITATION = (
    "F. Maxwell Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History and Context. ACM Transactions on "
    "Interactive Intelligent Systems (TiiS) 5, 4: 19:1-19:19. https://doi.org/10.1145/2827872"
)
_DATA = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release of MovieLens that is known by name."""

    name: str
    licence_note: str
    url: str = ""
    md5: str = ""


ML_100K = Release(
    name="MovieLens-100K",
    licence_note="GroupLens: research use, cite the paper, no commercial use without permission, no redistribution",
    url="https://files.grouplens.org/datasets/movielens/ml-100k.zip",
    # https://files.grouplens.org/datasets/movielens/ml-100k.zip.md5
    md5="0e33842e24a9c977be4e0107933c0723",
)
SHIPPED = Release(
    name="MovieLens ml-latest-small (October 2016)",
    licence_note="GroupLens: cite the paper, no endorsement implied, no commercial use without permission, "
    "redistribution under the same conditions (LICENSE-ml-latest-small.txt)",
)
OTHER = Release(name="MovieLens", licence_note="GroupLens: the conditions stand in the README that came with the data")


@dataclass(frozen=True, eq=False, repr=False)
class MovieLens:
    """Ratings, movies, and where they come from."""

    name: str
    """Which release it is, for example ``MovieLens-100K``."""
    source: str
    """The URL or path that was read, or ``shipped``."""
    licence_note: str
    citation: str
    ratings: pd.DataFrame
    """USER_ID, ITEM_ID (str), RATING (float), TIMESTAMP (epoch seconds), EVENT_TYPE (``watch``)."""
    movies: pd.DataFrame
    """ITEM_ID (str), TITLE, GENRES (joined by ``|``, or null), YEAR (or null)."""
    users: pd.DataFrame | None = None
    """USER_ID, AGE, GENDER, OCCUPATION; MovieLens-100K as GroupLens ships it has them, others do not."""
    note: str = ""
    """Why it is not the data that was asked for; empty when it is."""

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The title of each ITEM_ID."""
        return dict(zip(self.movies["ITEM_ID"], self.movies["TITLE"], strict=True))

    @property
    def items(self) -> pd.DataFrame:
        """The movies as an Items table: ITEM_ID, GENRES, YEAR (schema: ``schemas.movielens_items()``)."""
        return self.movies[["ITEM_ID", "GENRES", "YEAR"]]

    def __str__(self) -> str:
        users = self.ratings["USER_ID"].nunique()
        counts = f"{len(self.ratings):,} ratings of {len(self.movies):,} movies by {users:,} users"
        text = f"{self.name}: {counts} ({self.source})"
        return f"{text}\nnote: {self.note}" if self.note else text

    __repr__ = __str__


def load_movielens(
    source: str | PathLike[str] | None = None,
    *,
    cache_dir: str | PathLike[str] | None = None,
    progress: DownloadProgress | None = None,
    timeout_seconds: float = 5.0,
) -> MovieLens:
    """Load MovieLens.

    >>> load_movielens("shipped").titles["1"]
    'Toy Story (1995)'

    Args:
        source: None: MovieLens-100K from GroupLens, kept in the cache; when it cannot be downloaded, the data that
            comes with this package, and ``note`` and a log message say so.  ``"ml-100k"``: the same, but an error then.
            ``"shipped"``: the data that comes with this package.  Else a folder, a zip, or an http(s) URL of a zip, of
            any release.
        cache_dir: where downloads are kept, by URL.  Default: ``personalize-sfn`` in XDG_CACHE_HOME or ``~/.cache``.
        progress: told about a download, ``progress(bytes_done, bytes_total_or_none)``.
        timeout_seconds: how long a server may be silent.

    Raises:
        DataError: it cannot be read or downloaded, or is not MovieLens; says what was expected and what was found.
    """
    cache = Path(cache_dir) if cache_dir is not None else cache_folder()
    if source == "shipped":
        return _read(_DATA, SHIPPED, "shipped")
    if source is None or source == "ml-100k":
        try:
            return _read(_ml_100k(cache, progress, timeout_seconds), ML_100K, ML_100K.url)
        except DataError as error:
            if source is not None:
                raise
            note = (
                f"{ML_100K.name} could not be downloaded ({error}); using {SHIPPED.name}, which comes with this package"
            )
            _LOGGER.info(note)
            return replace(_read(_DATA, SHIPPED, "shipped"), note=note)
    if isinstance(source, str) and "://" in source:
        name = PurePosixPath(urlsplit(source).path).name or "movielens.zip"
        kept = cache / f"{hashlib.sha256(source.encode()).hexdigest()[:12]}-{name}"
        if not kept.exists():
            download(source, kept, progress=progress, timeout_seconds=timeout_seconds)
        return _read(kept, OTHER, source)
    return _read(Path(source).expanduser(), OTHER, str(source))


def _ml_100k(cache: Path, progress: DownloadProgress | None, timeout_seconds: float) -> Path:
    kept = cache / "ml-100k.zip"
    if kept.exists() and md5_of(kept) == ML_100K.md5:
        return kept
    return download(ML_100K.url, kept, md5=ML_100K.md5, progress=progress, timeout_seconds=timeout_seconds)


def _read(path: Path, release: Release, source: str) -> MovieLens:
    from personalize_sfn.datasets import movielens_files

    files = movielens_files.open_files(path)
    ratings = movielens_files.read_ratings(files)
    name = release.name
    if release is OTHER:
        # Only MovieLens-100K has a u.data; the name of any other release is that of its folder or zip.
        is_100k = "u.data" in files and len(ratings) == 100_000
        release = ML_100K if is_100k else OTHER
        name = ML_100K.name if is_100k else f"MovieLens ({PurePosixPath(urlsplit(source).path).name or source})"
    return MovieLens(
        name=name,
        source=source,
        licence_note=release.licence_note,
        citation=CITATION,
        ratings=ratings,
        movies=movielens_files.read_movies(files),
        users=movielens_files.read_users(files),
    )
