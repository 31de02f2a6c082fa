"""S3 as other parts of the embedded AWS see it."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from fakes.gateway_aws import Account, refusal, unique
from personalize_sfn.local.aws.s3_access import list_keys, open_object

ACCOUNT = "123456789012"


def test_an_object_is_read_as_it_was_when_it_was_opened(account: Account):
    bucket = unique("bucket")
    s3 = account.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="a.csv", Body=b"before")
    with open_object(ACCOUNT, bucket, "a.csv") as content:
        s3.put_object(Bucket=bucket, Key="a.csv", Body=b"after")
        assert content.read() == b"before"
    with open_object(ACCOUNT, bucket, "a.csv") as one, open_object(ACCOUNT, bucket, "a.csv") as other:
        assert (one.read(2), other.read(3), one.read(), other.read()) == (b"af", b"aft", b"ter", b"er")


@pytest.mark.parametrize("key", ["missing.csv", ""])
def test_an_object_that_is_not_there_has_no_content(account: Account, key: str):
    bucket = unique("bucket")
    account.client("s3").create_bucket(Bucket=bucket)
    with pytest.raises(KeyError, match=f"s3://{bucket}/{key}"):
        open_object(ACCOUNT, bucket, key)
    with pytest.raises(KeyError, match=r"s3://no-such-bucket/a\.csv"):
        open_object(ACCOUNT, "no-such-bucket", "a.csv")


def test_in_a_versioned_bucket_the_newest_version_counts_and_a_deleted_key_is_not_there(account: Account):
    bucket = unique("bucket")
    s3 = account.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for key, content in [("in/a.csv", b"old"), ("in/a.csv", b"new"), ("in/b.csv", b"b")]:
        s3.put_object(Bucket=bucket, Key=key, Body=content)
    s3.delete_object(Bucket=bucket, Key="in/b.csv")
    assert list_keys(ACCOUNT, bucket, "in/") == ["in/a.csv"]
    with open_object(ACCOUNT, bucket, "in/a.csv") as content:
        assert content.read() == b"new"
    with pytest.raises(KeyError, match=r"in/b\.csv"):
        open_object(ACCOUNT, bucket, "in/b.csv")
    s3.put_object(Bucket=bucket, Key="in/b.csv", Body=b"back")
    assert list_keys(ACCOUNT, bucket, "in/") == ["in/a.csv", "in/b.csv"]


def test_a_buckets_tags_go_with_it(account: Account):
    bucket = unique("bucket")
    s3 = account.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "personalize-sfn:project", "Value": "movies"}]})
    s3.delete_bucket(Bucket=bucket)
    s3.create_bucket(Bucket=bucket)
    with pytest.raises(ClientError) as refused:
        s3.get_bucket_tagging(Bucket=bucket)
    assert refused.value.response["Error"]["Code"] == "NoSuchTagSet"
    assert refused.value.response["Error"]["Message"] == "The TagSet does not exist"


@pytest.mark.parametrize("key", ["k" * 1024, "\u00fc" * 512])
def test_a_key_has_at_most_1024_bytes(account: Account, key: str):
    bucket, s3 = unique("bucket"), account.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    code, message = refusal(s3.put_object, Bucket=bucket, Key=f"{key}k", Body=b"x")
    assert (code, message) == ("KeyTooLongError", "Your key is too long: expected at most 1024 bytes, got 1025.")
    assert list_keys(ACCOUNT, bucket, "") == [key]
