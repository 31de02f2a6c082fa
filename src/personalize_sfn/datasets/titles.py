"""The titles of items, kept in the bucket beside the data, so that people can read recommendations on any machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from personalize_sfn.config import Config
from personalize_sfn.session import Session

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TITLE_COLUMNS", "read_titles", "titles_uri", "upload_titles"]

TITLE_COLUMNS = ("ITEM_ID", "TITLE", "GENRES")


def titles_uri(session: Session, config: Config) -> str:
    """Where the titles are: beside the data, in no folder that is imported."""
    return f"s3://{config.bucket_name(session.region, session.account_id)}/{_key(config)}"


def upload_titles(session: Session, config: Config, items: pd.DataFrame) -> None:
    """Keep ITEM_ID, TITLE and GENRES of ``items`` in the bucket, where :func:`read_titles` finds them."""
    from personalize_sfn.datasets.s3 import upload

    upload(session, items[list(TITLE_COLUMNS)], titles_uri(session, config))


def read_titles(session: Session, config: Config) -> pd.DataFrame | None:
    """The titles that were uploaded with the data, a table ITEM_ID, TITLE, GENRES.

    None: the data came without titles, or the caller may not read the bucket.
    """
    from io import BytesIO

    from botocore.exceptions import ClientError

    from personalize_sfn.datasets.csv_text import read_csv

    bucket = config.bucket_name(session.region, session.account_id)
    try:
        body = session.client("s3").get_object(Bucket=bucket, Key=_key(config))["Body"].read()
    except ClientError:
        return None
    return read_csv(BytesIO(body)).frame


def _key(config: Config) -> str:
    return f"{config.name('titles')}.csv"
