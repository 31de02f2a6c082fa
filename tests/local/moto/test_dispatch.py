"""Tests of ``local.moto.dispatch``."""

from __future__ import annotations

from fakes.gateway_aws import Account, refusal, unique


def test_no_unknown_service_is_taken_for_s3(account: Account):
    # Its path would be a bucket's.
    s3, bucket = account.client("s3"), unique("bucket")
    s3.create_bucket(Bucket=bucket)
    code, message = refusal(account.client("s3outposts").list_endpoints)
    assert (code, message.startswith("The embedded AWS does not have the service s3-outposts")) == (
        "UnsupportedOperation",
        True,
    )
    assert bucket in [b["Name"] for b in s3.list_buckets()["Buckets"]]
