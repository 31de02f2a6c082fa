"""S3's answers on the wire, where they are known of AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fakes.gateway_aws import Account, statement, unique


def on_the_wire(client: Any, method: str, **request: Any) -> tuple[int, bytes]:
    """Status and body."""
    seen: list[Any] = []

    def look(http_response: Any, **_: Any) -> None:
        seen.append((http_response.status_code, http_response.content))

    client.meta.events.register("after-call", look)
    getattr(client, method)(**request)
    client.meta.events.unregister("after-call", look)
    return seen[0]


@pytest.fixture
def bucket(account: Account) -> str:
    name = unique("bucket")
    account.client("s3").create_bucket(Bucket=name)
    return name


def test_a_bucket_policy_is_put_without_a_body(account: Account, bucket: str):
    allowed = statement("s3:GetObject", f"arn:aws:s3:::{bucket}/*", Principal={"AWS": "arn:aws:iam::123456789012:root"})
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    assert on_the_wire(account.client("s3"), "put_bucket_policy", Bucket=bucket, Policy=policy) == (204, b"")
    assert json.loads(account.client("s3").get_bucket_policy(Bucket=bucket)["Policy"]) == json.loads(policy)


ONE_AFTER_THE_OTHER = [
    ("put_object", {"Key": "k", "Body": b"x"}),
    ("put_object_tagging", {"Key": "k", "Tagging": {"TagSet": [{"Key": "a", "Value": "b"}]}}),
    ("delete_object_tagging", {"Key": "k"}),
    ("delete_object", {"Key": "k"}),
    ("put_bucket_tagging", {"Tagging": {"TagSet": [{"Key": "a", "Value": "b"}]}}),
    ("delete_bucket_tagging", {}),
    ("put_public_access_block", {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}}),
    ("delete_public_access_block", {}),
    (
        "put_bucket_lifecycle_configuration",
        {
            "LifecycleConfiguration": {
                "Rules": [{"ID": "r", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]
            }
        },
    ),
    ("delete_bucket_lifecycle", {}),
    (
        "put_bucket_encryption",
        {
            "ServerSideEncryptionConfiguration": {
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            }
        },
    ),
    ("delete_bucket_encryption", {}),
    ("put_bucket_versioning", {"VersioningConfiguration": {"Status": "Enabled"}}),
    ("delete_bucket_policy", {}),
    ("delete_bucket", {}),
]


def test_what_is_deleted_answers_with_no_content(account: Account, bucket: str):
    s3 = account.client("s3")
    statuses = {method: on_the_wire(s3, method, Bucket=bucket, **request)[0] for method, request in ONE_AFTER_THE_OTHER}
    expected = {method: 204 if method.startswith("delete") else 200 for method, _ in ONE_AFTER_THE_OTHER}
    expected["put_bucket_tagging"] = 204  # by the example of its page
    assert statuses == expected
