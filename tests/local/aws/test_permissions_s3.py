"""Tests of ``local.aws.permissions_s3``."""

from __future__ import annotations

import pytest

from fakes.gateway_aws import Account, content, refusal, statement


@pytest.mark.parametrize("headers", [{"ACL": "private"}, {"ACL": "bucket-owner-full-control"}, {"GrantRead": "id=a"}])
def test_an_upload_with_an_acl_needs_the_permission_to_set_one(account: Account, bucket: str, headers: dict):
    s3 = account.as_role(statement("s3:PutObject"))("s3")
    s3.put_object(Bucket=bucket, Key="key", Body=b"plain")
    code, text = refusal(s3.put_object, Bucket=bucket, Key="key", Body=b"with acl", **headers)
    assert code == "AccessDenied"
    assert "s3:PutObjectAcl" in text
    assert content(account, bucket) == b"plain"
    may_set = account.as_role(statement(["s3:PutObject", "s3:PutObjectAcl"]))("s3")
    may_set.put_object(Bucket=bucket, Key="key", Body=b"with acl", ACL="private")
    assert content(account, bucket) == b"with acl"


@pytest.mark.parametrize("operation", ["create_multipart_upload", "copy_object", "create_bucket"])
def test_whatever_makes_something_with_an_acl_needs_it(account: Account, bucket: str, operation: str):
    s3 = account.as_role(statement(["s3:PutObject", "s3:GetObject", "s3:CreateBucket"]))("s3")
    more = {"CopySource": f"{bucket}/key"} if operation == "copy_object" else {}
    request = {"Bucket": f"{bucket}-2"} if operation == "create_bucket" else {"Bucket": bucket, "Key": "other", **more}
    code, text = refusal(getattr(s3, operation), **request, ACL="private")
    assert code == "AccessDenied"
    assert "Acl" in text
