"""S3 as other parts of the embedded AWS see it: reads and writes on behalf of a role, and bucket policies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from personalize_sfn.local.iam import PARTITION, Principal
from personalize_sfn.local.policy import Context, Effect, evaluate, matches_principal

__all__ = ["bucket_effect", "list_keys", "read_object", "service_effect", "write_object"]


def _bucket(account: str, name: str) -> Any | None:
    from moto.s3.exceptions import MissingBucket
    from moto.s3.models import s3_backends

    try:
        return s3_backends[account][PARTITION].get_bucket(name)
    except MissingBucket:
        return None


def read_object(account: str, bucket: str, key: str) -> bytes:
    """The object's content.

    Raises:
        KeyError: no such bucket, or no such key.
    """
    found = _bucket(account, bucket)
    if found is None or found.keys.get(key) is None:
        raise KeyError(f"s3://{bucket}/{key}")
    return bytes(found.keys[key].value)


def write_object(account: str, bucket: str, key: str, content: bytes) -> None:
    """Make or replace an object.

    Raises:
        KeyError: no such bucket.
    """
    if _bucket(account, bucket) is None:
        raise KeyError(f"s3://{bucket}/{key}")
    from moto.s3.models import s3_backends

    s3_backends[account][PARTITION].put_object(bucket, key, content)


def list_keys(account: str, bucket: str, prefix: str) -> list[str]:
    """The keys under ``prefix`` in order; empty when there is no such bucket."""
    found = _bucket(account, bucket)
    return sorted(key for key in list(found.keys) if key.startswith(prefix)) if found is not None else []


def _statements(account: str, bucket: str) -> list[Mapping[str, Any]]:
    found = _bucket(account, bucket)
    if found is None or not found.policy:
        return []
    statements = json.loads(found.policy).get("Statement", [])
    return statements if isinstance(statements, list) else [statements]


def bucket_effect(who: Principal, bucket: str, action: str, resource: str, context: Context) -> Effect:
    """What the bucket's policy says of a user or role of the account."""
    names = {who.arn, who.identity_arn, who.account, f"arn:{PARTITION}:iam::{who.account}:root"}
    about = [s for s in _statements(who.account, bucket) if matches_principal(s, "AWS", names)]
    return evaluate([{"Statement": about}], action, resource, context)


def service_effect(service: str, *, account: str, bucket: str, action: str, resource: str, context: Context) -> Effect:
    """What the bucket's policy says of a service (``personalize.amazonaws.com``) that calls for ``account``."""
    about = [s for s in _statements(account, bucket) if matches_principal(s, "Service", [service])]
    return evaluate([{"Statement": about}], action, resource, context)
