"""Upload of a prepared table to Amazon S3, skipped when the same bytes are there."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from os import PathLike
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from personalize_sfn.aws_errors import code_of, message_of, status_of
from personalize_sfn.datasets.csv_output import CheckedCsv
from personalize_sfn.datasets.csv_text import csv_bytes
from personalize_sfn.datasets.naming import shown
from personalize_sfn.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from personalize_sfn.config import Config
    from personalize_sfn.config_datasets import DatasetType
    from personalize_sfn.datasets.movielens import MovieLens
    from personalize_sfn.datasets.report import Report
    from personalize_sfn.datasets.validation import Prepared
    from personalize_sfn.session import Session

__all__ = ["S3Object", "upload", "upload_dataset", "upload_interactions"]

# Where S3 encrypts with a KMS key the ETag is not the MD5 of the content, so the MD5 travels with the object as well.
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
MD5_METADATA = "personalize-sfn-md5"
#: How many rows, and of interactions users, travel with it too: a run can say what it imported.
ROWS_METADATA, USERS_METADATA = "personalize-sfn-rows", "personalize-sfn-users"
_PART = 16 << 20
"""Bytes of a part of an upload.  At most 10,000 parts make an object of up to 156 GiB; Personalize imports 100 GB.  The
ETag depends on it.  https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html"""
_PARTS_AT_ONCE = 4
_MOST_INCREMENTAL = 10**9
"""Bytes that an incremental import takes, "1 GB": https://docs.aws.amazon.com/personalize/latest/dg/limits.html"""
_ROWS_AT_ONCE = 1_000_000
"""Of large files, when only ids are read."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class S3Object:
    """A CSV in S3."""

    uri: str
    """``s3://bucket/key``"""
    etag: str
    """S3's tag of this content, without quotes."""
    rows: int
    """Data rows, the header not counted."""
    bytes: int
    uploaded: bool
    """False when the same bytes were there already."""
    report: Report | None = field(default=None, compare=False)
    """What was kept of the data and why rows went, where it was prepared on the way."""

    def __repr__(self) -> str:
        return (
            f"{self.uri}: {self.rows:,} rows, {self.bytes:,} bytes, {'uploaded' if self.uploaded else 'there already'}"
        )

    def _repr_html_(self) -> str:
        from personalize_sfn.display import table

        how = "uploaded" if self.uploaded else "there already, with the same bytes"
        rows = [("where", self.uri), ("rows", f"{self.rows:,}"), ("bytes", f"{self.bytes:,}"), ("how", how)]
        shown = table(("", ""), rows, self.uri.rpartition("/")[2]).html
        return shown if self.report is None else f"{shown}<br>{self.report._repr_html_()}"


def upload(
    session: Session,
    frame: pd.DataFrame | CheckedCsv,
    s3_uri: str,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> S3Object:
    """Write ``frame`` (see :func:`~personalize_sfn.datasets.prepare`) as CSV to ``s3://bucket/key``.

    The bytes depend on the data alone, and an object that already has them is left as it is: its ETag stays, and with
    it the name of the import job.  A frame is written by one request (S3's limit for that: 5 GB), what
    :func:`~personalize_sfn.datasets.load_csv` read from a large file in parts, some at the same time.

    Args:
        progress: for large files: is called with the bytes that were sent up to then, from several threads.

    Raises:
        DataError: the frame is empty, the URI names no object, or S3 refuses to write it; says why.
    """
    return _upload(session, frame, s3_uri, progress)


def _upload(
    session: Session,
    frame: pd.DataFrame | CheckedCsv,
    s3_uri: str,
    progress: Callable[[int], None],
    report: Report | None = None,
) -> S3Object:
    from botocore.exceptions import ClientError

    bucket, key = _split(s3_uri)
    if not len(frame):
        raise DataError(f"{s3_uri}: nothing to upload, the frame has no rows")
    body = frame if isinstance(frame, CheckedCsv) else csv_bytes(frame)
    md5, size = body.md5() if isinstance(body, CheckedCsv) else (_md5(body), len(body))
    s3 = session.client("s3")
    try:
        etag = etag_of_same(s3, bucket, key, md5)
        uploaded = etag is None
        if etag is None:
            metadata = {MD5_METADATA: md5, ROWS_METADATA: str(len(frame)), **_users(report)}
            etag = _put(s3, {"Bucket": bucket, "Key": key}, body, metadata, progress)
    except ClientError as error:
        hint = "; deploy makes the project's bucket" if code_of(error) == "NoSuchBucket" else ""
        raise DataError(f"{s3_uri}: S3 refused: {code_of(error)}: {message_of(error)}{hint}") from error
    return S3Object(uri=s3_uri, etag=etag, rows=len(frame), bytes=size, uploaded=uploaded, report=report)


def _users(report: Report | None) -> dict[str, str]:
    users = "" if report is None else report.facts.get("users", "").replace(",", "")
    return {USERS_METADATA: users} if users else {}


def upload_interactions(
    session: Session, config: Config, data: MovieLens | Prepared | pd.DataFrame | str | PathLike[str]
) -> S3Object:
    """Check interactions and put them where the import stage of ``config`` looks for them.

    Args:
        session: which AWS.
        config: names the bucket and the key, and the schema that the data must fit.
        data: MovieLens (its ratings are prepared as in the walkthrough), what ``prepare`` or ``load_csv`` gave, or a
            frame or the path of a CSV with the schema's columns.

    Returns:
        The object; its ``report`` says what was kept.

    Raises:
        DataError: the data does not fit, or S3 refuses it.
    """
    return upload_dataset(session, config, "INTERACTIONS", data)


def upload_dataset(
    session: Session,
    config: Config,
    kind: DatasetType,
    data: MovieLens | Prepared | pd.DataFrame | str | PathLike[str],
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> S3Object:
    """The same as :func:`upload_interactions` for any dataset of the config: ``INTERACTIONS``, ``ITEMS`` or ``USERS``.

    Columns of a CSV and of a frame may have the names that ``columns`` of the config's dataset gives them.

    Args:
        progress: as in :func:`upload`.

    Raises:
        DataError: the data does not fit or names users who were forgotten, the config has no such dataset, or S3
            refuses it.
    """
    from personalize_sfn.datasets.column_names import renamed
    from personalize_sfn.datasets.event_types import as_configured, as_deployed
    from personalize_sfn.datasets.frames import checked_frame
    from personalize_sfn.datasets.movielens import MovieLens
    from personalize_sfn.datasets.times import Times
    from personalize_sfn.datasets.training_needs import TrainingNeeds, too_few_events
    from personalize_sfn.datasets.validation import Prepared, load_table, prepare

    kind = _checked_kind(kind)
    dataset = config.datasets.by_type().get(kind)
    if dataset is None:
        raise DataError(f"there are {kind.lower()} to upload, but the config has no datasets.{kind.lower()}")
    if isinstance(data, MovieLens):
        tables = {"INTERACTIONS": data.ratings, "ITEMS": data.items, "USERS": data.users}
        frame = tables.get(kind)
        if frame is None:
            raise DataError(f"{data.name} has no {kind.lower()}")
        data = prepare(frame, dataset.schema, name=data.name, default_event_type=dataset.default_event_type)
    elif isinstance(data, (str, PathLike)):
        data = load_table(
            data,
            dataset.schema,
            columns=dataset.columns,
            min_rating_exclusive=None,
            times=Times(),
            all_columns_needed=False,
            default_event_type=dataset.default_event_type,
        )
    elif not isinstance(data, Prepared):
        frame = renamed(checked_frame(data, "data"), dataset.columns, "data", all_needed=False)
        data = prepare(frame, dataset.schema, min_rating_exclusive=None, default_event_type=dataset.default_event_type)
    elif data.schema != dataset.schema:
        found, expected = ([column["name"] for column in each["fields"]] for each in (data.schema, dataset.schema))
        raise DataError(
            f"the data was prepared for another schema ({', '.join(found)}) than the config's "
            f"datasets.{kind.lower()}.schema ({', '.join(expected)}): prepare it with that one"
        )
    if dataset.import_mode == "INCREMENTAL" and isinstance(data.table, CheckedCsv):
        size = data.table.size()
        if size > _MOST_INCREMENTAL:
            raise DataError(
                f"{data.report.name}: expected at most {_MOST_INCREMENTAL:,} bytes for import_mode INCREMENTAL, found "
                f"{size:,}; Personalize refuses to import more at once: split the file and import one part after the "
                f"other, or set datasets.{kind.lower()}.import_mode to FULL, which replaces what is there"
            )
    key = config.data_key(kind)
    if key.endswith("/"):
        key += f"{kind.lower()}.csv"
    bucket = config.bucket_name(session.region, session.account_id)
    _refuse_forgotten(session, config, data.table)
    if kind == "INTERACTIONS":
        data = as_deployed(session, config, as_configured(data, config, dataset), bucket, key)
    report = data.report
    if kind == "INTERACTIONS":
        needs = {
            key: TrainingNeeds(
                recipe=each.recipe, event_type=each.event_type, event_value_threshold=each.event_value_threshold
            )
            for key, each in config.solutions.items()
            if each.event_type is not None  # what holds for all events was checked before
        }
        report = replace(report, notes=(*report.notes, *too_few_events(data, needs)))
    return _upload(session, data.table, f"s3://{bucket}/{key}", progress, report)


def _md5(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def _put(
    s3: Any,
    target: dict[str, str],
    body: bytes | CheckedCsv,
    metadata: dict[str, str],
    progress: Callable[[int], None],
) -> str:
    """Write the object; its ETag."""
    settings: dict[str, Any] = {"ContentType": "text/csv", "Metadata": metadata}
    if isinstance(body, bytes):
        answer = s3.put_object(**target, Body=body, **settings)
    else:
        from boto3.exceptions import S3UploadFailedError
        from boto3.s3.transfer import TransferConfig

        sent = 0
        adding = threading.Lock()

        def add(size: int) -> None:
            nonlocal sent
            with adding:
                sent += size
                progress(sent)

        parts = TransferConfig(multipart_threshold=_PART, multipart_chunksize=_PART, max_concurrency=_PARTS_AT_ONCE)
        try:
            s3.upload_fileobj(body.open(), **target, ExtraArgs=settings, Config=parts, Callback=add)
        except S3UploadFailedError as error:
            raise error.__context__ or error from error
        answer = s3.head_object(**target)
    return str(answer["ETag"]).strip('"')


def _refuse_forgotten(session: Session, config: Config, table: pd.DataFrame | CheckedCsv) -> None:
    """Refuse users who were forgotten: an import would bring them back."""
    from personalize_sfn.forgotten_users import ForgottenUsers

    if not config.forgetting:
        return
    forgotten = ForgottenUsers(session, config)
    found = forgotten.among(_user_ids(table)) if forgotten.anyone else []
    if found:
        named = ", ".join(map(shown, found[:5])) + (f" and {len(found) - 5:,} more" if len(found) > 5 else "")
        raise DataError(
            f"the data name users who were forgotten ({named}), and an import would bring them back: "
            f"leave their rows out, or, if they came back themselves, delete the objects {config.forget_prefix}hashes/*"
        )


def _user_ids(table: pd.DataFrame | CheckedCsv) -> list[str]:
    """The different ids, sorted; large files are read in parts."""
    import pandas as pd

    if isinstance(table, pd.DataFrame):
        return sorted(map(str, table["USER_ID"].unique())) if "USER_ID" in table else []
    if "USER_ID" not in table.columns:
        return []
    parts = pd.read_csv(
        table.open(), usecols=["USER_ID"], dtype=str, keep_default_na=False, escapechar="\\", chunksize=_ROWS_AT_ONCE
    )
    return sorted({each for part in parts for each in part["USER_ID"].unique()})


def _checked_kind(kind: str) -> DatasetType:
    """The dataset type in capitals, as Personalize writes it."""
    kinds: tuple[DatasetType, ...] = ("INTERACTIONS", "ITEMS", "USERS", "ACTIONS", "ACTION_INTERACTIONS")
    for each in kinds:
        if str(kind).upper() == each:
            return each
    raise DataError(f"kind: expected one of {', '.join(kinds)}, got {shown(kind)}")


def _split(s3_uri: str) -> tuple[str, str]:
    parts = urlsplit(s3_uri, allow_fragments=False)
    key = parts.path.removeprefix("/") + (f"?{parts.query}" if parts.query else "")
    if parts.scheme != "s3" or not parts.netloc or not key or key.endswith("/"):
        raise DataError(f"expected an object's URI such as s3://bucket/interactions.csv, got {s3_uri!r}")
    if len(s3_uri) > 256:
        raise DataError(f"{s3_uri[:40]}...: Personalize takes URIs of up to 256 characters, this has {len(s3_uri)}")
    return parts.netloc, key


def etag_of_same(s3: Any, bucket: str, key: str, md5: str) -> str | None:
    """The ETag of the object if it holds the content of this MD5.  One that may not be looked at counts as another."""
    from botocore.exceptions import ClientError

    try:
        head = s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if status_of(error) in {403, 404}:
            return None
        raise
    etag = str(head["ETag"]).strip('"')
    return etag if md5 in {etag, head.get("Metadata", {}).get(MD5_METADATA)} else None
