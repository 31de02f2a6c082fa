"""A project's data directory is remembered: no command silently goes on with an empty AWS instead."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from personalize_sfn import data_directories
from personalize_sfn.cli import main as command
from personalize_sfn.config import Config
from personalize_sfn.deploy import deploy
from personalize_sfn.errors import LocalAwsError
from personalize_sfn.execution import run
from personalize_sfn.local import LocalAws, process
from personalize_sfn.recommendations import recommend
from personalize_sfn.session import connect

CONFIG = Config(project="movies")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("PERSONALIZE_SFN_HOME", str(tmp_path / "home"))
    yield tmp_path / "home"
    process.stop()


def test_the_directory_named_the_last_time_is_used_again(tmp_path: Path, home: Path):
    process.start(data_dir=tmp_path / "data")
    process.stop()
    session = connect("local")  # which starts it
    assert process.status().data_dir == str(tmp_path / "data")
    assert session.banner().endswith(f" · data in {tmp_path / 'data'}")
    file = home / "data-directories.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.slow
def test_in_memory_forgets_it(tmp_path: Path, capsys):
    process.start(data_dir=tmp_path / "data")
    with pytest.raises(LocalAwsError, match=r"and keeps its data in .*data: stop it first"):
        process.start(in_memory=True)
    process.stop()
    assert command(["local", "start", "--in-memory"]) == 0
    assert process.status().data_dir is None
    process.stop()
    assert process.start().data_dir is None
    assert command(["local", "start", "--in-memory", "--data-dir", str(tmp_path)]) == 2
    assert "--in-memory and --data-dir exclude each other" in capsys.readouterr().err


def test_a_directory_that_is_gone_is_not_replaced_by_an_empty_aws(tmp_path: Path):
    process.start(data_dir=tmp_path / "data")
    process.stop()
    shutil.rmtree(tmp_path / "data")
    with pytest.raises(LocalAwsError, match="data, which is not there any more: put it back, or go on without it: "):
        connect("local")
    assert not (tmp_path / "data").exists()


@pytest.mark.slow
def test_a_project_is_not_taken_up_without_its_data(tmp_path: Path):
    process.start(data_dir=tmp_path / "data")
    deploy(connect("local"), CONFIG)
    process.stop()
    process.start(data_dir=tmp_path / "other")
    session = connect("local")
    said = (
        f"the project movies was last deployed in the data directory {tmp_path / 'data'}, and the embedded AWS at "
        f"{session.endpoint_url} keeps its data in {tmp_path / 'other'}, without what is in there. To use it: "
        f"personalize-sfn local stop, then personalize-sfn local start --data-dir {tmp_path / 'data'}. "
        "To go on without it: personalize-sfn local forget"
    )
    for refused in (deploy, run, lambda *asked: recommend(*asked, "1")):
        with pytest.raises(LocalAwsError) as error:
            refused(session, CONFIG)
        assert str(error.value) == said
    assert command(["local", "forget"]) == 0
    deploy(session, CONFIG)


@pytest.mark.slow
def test_what_runs_in_a_program_is_the_programs_own_affair(tmp_path: Path):
    process.start(data_dir=tmp_path / "data")
    deploy(connect("local"), CONFIG)
    with LocalAws() as aws:
        deploy(aws.session(), CONFIG)
    data_directories.require_same_data(connect("local"), "movies")
