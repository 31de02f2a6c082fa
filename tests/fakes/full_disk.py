"""A disk without space."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from personalize_sfn.local.personalize.persistence.content import ContentFiles
from personalize_sfn.local.personalize.persistence.full_disk import Reserve
from personalize_sfn.local.personalize.persistence.rows import DatabaseRows

__all__ = ["Disk"]


class Disk:
    """A disk that can be full: then only what a reserve gave up can be written, one transaction for each."""

    def __init__(self) -> None:
        self.full = False
        self.given_up = 0

    def install(self, patch: pytest.MonkeyPatch) -> None:
        new, hold, give_up, finish = ContentFiles._new, Reserve.hold, Reserve.give_up, DatabaseRows.finish

        def of_new(path: Path) -> Any:
            if self.full:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return new(path)

        def of_hold(reserve: Reserve) -> bool:
            return reserve.held if self.full else hold(reserve)

        def of_give_up(reserve: Reserve) -> bool:
            held = give_up(reserve)
            self.given_up += held
            return held

        def of_finish(rows: DatabaseRows) -> None:
            if self.full and not self.given_up:
                error = sqlite3.OperationalError("database or disk is full")
                error.sqlite_errorcode = sqlite3.SQLITE_FULL  # type: ignore[attr-defined]
                raise error
            self.given_up -= self.full
            finish(rows)

        patch.setattr(ContentFiles, "_new", staticmethod(of_new))
        patch.setattr(Reserve, "hold", of_hold)
        patch.setattr(Reserve, "give_up", of_give_up)
        patch.setattr(DatabaseRows, "finish", of_finish)
