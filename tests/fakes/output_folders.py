"""A folder of S3 that holds what a job wrote, and an execution that ended with it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

__all__ = ["FOLDER", "OutputFolder", "ended_with", "refused", "session_with"]

FOLDER = "s3://bucket/movies/out/"


class OutputFolder:
    """As much of S3 as is asked of it, by key."""

    def __init__(self, **objects: str) -> None:
        self.objects = {key.replace("__", "."): text.encode() for key, text in objects.items()}
        self.metadata: dict[str, dict[str, str]] = {}
        self.uploads: list[str] = []
        self.refusing: ClientError | None = None

    def get_paginator(self, _method: str) -> SimpleNamespace:
        def paginate(*, Bucket: str, Prefix: str) -> list[dict[str, Any]]:
            if self.refusing is not None:
                raise self.refusing
            return [{"Contents": [{"Key": f"{Prefix}{name}"} for name in self.objects]}, {}]

        return SimpleNamespace(paginate=paginate)

    def download_fileobj(self, _bucket: str, key: str, file: Any) -> None:
        file.write(self.objects[key.removeprefix("movies/out/")])

    def upload_fileobj(self, file: Any, _bucket: str, key: str, ExtraArgs: dict[str, Any]) -> None:
        if self.refusing is not None:
            raise self.refusing
        self.objects[key], self.metadata[key] = file.read(), ExtraArgs["Metadata"]
        self.uploads.append(key)

    def head_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        if Key not in self.objects:
            raise refused("404", "Not Found", 404)
        return {"ETag": '"of-kms"', "Metadata": self.metadata[Key]}


def refused(code: str, message: str, status: int = 403) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "HeadObject")


def session_with(folder: OutputFolder) -> Any:
    return SimpleNamespace(client=lambda _: folder, region="us-east-1", account_id="123456789012")


def ended_with(output: dict[str, Any]) -> Any:
    """An execution whose output is this."""
    return SimpleNamespace(get_output=lambda wait: output)
