"""What the tests of directory and its neighbours share."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from fakes.data_directories import everything
from fakes.persistence_worker import Personalize
from personalize_sfn.errors import LocalAwsError

__all__ = ["OLD", "database_of", "in_old", "refused"]


OLD = "personalize_sfn.local.personalize"


def refused(path: Path) -> str:
    """Opening it fails with this message, and changes nothing in it."""
    before = everything(path)
    with pytest.raises(LocalAwsError) as error:
        Personalize(path)
    assert everything(path) == before
    return str(error.value)


def database_of(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path / "resources.sqlite", isolation_level=None)


def in_old(data: Path, statement: str, *values: str) -> None:
    database = database_of(data)
    database.execute(statement, values)
    database.close()
