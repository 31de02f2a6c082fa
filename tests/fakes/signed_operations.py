"""What the tests of operations and its neighbours share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.credentials import Credentials

from fakes.gateway_aws import Account
from fakes.raw_requests import Answer
from personalize_sfn.local import LocalAws

__all__ = ["FORM", "Ask", "access", "keys_of", "names"]


FORM = {"Content_Type": "application/x-www-form-urlencoded"}
Ask = Callable[..., Answer]


def keys_of(client: Any) -> tuple[str, ...]:
    keys: Credentials = client("sts")._request_signer._credentials
    return keys.access_key, keys.secret_key, keys.token


def access(aws: LocalAws) -> dict[str, str]:
    key, secret = aws.credentials
    return {"endpoint_url": aws.endpoint_url, "aws_access_key_id": key, "aws_secret_access_key": secret}


def names(account: Account, service: str, operation: str, key: str, name: str) -> list[str]:
    return [each[name] for each in getattr(account.client(service), operation)()[key]]
