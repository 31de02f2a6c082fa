"""S3's buckets and objects in a data directory: what Personalize's jobs read and write outlives the process.

Kept are a bucket's region, policy, tags, encryption and public access block, and the newest version of each object with
its metadata; not kept are older versions, object tags, access control lists and other settings of a bucket.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.aws.iam import PARTITION
from personalize_sfn.local.aws.s3_access import IN_MEMORY, content_of
from personalize_sfn.local.moto.large_objects import PartsOnDisk, SharedFile
from personalize_sfn.local.personalize.persistence.directory import DataDirectory
from personalize_sfn.local.personalize.persistence.full_disk import DiskFullError
from personalize_sfn.local.personalize.persistence.rows import DatabaseRows

__all__ = ["PersistentS3"]

_BLOCK = 1 << 20
_ACCESS_BLOCK = ("block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets")
Place = tuple[str, str]
"""Bucket and key."""
_Kept = tuple[Any, str, str]
"""The backend's object, its file, and what else is kept of it."""


@dataclass(frozen=True, slots=True)
class _Bucket:
    """A bucket of the backend as it was when all of it was kept."""

    bucket: Any
    versions: dict[str, list[Any]]
    """By key, oldest first."""
    multiparts: dict[str, Any]


class PersistentS3:
    """The S3 of one account, compared with what is kept after each request that can change it."""

    def __init__(self, directory: DataDirectory, account: str) -> None:
        self._directory = directory
        self._account = account
        self._one_at_a_time = threading.RLock()
        self._buckets: dict[str, str] = {}
        self._objects: dict[Place, _Kept] = {}
        self._before: dict[str, _Bucket] = {}

    def restore(self) -> None:
        """Fill the backend with what is kept; it must be empty.

        Raises:
            LocalAwsError: a file is missing or damaged; names it.
        """
        backend = self._backend()
        for account, name, document in self._directory.rows("buckets"):
            if account == self._account:
                with self._readable(f"s3://{name}"):
                    _restore_bucket(backend, str(name), json.loads(str(document)))
                self._buckets[str(name)] = str(document)
        for account, name, key, file, document in self._directory.rows("objects"):
            if account == self._account:
                kept = (None, str(file), str(document))
                with self._readable(f"s3://{name}/{key}"):
                    self._objects[str(name), str(key)] = self._restored((str(name), str(key)), kept)
        self._before = self._as_it_is()

    @contextmanager
    def section(self) -> Iterator[None]:
        """Changes of S3, one at a time: what was done in it is kept when it ends, or undone.

        Raises:
            DiskFullError: the disk is full, and what was done is undone.  Deleting works while it is.
            LocalAwsError: it could not be kept for another reason, and is undone.
        """
        with self._one_at_a_time:
            yield
            self.keep()

    def keep(self) -> None:
        """Write what has changed since the last time, in one transaction; undo it if it cannot be written.

        Raises:
            DiskFullError: the disk is full.
            LocalAwsError: it could not be written for another reason.
        """
        with self._one_at_a_time, self._directory.mutex:
            try:
                self._keep()
            except LocalAwsError:
                self._undo()
                raise
            self._before = self._as_it_is()

    def _keep(self) -> None:
        backend = self._backend()
        found = dict(backend.buckets)
        buckets = {name: json.dumps(_describe_bucket(backend, bucket)) for name, bucket in found.items()}
        objects: dict[Place, _Kept] = {}
        try:
            for name, bucket in found.items():
                for key in list(bucket.keys):
                    kept = self._kept((name, key), bucket.keys.get(key))
                    if kept is not None:
                        objects[name, key] = kept
            if buckets == self._buckets and objects == self._objects:
                return
            self._write(buckets, objects)
        except BaseException:
            known = {file for _, file, _ in self._objects.values()}
            for _, file, _ in objects.values():
                if file not in known:
                    self._directory.files.remove(file)
            raise
        files = {file for _, file, _ in objects.values()}
        dropped = {file for _, file, _ in self._objects.values()} - files
        self._buckets, self._objects = buckets, objects
        for file in dropped:
            self._directory.files.remove(file)
        self._directory.refill()

    def _write(self, buckets: dict[str, str], objects: dict[Place, _Kept]) -> None:
        """Write the differences; what only deletes finds the room that is held in reserve for it."""
        try:
            with self._directory.transaction() as rows:
                self._differences(rows, buckets, objects)
        except DiskFullError:
            deletes = buckets.items() <= self._buckets.items() and objects.items() <= self._objects.items()
            if not deletes or not self._directory.reserve_for_deletions.give_up():
                raise
            with self._directory.transaction() as rows:
                self._differences(rows, buckets, objects)

    def _differences(self, rows: DatabaseRows, buckets: dict[str, str], objects: dict[Place, _Kept]) -> None:
        account = self._account
        for name, document in buckets.items():
            if self._buckets.get(name) != document:
                rows.put("buckets", account, name, document)
        for place, (_, file, document) in objects.items():
            if self._objects.get(place, (None, "", ""))[1:] != (file, document):
                rows.put("objects", account, *place, file, document)
        for name in self._buckets.keys() - buckets.keys():
            rows.remove("buckets", account, name)
        for place in self._objects.keys() - objects.keys():
            rows.remove("objects", account, *place)

    def _as_it_is(self) -> dict[str, _Bucket]:
        return {
            name: _Bucket(
                bucket,
                {key: list(versions) for key, versions in bucket.keys.lists()},
                dict(bucket.multiparts),
            )
            for name, bucket in dict(self._backend().buckets).items()
        }

    def _undo(self) -> None:
        """Make the backend what it was when all of it was kept."""
        from moto.s3.models import s3_backends

        backend = self._backend()
        for name in backend.buckets.keys() - self._before.keys():
            del backend.buckets[name]
            s3_backends.bucket_accounts.pop(name, None)
        for name, before in self._before.items():
            bucket = backend.buckets[name] = before.bucket
            s3_backends.bucket_accounts[name] = (PARTITION, self._account)
            _set_bucket(backend, bucket, json.loads(self._buckets[name]))
            for key in bucket.keys.keys() - before.versions.keys():
                for version in dict.pop(bucket.keys, key):
                    getattr(version, "dispose", lambda: None)()  # markers of deletions hold nothing
            for key, versions in before.versions.items():
                if list(map(id, bucket.keys.getlist(key, []))) != list(map(id, versions)):
                    self._set_versions(bucket, key, versions)
            bucket.multiparts.clear()
            bucket.multiparts.update(before.multiparts)

    def _set_versions(self, bucket: Any, key: str, versions: list[Any]) -> None:
        """Put a key's versions back; the newest is read again when the backend has thrown its content away."""
        back = [version for version in versions if not getattr(version, "disposed", False)]
        place = (bucket.name, key)
        if versions[-1] not in back and place in self._objects:
            self._objects[place] = self._restored(place, self._objects[place])
            back.append(self._objects[place][0])
        dict.__setitem__(bucket.keys, key, back)

    def _restored(self, place: Place, kept: _Kept) -> _Kept:
        _, file, document = kept
        described = json.loads(document)
        opened = self._directory.files.open_unchecked(file)
        content = PartsOnDisk(SharedFile(opened), [(0, opened.seek(0, os.SEEK_END))])
        sha256 = hashlib.sha256()
        for block in content.blocks():
            sha256.update(block)
        if sha256.hexdigest() != described["sha256"]:
            path = self._directory.files.folder / file
            what = f"the content of s3://{'/'.join(place)}"
            raise LocalAwsError(f"{path}, {what}, is damaged: its SHA-256 is not the one on record")
        held = content if len(content) > IN_MEMORY else content[:]
        return _restore_object(self._backend(), *place, held, described), file, document

    @contextmanager
    def _readable(self, what: str) -> Iterator[None]:
        try:
            yield
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise LocalAwsError(f"{self._directory.database_file}: {what} cannot be read: {error!r}") from error

    def _kept(self, place: Place, found: Any) -> tuple[Any, str, str] | None:
        if not hasattr(found, "contentsize"):  # deleted meanwhile, or a marker of a deletion
            return None
        before = self._objects.get(place)
        if before is not None and before[0] is found:
            described = _describe_object(found, json.loads(before[2])["sha256"])
            return found, before[1], json.dumps(described)
        try:
            content = content_of(found)
        except ValueError:  # replaced or deleted meanwhile, by a request that keeps its own end
            return None
        sha256 = hashlib.sha256()

        def write(opened: IO[bytes]) -> None:
            while block := content.read(_BLOCK):
                sha256.update(block)
                opened.write(block)

        file = self._directory.files.write(".object", write)
        return found, file, json.dumps(_describe_object(found, sha256.hexdigest()))

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
    _set_bucket(backend, backend.create_bucket(name, document["region"]), document)


def _set_bucket(backend: Any, bucket: Any, document: dict[str, Any]) -> None:
    from moto.s3.models import PublicAccessBlock

    block = document["public_access_block"]
    bucket.creation_date = dt.datetime.fromisoformat(document["created"])
    bucket.policy = None if document["policy"] is None else document["policy"].encode()
    bucket.versioning_status = document["versioning"]
    bucket.encryption = document["encryption"]
    bucket.public_access_block = None if block is None else PublicAccessBlock(**block)
    backend.tagger.delete_all_tags_for_resource(bucket.arn)
    if document["tags"]:
        backend.put_bucket_tagging(bucket.name, document["tags"])


def _describe_object(found: Any, sha256: str) -> dict[str, Any]:
    return {
        "sha256": sha256,
        "etag": found._etag,
        "storage": found._storage_class,
        "modified": found.last_modified.isoformat(),
        "metadata": dict(found._metadata),
        "checksum": [found.checksum_algorithm, found.checksum_value, found.checksum_type],
    }


def _restore_object(backend: Any, bucket: str, key: str, content: bytes | PartsOnDisk, document: dict[str, Any]) -> Any:
    found = backend.put_object(
        bucket, key, content, storage=document["storage"], etag=document["etag"], disable_notification=True
    )
    found.last_modified = dt.datetime.fromisoformat(document["modified"])
    found.set_metadata(document["metadata"])
    found.checksum_algorithm, found.checksum_value, found.checksum_type = document["checksum"]
    return found
