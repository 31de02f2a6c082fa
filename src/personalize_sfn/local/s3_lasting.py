"""S3's buckets and objects in a data directory: what Personalize's jobs read and write outlives the process.

Kept are a bucket's region, policy, tags, encryption and public access block, and the newest version of each object with
its metadata; not kept are older versions, object tags, access control lists and other settings of a bucket.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.iam import PARTITION
from personalize_sfn.local.personalize.lasting.directory import DataDirectory

__all__ = ["LastingS3"]

_ACCESS_BLOCK = ("block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets")
Place = tuple[str, str]
"""Bucket and key."""


class LastingS3:
    """The S3 of one account, compared with what is kept after each request that can change it."""

    def __init__(self, directory: DataDirectory, account: str) -> None:
        self._directory = directory
        self._account = account
        self._buckets: dict[str, str] = {}
        self._objects: dict[Place, tuple[Any, str, str]] = {}
        """The backend's object, its file, and what else is kept of it."""

    def restore(self) -> None:
        """Fill the backend with what is kept; it must be empty.

        Raises:
            LocalAwsError: a file is missing or damaged; names it.
        """
        backend = self._backend()
        for name, document in self._directory.read(
            "SELECT name, document FROM buckets WHERE account = ?", (self._account,)
        ):
            _restore_bucket(backend, name, json.loads(document))
            self._buckets[name] = document
        for bucket, key, file, document in self._directory.read(
            "SELECT bucket, key, file, document FROM objects WHERE account = ?", (self._account,)
        ):
            described = json.loads(document)
            content = _content(self._directory.files / file, f"s3://{bucket}/{key}", described["sha256"])
            self._objects[bucket, key] = (_restore_object(backend, bucket, key, content, described), file, document)

    def keep(self) -> None:
        """Write what has changed since the last time, in one transaction.

        Raises:
            LocalAwsError: it could not be written.
        """
        with self._directory.mutex:
            backend = self._backend()
            found = dict(backend.buckets)
            buckets = {name: json.dumps(_describe_bucket(backend, bucket)) for name, bucket in found.items()}
            objects: dict[Place, tuple[Any, str, str]] = {}
            for name, bucket in found.items():
                for key in list(bucket.keys):
                    kept = self._kept((name, key), bucket.keys.get(key))
                    if kept is not None:
                        objects[name, key] = kept
            if buckets == self._buckets and objects == self._objects:
                return
            with self._directory.transaction() as database:
                self._write(database, buckets, objects)
            files = {file for _, file, _ in objects.values()}
            dropped = {file for _, file, _ in self._objects.values()} - files
            self._buckets, self._objects = buckets, objects
            for file in dropped:
                self._directory.remove_file(file)

    def _write(
        self, database: sqlite3.Connection, buckets: dict[str, str], objects: dict[Place, tuple[Any, str, str]]
    ) -> None:
        account = self._account
        for name, document in buckets.items():
            if self._buckets.get(name) != document:
                database.execute("INSERT OR REPLACE INTO buckets VALUES (?, ?, ?)", (account, name, document))
        for place, (_, file, document) in objects.items():
            if self._objects.get(place, (None, "", ""))[1:] != (file, document):
                row = (account, *place, file, document)
                database.execute("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)", row)
        for name in self._buckets.keys() - buckets.keys():
            database.execute("DELETE FROM buckets WHERE account = ? AND name = ?", (account, name))
        for place in self._objects.keys() - objects.keys():
            database.execute("DELETE FROM objects WHERE account = ? AND bucket = ? AND key = ?", (account, *place))

    def _kept(self, place: Place, found: Any) -> tuple[Any, str, str] | None:
        if not hasattr(found, "contentsize"):  # deleted meanwhile, or a marker of a deletion
            return None
        before = self._objects.get(place)
        if before is not None and before[0] is found:
            described = _describe_object(found, json.loads(before[2])["sha256"])
            return found, before[1], json.dumps(described)
        try:
            content = bytes(found.value)
        except ValueError:  # replaced or deleted meanwhile, by a request that keeps its own end
            return None
        file = self._directory.write_file(".object", lambda opened: opened.write(content))
        return found, file, json.dumps(_describe_object(found, hashlib.sha256(content).hexdigest()))

    def _backend(self) -> Any:
        from moto.s3.models import s3_backends

        return s3_backends[self._account][PARTITION]


def _describe_bucket(backend: Any, bucket: Any) -> dict[str, Any]:
    block = bucket.public_access_block
    return {
        "region": bucket.region_name,
        "created": bucket.creation_date.isoformat(),
        "policy": None if bucket.policy is None else bucket.policy.decode(),
        "versioning": bucket.versioning_status,
        "encryption": bucket.encryption,
        "public_access_block": None if block is None else {name: getattr(block, name) for name in _ACCESS_BLOCK},
        "tags": backend.tagger.get_tag_dict_for_resource(bucket.arn),
    }


def _restore_bucket(backend: Any, name: str, document: dict[str, Any]) -> None:
    from moto.s3.models import PublicAccessBlock

    bucket = backend.create_bucket(name, document["region"])
    bucket.creation_date = dt.datetime.fromisoformat(document["created"])
    bucket.policy = None if document["policy"] is None else document["policy"].encode()
    bucket.versioning_status = document["versioning"]
    bucket.encryption = document["encryption"]
    if document["public_access_block"] is not None:
        bucket.public_access_block = PublicAccessBlock(**document["public_access_block"])
    if document["tags"]:
        backend.put_bucket_tagging(name, document["tags"])


def _describe_object(found: Any, sha256: str) -> dict[str, Any]:
    return {
        "sha256": sha256,
        "etag": found._etag,
        "storage": found._storage_class,
        "modified": found.last_modified.isoformat(),
        "metadata": dict(found._metadata),
        "checksum": [found.checksum_algorithm, found.checksum_value, found.checksum_type],
    }


def _restore_object(backend: Any, bucket: str, key: str, content: bytes, document: dict[str, Any]) -> Any:
    found = backend.put_object(
        bucket, key, content, storage=document["storage"], etag=document["etag"], disable_notification=True
    )
    found.last_modified = dt.datetime.fromisoformat(document["modified"])
    found.set_metadata(document["metadata"])
    found.checksum_algorithm, found.checksum_value, found.checksum_type = document["checksum"]
    return found


def _content(file: Path, what: str, sha256: str) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise LocalAwsError(f"{file}, the content of {what}, cannot be read: {error.strerror}") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise LocalAwsError(f"{file}, the content of {what}, is damaged: its SHA-256 is not the one on record")
    return content
