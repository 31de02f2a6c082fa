"""The first line of a CSV in S3, looked at before an import is paid."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence

from botocore.exceptions import ClientError

from personalize_sfn.aws_errors import code_of
from personalize_sfn.errors import InvalidInputError
from personalize_sfn.handlers.aws import LambdaEvent, client, translating_errors

#: A header of all columns that a schema may have is shorter.
_HEADER_BYTES = 64 * 1024
#: So many files of a folder are looked at; the function has a time limit.
_FILES = 50


def require_event_type(location: str, keys: Sequence[str], schema: str, event: LambdaEvent) -> None:
    """Go on only with files that have the column EVENT_TYPE, if the schema demands one.

    The default schema did not have it once, so files of those days lack it, and Personalize says so only after minutes.

    Raises:
        InvalidInputError: a file lacks it; says what to do.
    """
    columns = {column["name"]: column["type"] for column in json.loads(schema)["fields"]}
    if columns.get("EVENT_TYPE") != "string":
        return
    bucket = location.removeprefix("s3://").partition("/")[0]
    for key in keys[:_FILES]:
        header = _header(bucket, key, event)
        # What lacks more than that is no such file: Personalize names all that is missing.
        if {"USER_ID", "ITEM_ID", "TIMESTAMP"} <= set(header) and "EVENT_TYPE" not in header:
            raise InvalidInputError(
                f"s3://{bucket}/{key} has no column EVENT_TYPE, which the schema of the dataset has; its columns are "
                f"{', '.join(header)[:300]}. Upload it by upload_interactions, or by 'personalize-sfn run --data': "
                "they give every row datasets.interactions.default_event_type. Or add the column yourself. To do "
                "without event types, clean up and set datasets.interactions.default_event_type to null"
            )


def _header(bucket: str, key: str, event: LambdaEvent) -> list[str]:
    """The column names of the first line; none where they cannot be read, which is left to the import to tell."""
    with translating_errors(event):
        try:
            answer = client("s3").get_object(Bucket=bucket, Key=key, Range=f"bytes=0-{_HEADER_BYTES - 1}")
        except ClientError as error:
            if code_of(error) in ("InvalidRange", "416"):  # it is empty
                return []
            raise
        lines = answer["Body"].read().decode("utf-8-sig", errors="replace").splitlines()
    try:
        return next(csv.reader(lines[:1]), [])
    except csv.Error:
        return []
