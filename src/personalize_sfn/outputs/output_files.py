"""The objects in a folder of S3, one after the other."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from typing import IO, Any

from personalize_sfn.aws_errors import code_of, message_of
from personalize_sfn.errors import DataError

__all__ = ["output_files"]


def output_files(s3: Any, location: str, wanted: Callable[[str], bool]) -> Iterator[tuple[str, IO[bytes]]]:
    """Name below the folder and content of each object that is ``wanted`` by its name, in order.

    One at a time is downloaded by boto3's transfer manager, which tries again what breaks off, to a temporary file:
    the disk holds the largest of them, and memory none.

    Args:
        s3: a boto3 client.
        location: ``s3://bucket/folder/``.
        wanted: whether the object of that name is read.

    Raises:
        DataError: there is none, or S3 refuses to give it.
    """
    from botocore.exceptions import ClientError

    bucket, _, folder = location.removeprefix("s3://").partition("/")
    try:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder)
        keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
        names = sorted(name for name in (key.removeprefix(folder) for key in keys) if name and wanted(name))
        if not names:
            raise DataError(f"there is no output at {location}: it was deleted, or the job has not ended; run it again")
        for name in names:
            with tempfile.TemporaryFile() as file:
                s3.download_fileobj(bucket, folder + name, file)
                file.seek(0)
                yield name, file
    except ClientError as error:
        raise DataError(f"{location}: S3 refused: {code_of(error)}: {message_of(error)}") from error
