"""Tests of ``local.personalize.persistence.folder``."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from fakes.old_directories import refused
from fakes.persistence_worker import Personalize
from fakes.restarted_personalize import running
from personalize_sfn.errors import LocalAwsError


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "thesis.docx").write_text("three years")
    said = refused(tmp_path)
    assert said.startswith(f"{tmp_path} is not empty (it holds 'files') and is no data directory of personalize-sfn: ")
    (tmp_path / "notes.txt").write_text("mine")
    assert "(it holds 'notes.txt')" in refused(tmp_path)


def test_an_empty_folder_and_a_new_one_are_taken(tmp_path: Path):
    (tmp_path / "empty").mkdir(mode=0o755)
    for name in ("empty", "new/one"):
        Personalize(tmp_path / name).close()
        Personalize(tmp_path / name).close()


def test_nobody_else_may_read_it(tmp_path: Path):
    path = tmp_path / "data"
    with running(path) as aws:
        aws.imported(aws.dataset())
        modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in [path, *path.rglob("*")]}
    assert {"resources.sqlite-wal", "resources.sqlite-shm"} <= modes.keys()
    assert {modes.pop("data"), modes.pop("files")} == {0o700}
    assert set(modes.values()) == {0o600}


def test_links_are_not_followed(tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("a key")
    data = tmp_path / "data"
    with running(data) as aws:
        aws.imported(aws.dataset())
    (file,) = (data / "files").iterdir()
    file.unlink()
    file.symlink_to(secret)
    with pytest.raises(LocalAwsError, match="is damaged or missing"):
        Personalize(data)
    (data / "lock").unlink()
    (data / "lock").symlink_to(secret)
    assert "expected a plain file of a data directory" in refused(data)
