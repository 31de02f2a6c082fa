"""Which users were forgotten, without saying who: keyed hashes of their ids, in the project's bucket.

An id is often an e-mail address or a number that can be guessed, so a plain hash would tell it.  The key is random and
made once for each project; who may read neither it nor the data learns nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from personalize_sfn.aws_errors import code_of
from personalize_sfn.config import Config
from personalize_sfn.session import Session

__all__ = ["ForgottenUsers"]

_KEY_BYTES = 32
_HEX_DIGITS = 32


class ForgottenUsers:
    """Those of one project."""

    def __init__(self, session: Session, config: Config) -> None:
        self._s3 = session.client("s3")
        self._bucket = config.bucket_name(session.region, session.account_id)
        self._prefix = config.forget_prefix

    def remember(self, user_ids: Iterable[str], name: str) -> None:
        """Write down that they were forgotten, under a name of this occasion."""
        hashes = self.hashes(user_ids)
        self._put(f"hashes/{name}", "".join(f"{each}\n" for each in hashes).encode())

    @property
    def anyone(self) -> bool:
        return bool(self._remembered)

    def among(self, user_ids: Iterable[str]) -> list[str]:
        """Those of ``user_ids`` that were forgotten, in their order."""
        ids = list(user_ids)
        return [each for each, found in zip(ids, self.hashes(ids), strict=True) if found in self._remembered]

    @cached_property
    def _remembered(self) -> frozenset[str]:
        """The hashes of all; none where there is no bucket yet."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=f"{self._prefix}hashes/")
        try:
            keys = [each["Key"] for page in pages for each in page.get("Contents", [])]
        except ClientError as error:
            if code_of(error) != "NoSuchBucket":
                raise
            return frozenset()
        return frozenset(line for key in keys for line in self._read(key).decode().split())

    def hashes(self, user_ids: Iterable[str]) -> list[str]:
        """HMAC-SHA-256 of each id under the project's key, in 32 hexadecimal digits (128 bits)."""
        key = self._key
        return [hmac.digest(key, each.encode(), hashlib.sha256).hex()[:_HEX_DIGITS] for each in user_ids]

    @cached_property
    def _key(self) -> bytes:
        """The project's key; of two processes that make it at the same time, both get the first one's."""
        name = f"{self._prefix}key"
        try:
            return self._read(name)
        except ClientError as error:
            if code_of(error) != "NoSuchKey":
                raise
        try:
            self._put("key", secrets.token_bytes(_KEY_BYTES), IfNoneMatch="*")
        except ClientError as error:
            if code_of(error) not in ("PreconditionFailed", "ConditionalRequestConflict"):
                raise
        return self._read(name)

    def _read(self, key: str) -> bytes:
        body: bytes = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        return body

    def _put(self, name: str, body: bytes, **more: Any) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=f"{self._prefix}{name}", Body=body, **more)
