"""S3 as other parts of the embedded AWS see it: reads and writes on behalf of a role, and bucket policies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from personalize_sfn.local.aws.iam import PARTITION, Principal
from personalize_sfn.local.aws.iam_policy import ConditionKeys, Effect, evaluate, matches_principal

__all__ = [
    "IN_MEMORY",
    "bucket_effect",
    "content_of",
    "judge_once",
    "key_of_bucket",
    "key_of_object",
    "list_keys",
    "open_object",
    "service_effect",
    "write_object",
]

IN_MEMORY = 16 * 2**20
"""Bytes of an object that are read from memory, not from disk."""


def _bucket(account: str, name: str) -> Any | None:
    from moto.s3.exceptions import MissingBucket
    from moto.s3.models import s3_backends

    try:
        return s3_backends[account][PARTITION].get_bucket(name)
    except MissingBucket:
        return None


def open_object(account: str, bucket: str, key: str) -> BinaryIO:
    """The object's content as it is now, at its beginning; more of it than 16 MiB lies on disk.

    Raises:
        KeyError: no such bucket, or no such key.
    """
    found = _bucket(account, bucket)
    stored = None if found is None else found.keys.get(key)
    if stored is None or _is_deleted(stored):
        raise KeyError(f"s3://{bucket}/{key}")
    return content_of(stored)


def content_of(stored: Any) -> BinaryIO:
    """The content of one version of an object, at its beginning; what came in parts stays where it is.

    Raises:
        ValueError: it was deleted or replaced.
    """
    if hasattr(stored._value_buffer, "again"):
        return cast(BinaryIO, stored._value_buffer.again())
    content = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the reader's; moto's own is shared, and goes with the object
    with stored.lock:
        stored._value_buffer.seek(0)
        copyfileobj(stored._value_buffer, content)
    content.seek(0)
    return cast(BinaryIO, content)


def write_object(account: str, bucket: str, key: str, content: bytes, kms_key_arn: str | None = None) -> None:
    """Make or replace an object, encrypted with the key or else as the bucket says.

    Raises:
        KeyError: no such bucket.
    """
    if _bucket(account, bucket) is None:
        raise KeyError(f"s3://{bucket}/{key}")
    from moto.s3.models import s3_backends

    encryption = {} if kms_key_arn is None else {"encryption": "aws:kms", "kms_key_id": kms_key_arn}
    s3_backends[account][PARTITION].put_object(bucket, key, content, **encryption)


def key_of_object(account: str, bucket: str, key: str) -> str | None:
    """ARN of the KMS key of the user's that encrypts an object; None where there is no such object, too."""
    found = _bucket(account, bucket)
    stored = None if found is None else found.keys.get(key)
    return None if stored is None or _is_deleted(stored) else key_arn(stored.kms_key_id)


def key_of_bucket(account: str, bucket: str) -> str | None:
    """ARN of the KMS key of the user's that encrypts what is put into a bucket without naming another one."""
    found = _bucket(account, bucket)
    rule = {} if found is None or not found.encryption else found.encryption["Rule"]
    return key_arn(rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID"))


def key_arn(key: object) -> str | None:
    """``key`` if it is the ARN of a KMS key: an alias or an id says too little of whose it is."""
    return key if isinstance(key, str) and key.startswith("arn:") and ":key/" in key else None


def list_keys(account: str, bucket: str, prefix: str) -> list[str]:
    """The keys under ``prefix`` in order; empty when there is no such bucket."""
    found = _bucket(account, bucket)
    stored = {} if found is None else dict(found.keys.items())
    return sorted(key for key, newest in stored.items() if key.startswith(prefix) and not _is_deleted(newest))


def _is_deleted(newest: Any) -> bool:
    """In a versioned bucket the newest version of a deleted key is a delete marker."""
    from moto.s3.models import FakeDeleteMarker

    return isinstance(newest, FakeDeleteMarker)


def _statements(account: str, bucket: str) -> list[Mapping[str, Any]]:
    found = _bucket(account, bucket)
    if found is None or not found.policy:
        return []
    statements = json.loads(found.policy).get("Statement", [])
    return statements if isinstance(statements, list) else [statements]


def bucket_effect(who: Principal, bucket: str, action: str, resource: str, context: ConditionKeys) -> Effect:
    """What the bucket's policy says of a user or role of the account."""
    names = {who.arn, who.identity_arn, who.account, f"arn:{PARTITION}:iam::{who.account}:root"}
    about = [s for s in _statements(who.account, bucket) if matches_principal(s, "AWS", names)]
    return evaluate([{"Statement": about}], action, resource, context)


def service_effect(
    service: str, *, account: str, bucket: str, action: str, resource: str, context: ConditionKeys
) -> Effect:
    """What the bucket's policy says of a service (``personalize.amazonaws.com``) that calls for ``account``."""
    about = [s for s in _statements(account, bucket) if matches_principal(s, "Service", [service])]
    return evaluate([{"Statement": about}], action, resource, context)


def judge_once() -> None:
    """Keep the backend from judging requests by the bucket's policy once more: it knows no Condition.

    What it still asks for is whether a request without keys may read an object.
    """
    from moto.iam.access_control import PermissionResult
    from moto.s3.models import FakeBucket

    def permission(bucket: Any, action: str, resource: str) -> Any:
        about = [s for s in _statements(bucket.account_id, bucket.name) if matches_principal(s, "AWS", ["anonymous"])]
        allowed = evaluate([{"Statement": about}], action, resource, {"aws:SecureTransport": "true"}) == "allow"
        return PermissionResult.PERMITTED if allowed else PermissionResult.NEUTRAL

    FakeBucket.get_permission = permission
