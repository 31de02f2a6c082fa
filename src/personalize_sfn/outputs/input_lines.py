"""Writing what a batch asks."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from numbers import Integral
from typing import Any

from personalize_sfn.aws_errors import code_of, message_of
from personalize_sfn.config import Config
from personalize_sfn.config_parsing import shown
from personalize_sfn.datasets.s3 import MD5_METADATA, S3Object, etag_of_same
from personalize_sfn.errors import DataError
from personalize_sfn.recipes import RECIPES
from personalize_sfn.session import Session

__all__ = ["batch_input"]

#: https://docs.aws.amazon.com/personalize/latest/dg/prepare-input-data-user-segment.html and
#: https://docs.aws.amazon.com/personalize/latest/dg/limits.html
_MOST_LINES = {"aws-item-affinity": 500, "aws-item-attribute-affinity": 10}
_MOST_LINES_OF_A_JOB, _MOST_BYTES = 50_000_000, 2**30
_LONGEST_ID = 256


def batch_input(
    session: Session,
    config: Config,
    key: str,
    asked: Iterable[Any] | Mapping[str, Iterable[str]],
    *,
    filter_values: Mapping[str, str] | None = None,
) -> S3Object:
    """Write the input of a batch, as JSON Lines, to the key that the configuration names.

    The bytes depend on what is asked alone, and an object that has them already is left as it is: the same batch is
    not paid for twice.

    Args:
        session: from :func:`personalize_sfn.connect`.
        config: the pipeline.
        key: of ``config.batch``.
        asked: ids of users; or of items, where the recipe is about items; or for lists to put in order a mapping from
            users to lists of items; or for aws-item-attribute-affinity expressions such as
            ``ITEMS.genres = "Comedy"``.  A dict is a line as it is.
        filter_values: of the filter's ``$NAME``, for every line, texts in quotes: ``{"GENRE": '"Comedy","Drama"'}``.

    Returns:
        The object; ``rows`` are its lines.

    Raises:
        ConfigError: there is no batch of that key.
        DataError: nothing is asked, an id is none, it is more than Personalize takes, or S3 refuses it.
    """
    from botocore.exceptions import ClientError

    config.batch_row(key)
    settings = config.batch[key]
    recipe = RECIPES[config.solutions[settings.solution].recipe]
    name = settings.input + ("input.json" if settings.input.endswith("/") else "")
    bucket = config.bucket_name(session.region, session.account_id)
    uri = f"s3://{bucket}/{name}"
    most = _MOST_LINES.get(recipe.name, _MOST_LINES_OF_A_JOB)
    more = {"filterValues": dict(filter_values)} if filter_values else {}
    if isinstance(asked, (str, bytes)) or (isinstance(asked, Mapping) and recipe.answers != "ranking"):
        raise DataError(f"asked: expected a list for {recipe.name}, got {shown(asked)}")
    md5, rows, s3 = hashlib.md5(usedforsecurity=False), 0, session.client("s3")
    with tempfile.SpooledTemporaryFile(max_size=2**24) as file:
        for query in _queries(recipe.name, recipe.answers, asked):
            line = json.dumps(query | more, separators=(",", ":")).encode() + b"\n"
            rows += 1
            file.write(line)
            md5.update(line)
            if rows > most:
                raise DataError(f"{uri}: expected at most {most:,} lines, which Personalize takes, got more")
        size = file.tell()
        if rows == 0:
            raise DataError(f"{uri}: nothing is asked")
        if size > _MOST_BYTES:
            raise DataError(f"{uri}: expected at most 1 GB, which Personalize takes, got {size:,} bytes")
        try:
            etag = etag_of_same(s3, bucket, name, md5.hexdigest())
            uploaded = etag is None
            if etag is None:
                file.seek(0)
                settings_of_object = {
                    "ContentType": "application/x-ndjson",
                    "Metadata": {MD5_METADATA: md5.hexdigest()},
                }
                s3.upload_fileobj(file, bucket, name, ExtraArgs=settings_of_object)
                etag = str(s3.head_object(Bucket=bucket, Key=name)["ETag"]).strip('"')
        except ClientError as error:
            hint = "; deploy makes the project's bucket" if code_of(error) == "NoSuchBucket" else ""
            raise DataError(f"{uri}: S3 refused: {code_of(error)}: {message_of(error)}{hint}") from error
    return S3Object(uri=uri, etag=etag, rows=rows, bytes=size, uploaded=uploaded)


def _queries(recipe: str, answers: str, asked: Any) -> Iterator[dict[str, Any]]:
    given = asked.items() if isinstance(asked, Mapping) else asked
    for number, each in enumerate(given, start=1):
        if isinstance(each, Mapping):
            yield dict(each)
        elif answers == "ranking":
            user, items = _pair(each, number)
            yield {"userId": _id(user, number), "itemList": [_id(item, number) for item in items]}
        elif RECIPES[recipe].by_attributes:
            yield {"itemAttributes": str(each)}
        else:
            yield {"userId" if answers == "user" else "itemId": _id(each, number)}


def _pair(given: Any, number: int) -> tuple[Any, list[Any]]:
    if isinstance(given, tuple) and len(given) == 2 and not isinstance(given[1], (str, bytes)):
        return given[0], list(given[1])
    raise DataError(f"asked, number {number}: expected a user and a list of items, got {shown(given)}")


def _id(given: Any, number: int) -> str:
    """An id as text.  Whole numbers often are ids; 1.0 and a missing value are none."""
    text = str(given) if isinstance(given, (str, Integral)) else ""
    if not 1 <= len(text) <= _LONGEST_ID:
        expected = f"an id, a text or whole number of 1 to {_LONGEST_ID} characters"
        raise DataError(f"asked, number {number}: expected {expected}, got {shown(given)}")
    return text
