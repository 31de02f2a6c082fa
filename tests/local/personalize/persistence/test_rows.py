"""Tests of ``local.personalize.persistence.rows``."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from fakes.persistence_worker import Personalize
from fakes.restarted_personalize import running
from personalize_sfn.errors import LocalAwsError


def _trained_in(path: Path) -> None:
    with running(path) as aws:
        aws.trained(aws.data(), "aws-popularity-count")


def test_a_damaged_database_is_named_at_the_start(tmp_path: Path):
    _trained_in(tmp_path)
    database = tmp_path / "resources.sqlite"
    database.write_bytes(b"not a database" * 1000)
    with pytest.raises(LocalAwsError, match="not a database") as error:
        Personalize(tmp_path)
    assert str(database) in str(error.value)


def test_a_record_that_was_changed_is_named_at_the_start(tmp_path: Path):
    _trained_in(tmp_path)
    with sqlite3.connect(tmp_path / "resources.sqlite") as database:
        database.execute("UPDATE records SET document = '{' WHERE resource_type = 'dataset'")
    database.close()
    with pytest.raises(LocalAwsError, match="dataset/movies/INTERACTIONS' in the table records does not match"):
        Personalize(tmp_path)
