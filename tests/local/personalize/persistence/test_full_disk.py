"""A full disk: it is said, reads go on, what is refused is not there, and room can be made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fakes.full_disk import Disk
from personalize_sfn.local import LocalAws

BUCKET = "movies-data"


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    disk = Disk()
    disk.install(monkeypatch)
    yield disk
    disk.full = False


def _refusal(method: Any, **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as error:
        method(**request)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


def _contents(s3: Any) -> dict[str, bytes]:
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
    return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}


def test_a_refused_object_is_not_there_and_objects_can_be_deleted(tmp_path: Path, disk: Disk):
    with LocalAws(data_dir=tmp_path) as aws:
        s3 = aws.session().client("s3")
        s3.create_bucket(Bucket=BUCKET)
        for key in ("kept", "large"):
            s3.put_object(Bucket=BUCKET, Key=key, Body=b"old")
        disk.full = True
        for key in ("new", "kept"):
            code, message = _refusal(s3.put_object, Bucket=BUCKET, Key=key, Body=b"new")
            assert code == "InternalError"
            assert message.startswith(f"{tmp_path}/files/")
            assert message.endswith(".object cannot be written: No space left on device. Nothing was changed.")
        code, message = _refusal(s3.create_bucket, Bucket="another-bucket")
        expected = f"{tmp_path}/resources.sqlite cannot be written: No space left on device. Nothing was changed."
        assert (code, message) == ("InternalError", expected)
        assert _contents(s3) == {"kept": b"old", "large": b"old"}
        assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == [BUCKET]
        s3.delete_object(Bucket=BUCKET, Key="large")
        assert _contents(s3) == {"kept": b"old"}
        disk.full = False
        s3.put_object(Bucket=BUCKET, Key="new", Body=b"new")
    with LocalAws(data_dir=tmp_path) as aws:
        assert _contents(aws.session().client("s3")) == {"kept": b"old", "new": b"new"}


def test_reads_of_personalize_go_on_and_changes_are_refused_before_they_are_made(tmp_path: Path, disk: Disk):
    with LocalAws(data_dir=tmp_path) as aws:
        personalize = aws.session().client("personalize")
        first = personalize.create_dataset_group(name="first")["datasetGroupArn"]
        disk.full = True
        personalize.create_dataset_group(name="second")  # kept in the room that was held for it
        code, message = _refusal(personalize.create_dataset_group, name="third")
        expected = f"{tmp_path}: No space left on device. Nothing was changed; make room on the disk."
        assert (code, message) == ("InternalFailure", expected)
        assert personalize.describe_dataset_group(datasetGroupArn=first)["datasetGroup"]["name"] == "first"
        assert _names(personalize) == {"first", "second"}
        disk.full = False
        personalize.create_dataset_group(name="fourth")
    with LocalAws(data_dir=tmp_path) as aws:
        assert _names(aws.session().client("personalize")) == {"first", "second", "fourth"}


def _names(personalize: Any) -> set[str]:
    return {group["name"] for group in personalize.list_dataset_groups()["datasetGroups"]}
