"""An upgrade of the format before this that is killed, or finds no room: the directory stays the old one, or is new."""

from __future__ import annotations

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from fakes.data_directory_rows import copied, rows_of
from fakes.full_disk import Disk
from fakes.recorded_directories import unpacked
from personalize_sfn.local.personalize.persistence import DataDirectory
from personalize_sfn.local.personalize.persistence.full_disk import DiskFullError

_OPEN = """
import os, signal, sys
from pathlib import Path
from personalize_sfn.local.personalize.persistence import DataDirectory, upgrade
name, method, count = sys.argv[2], sys.argv[3], int(sys.argv[4])
kind, calls = getattr(upgrade, name), []
usual = getattr(kind, method)

def killed(*arguments):
    calls.append(1)
    if len(calls) == count:
        os.kill(os.getpid(), signal.SIGKILL)
    return usual(*arguments)

setattr(kind, method, killed)
print("ready", flush=True)
DataDirectory(Path(sys.argv[1])).close()
"""


def _opening(data: Path, name: str = "DatabaseRows", method: str = "put", count: int = 0) -> subprocess.Popen[bytes]:
    """A process that upgrades the directory, and kills itself at that call of that method."""
    arguments = [sys.executable, "-c", _OPEN, str(data), name, method, str(count)]
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, env=paths)


def _without_names_of_files(rows: list[object]) -> str:
    """The rows but for the names of files, which each upgrade draws anew."""
    return re.sub(r"[0-9a-f]{16}-([0-9a-f]{8})", r"\1", str(rows))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_an_upgrade_that_is_killed_loses_nothing(tmp_path: Path):
    old, _, _ = unpacked(tmp_path, "35d1be9")
    expected = _without_names_of_files(rows_of(copied(old, tmp_path / "whole")))
    moments = [
        ("ContentFiles", "adopt", 5),
        ("DatabaseRows", "make", 1),
        ("DatabaseRows", "put", 40),
        ("DatabaseRows", "finish", 1),
    ]
    for moment in [*moments, ("DatabaseRows", "check", 1)]:
        data = copied(old, tmp_path / "copy")
        with _opening(data, *moment) as process:
            assert process.wait() == -signal.SIGKILL
        assert _without_names_of_files(rows_of(data)) == expected
    draw = random.Random(8)
    for _ in range(8):
        data = copied(old, tmp_path / "copy")
        with _opening(data) as process:
            assert process.stdout is not None
            process.stdout.readline()
            timer = threading.Timer(draw.uniform(0, 0.3), process.kill)
            timer.start()
            process.wait()
            timer.join()
        assert _without_names_of_files(rows_of(data)) == expected


@pytest.mark.parametrize("links", [True, False])
def test_an_upgrade_without_room_says_so_and_leaves_the_old_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
):
    data, _, _ = unpacked(tmp_path, "35d1be9")
    files = {file.name for file in (data / "files").iterdir()}
    expected = _without_names_of_files(rows_of(copied(data, tmp_path / "whole")))
    disk = Disk()
    with monkeypatch.context() as patch:
        disk.install(patch)
        if not links:
            patch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError(28, os.strerror(28))))
        disk.full = True
        with pytest.raises(DiskFullError, match=r" cannot be written: No space left on device$") as error:
            DataDirectory(data)
        assert str(error.value).startswith(str(data))
    assert {file.name for file in (data / "files").iterdir()} == files
    old = sqlite3.connect(data / "resources.sqlite")
    assert old.execute("SELECT format FROM about").fetchall() == [("personalize-sfn data directory 1",)]
    old.close()
    assert _without_names_of_files(rows_of(data)) == expected
