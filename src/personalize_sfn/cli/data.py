"""Which data a command works on: MovieLens or the user's own CSV, and the titles that go with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from personalize_sfn.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from personalize_sfn.config import Config
    from personalize_sfn.datasets import MovieLens
    from personalize_sfn.session import Session


def check(source: str) -> None:
    """Say that there is no such file before anything is started.

    Raises:
        DataError: there is nothing of that name.
    """
    named = source in {"movielens", "shipped", "ml-100k"} or "://" in source
    if not named and not Path(source).expanduser().exists():
        raise DataError(f"--data: expected movielens, a CSV, or a folder or zip of MovieLens; there is no {source!r}")


def load(source: str) -> MovieLens | Path:
    """What ``--data`` names: ``movielens``, ``ml-100k``, ``shipped``, a folder, zip or URL of a release, or a CSV.

    Raises:
        DataError: there is nothing of that name.
    """
    check(source)
    from personalize_sfn.datasets import load_movielens

    if source == "movielens":
        return load_movielens()
    if source in {"shipped", "ml-100k"} or "://" in source:
        return load_movielens(source)
    path = Path(source).expanduser()
    return path if path.suffix == ".csv" else load_movielens(path)


def titles_uri(session: Session, config: Config) -> str:
    """Where the titles lie: beside the data, in no folder that is imported."""
    return f"s3://{config.bucket_name(session.region, session.account_id)}/{config.name('titles')}.csv"


def upload_titles(session: Session, config: Config, movies: pd.DataFrame) -> None:
    """Keep the titles with the data, so that recommendations can be read by people, from any machine."""
    from personalize_sfn.datasets import upload

    upload(session, movies[["ITEM_ID", "TITLE", "GENRES"]], titles_uri(session, config))


def read_titles(session: Session, config: Config, source: str | None) -> pd.DataFrame | None:
    """A table ITEM_ID, TITLE and perhaps GENRES.

    Args:
        session: the AWS.
        config: the pipeline.
        source: a CSV or MovieLens.  None: the titles that came with the data, or no table where none did.

    Raises:
        DataError: the CSV lacks a column.
    """
    import pandas as pd

    if source is None:
        from io import BytesIO
        from urllib.parse import urlsplit

        from botocore.exceptions import ClientError

        parts = urlsplit(titles_uri(session, config))
        try:
            body = session.client("s3").get_object(Bucket=parts.netloc, Key=parts.path.removeprefix("/"))["Body"].read()
        except ClientError:
            return None  # data without titles, or a caller who may not read the bucket: ids are shown
        return pd.read_csv(BytesIO(body), dtype=str)
    data = load(source)
    if not isinstance(data, Path):
        return data.movies
    table = pd.read_csv(data, dtype=str)
    missing = {"ITEM_ID", "TITLE"} - set(table.columns)
    if missing:
        raise DataError(f"{data}: expected columns ITEM_ID and TITLE; the header has {', '.join(table.columns)}")
    return table
