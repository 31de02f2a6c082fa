"""Tests of ``local.aws.s3_requests``."""

from __future__ import annotations

import pytest

from fakes.gateway_aws import Account, unique


@pytest.fixture
def bucket(account: Account) -> str:
    name = unique("bucket")
    account.client("s3").create_bucket(Bucket=name)
    return name


def test_an_object_that_is_typed_as_a_form_is_kept_as_it_is_and_not_read_as_one(account: Account, bucket: str):
    s3, body = account.client("s3"), b"Action=PutRule&notification=1&" + bytes(range(256))
    s3.put_object(Bucket=bucket, Key="notification", Body=body, ContentType="application/x-www-form-urlencoded")
    assert s3.get_object(Bucket=bucket, Key="notification")["Body"].read() == body
