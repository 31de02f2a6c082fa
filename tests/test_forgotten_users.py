"""Tests of ``forgotten_users``: who was forgotten is remembered without saying who."""

from __future__ import annotations

from io import BytesIO
from types import SimpleNamespace
from typing import Any, cast

import pytest

from fakes.virtual_personalize import error
from personalize_sfn.config import Config
from personalize_sfn.forgotten_users import ForgottenUsers
from personalize_sfn.session import Session

CONFIG = Config(project="movies", forgetting=True)


class Bucket:
    """S3 with one bucket, or none."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.exists = True
        self.first: bytes | None = None
        """What another process writes just before this one writes the same new object."""

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        if Key not in self.objects:
            raise error("GetObject", "NoSuchKey", "The specified key does not exist.", 404)
        return {"Body": BytesIO(self.objects[Key])}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, IfNoneMatch: str = "") -> None:
        if self.first is not None and IfNoneMatch:
            self.objects[Key], self.first = self.first, None
        if IfNoneMatch == "*" and Key in self.objects:
            raise error("PutObject", "PreconditionFailed", "At least one of the pre-conditions did not hold", 412)
        self.objects[Key] = Body

    def get_paginator(self, _: str) -> Any:
        def paginate(*, Bucket: str, Prefix: str) -> Any:
            if not self.exists:
                raise error("ListObjectsV2", "NoSuchBucket", "The specified bucket does not exist", 404)
            yield {"Contents": [{"Key": key} for key in self.objects if key.startswith(Prefix)]}

        return SimpleNamespace(paginate=paginate)


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


def forgotten(bucket: Bucket) -> ForgottenUsers:
    session = SimpleNamespace(client=lambda _: bucket, region="us-east-1", account_id="123456789012")
    return ForgottenUsers(cast(Session, session), CONFIG)


def test_another_process_knows_them_again_by_their_whole_ids(bucket: Bucket) -> None:
    forgotten(bucket).remember(["u1", "ann@example.com"], "first")
    forgotten(bucket).remember(["u2"], "second")
    known = forgotten(bucket)
    assert known.anyone
    assert known.among(["u2", "u11", "ann@example.com", "u1"]) == ["u2", "ann@example.com", "u1"]


def test_what_is_kept_tells_nobody_and_differs_from_project_to_project(bucket: Bucket) -> None:
    forgotten(bucket).remember(["u1"], "first")
    other = Bucket()
    forgotten(other).remember(["u1"], "first")
    name = "movies/meta/forget/hashes/first"
    assert len(bucket.objects[name]) == 33
    assert bucket.objects[name] != other.objects[name]
    assert not any(b"u1" in body.split() for body in bucket.objects.values())


def test_two_processes_that_make_the_key_at_once_use_the_first_one(bucket: Bucket) -> None:
    bucket.first = b"k" * 32
    forgotten(bucket).remember(["u1"], "first")
    assert bucket.objects["movies/meta/forget/key"] == b"k" * 32
    assert forgotten(bucket).among(["u1"]) == ["u1"]


def test_where_there_is_no_bucket_yet_nobody_was_forgotten(bucket: Bucket) -> None:
    bucket.exists = False
    assert not forgotten(bucket).anyone
