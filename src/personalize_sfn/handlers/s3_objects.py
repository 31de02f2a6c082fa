"""The objects in S3 that a job reads."""

from __future__ import annotations

import re
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from personalize_sfn.aws_errors import code_of
from personalize_sfn.errors import InvalidInputError
from personalize_sfn.handlers.aws import LambdaEvent, client, translating_errors

#: ``x-amz-meta-personalize-sfn-rows`` and ``-users`` of an object: how many it has; ``datasets/s3.py`` writes them.
COUNT_METADATA = "personalize-sfn-"
_COUNT = re.compile(r"[0-9]{1,15}", re.ASCII)
#: So many objects of a folder are asked; the function has a time limit.
_COUNTED = 50


def etags(location: str, event: LambdaEvent) -> dict[str, str]:
    """ETags by key: of the object, or of all objects in the folder, that ``s3://bucket/key`` names.

    Raises:
        InvalidInputError: there is none.
    """
    bucket, _, key = location.removeprefix("s3://").partition("/")
    with translating_errors(event):
        try:
            if key.endswith("/"):
                pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key, Delimiter="/")
                found = {
                    item["Key"]: item["ETag"]
                    for page in pages
                    for item in page.get("Contents", [])
                    if item["Key"] != key
                }
            else:
                found = {key: client("s3").head_object(Bucket=bucket, Key=key)["ETag"]}
        except ClientError as error:
            if code_of(error) not in ("404", "NoSuchKey", "NoSuchBucket"):
                raise
            found = {}
    if not found:
        raise InvalidInputError(f"there is no data at {location}: upload the CSV, or correct the bucket or key")
    return found


def counts(location: str, keys: Sequence[str]) -> dict[str, int]:
    """``{"rows": ..., "users": ...}`` of the objects together, as their metadata say.  What one lacks is left out.

    Users of several objects are not added up: they may be the same.  Objects that cannot be read have no counts: they
    are for people to see, and fail nothing.
    """
    if len(keys) > _COUNTED:
        return {}
    bucket = location.removeprefix("s3://").partition("/")[0]
    try:
        told = [client("s3").head_object(Bucket=bucket, Key=key).get("Metadata", {}) for key in keys]
    except (ClientError, BotoCoreError):
        return {}
    found = {name: [str(each.get(f"{COUNT_METADATA}{name}", "")) for each in told] for name in ("rows", "users")}
    known = {name: texts for name, texts in found.items() if all(_COUNT.fullmatch(text) for text in texts)}
    return {name: sum(map(int, texts)) for name, texts in known.items() if name == "rows" or len(texts) == 1}


def etags_beginning(location: str, event: LambdaEvent) -> dict[str, str]:
    """ETags by key of all objects whose key begins with that of ``s3://bucket/key``: what a batch job reads.

    Raises:
        InvalidInputError: there is none.
    """
    bucket, _, key = location.removeprefix("s3://").partition("/")
    with translating_errors(event):
        pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key)
        objects = [item for page in pages for item in page.get("Contents", [])]
    found = {item["Key"]: item["ETag"] for item in objects if not item["Key"].endswith("/")}
    if not found:
        raise InvalidInputError(
            f"there is no input at {location}: write JSON Lines there, for example with batch_input(session, config, "
            "key, ids)"
        )
    return found
