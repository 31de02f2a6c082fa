"""The objects in S3 that a job reads."""

from __future__ import annotations

from botocore.exceptions import ClientError

from personalize_sfn.aws_errors import code_of
from personalize_sfn.errors import InvalidInputError
from personalize_sfn.handlers.aws import LambdaEvent, client, translating_errors


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
