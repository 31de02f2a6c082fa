"""IAM, Lambda and Logs in a data directory: compared with what is kept after each request that can change them."""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import IO, TYPE_CHECKING

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.moto.kept_resources import KINDS, KeptKind

if TYPE_CHECKING:
    from personalize_sfn.local.aws.request import Request
    from personalize_sfn.local.personalize.persistence import DataDirectory
    from personalize_sfn.local.personalize.persistence.rows import DatabaseRows

__all__ = ["PersistentBackends", "changes_kept_resources"]

_SERVICES = ("iam", "lambda", "logs")
_READS = ("Describe", "Filter", "Generate", "Get", "List", "Simulate", "Start", "Test")
"""How the names of operations begin that change nothing of this."""
_ENTRIES = ("CreateLogStream", "DeleteLogStream", "PutLogEvents")
"""Operations on what is not kept of log groups."""
_MAKES_ROOM = ("Delete", "Detach", "Remove", "Untag")

Row = tuple[str, ...]


def changes_kept_resources(request: Request) -> bool:
    """Can a request change what is kept of IAM, Lambda and Logs?"""
    name = request.operation
    return request.service in _SERVICES and not name.startswith(_READS) and name not in _ENTRIES


class PersistentBackends:
    """The roles, policies, functions, layers and log groups of one account."""

    def __init__(self, directory: DataDirectory, account: str) -> None:
        self._directory = directory
        self._account = account
        self._one_at_a_time = threading.RLock()
        self._kept: dict[str, dict[str, Row]] = {kind.table: {} for kind in KINDS}
        """The rest of each row, by table and ARN."""
        self._files: dict[str, str] = {}
        """The file of each zip, by its SHA-256."""

    def restore(self) -> None:
        """Fill the backends with what is kept; they must be empty.

        Raises:
            LocalAwsError: something is missing or damaged; names it.
        """
        for kind in KINDS:
            for arn, *rest in self._directory.rows(kind.table):
                row = tuple(map(str, rest))
                try:
                    document = json.loads(row[-1])
                    code = self._code(row[0], document) if kind.has_code else b""
                    kind.restore(self._account, str(arn), document, code)
                except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                    where = self._directory.database_file
                    raise LocalAwsError(f"{where}: {arn} cannot be read: {error!r}") from error
                self._kept[kind.table][str(arn)] = row

    def _code(self, file: str, document: dict[str, str]) -> bytes:
        if not file:
            return b""
        with self._directory.files.open(file) as opened:
            self._files[document["code_sha_256"]] = file
            return opened.read()

    @contextmanager
    def section(self, request: Request) -> Iterator[None]:
        """A change, one at a time: what was done in it is kept when it ends.

        Raises:
            AwsError: InternalFailure, the disk is full: nothing was changed, or it could not be kept yet.
        """
        with self._one_at_a_time:
            if not request.operation.startswith(_MAKES_ROOM):
                with self._directory.mutex:
                    if not self._directory.refill():
                        full = f"{self._directory.path}: {os.strerror(errno.ENOSPC)}. Nothing was changed; "
                        raise AwsError("InternalFailure", f"{full}make room on the disk.", 500)
            yield
            try:
                self._keep()
            except LocalAwsError as error:
                message = f"Done, but the data directory could not keep it yet: {error}"
                raise AwsError("InternalFailure", message, 500) from error

    def _keep(self) -> None:
        """Write what has changed since the last time, in one transaction."""
        files: dict[str, str] = dict(self._files)
        new: list[str] = []
        try:
            found = {kind.table: self._rows(kind, files, new) for kind in KINDS}
            if found == self._kept:
                return

            def write(rows: DatabaseRows) -> None:
                for table, wanted in found.items():
                    for arn, row in wanted.items():
                        if self._kept[table].get(arn) != row:
                            rows.put(table, arn, *row)
                    for arn in self._kept[table].keys() - wanted.keys():
                        rows.remove(table, arn)

            self._directory.write(write)
        except BaseException:
            for file in new:
                self._directory.files.remove(file)
            raise
        named = {row[0] for kind in KINDS if kind.has_code for row in found[kind.table].values()}
        for file in {*files.values()} - named:
            self._directory.files.remove(file)
        self._kept = found
        self._files = {sha: file for sha, file in files.items() if file in named}

    def _rows(self, kind: KeptKind, files: dict[str, str], new: list[str]) -> dict[str, Row]:
        rows: dict[str, Row] = {}
        for arn, document, code in kind.found(self._account):
            text = json.dumps(document)
            if not kind.has_code:
                rows[arn] = (text,)
                continue
            sha = str(document["code_sha_256"])
            if code and sha not in files:
                files[sha] = self._directory.files.write(".zip", partial(_write, code))
                new.append(files[sha])
            rows[arn] = (files[sha] if code else "", text)
        return rows


def _write(code: bytes, file: IO[bytes]) -> None:
    file.write(code)
