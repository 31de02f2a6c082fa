"""Temporary folders of killed processes are removed; those of living ones, of strangers, and links are not."""

from __future__ import annotations

import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from personalize_sfn.local.scratch_folders import Scratch, sweep

KILLED = """
import os, signal, sys
from personalize_sfn.local.scratch_folders import Scratch
print(Scratch("lambda").path, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def _left_by_a_killed_process() -> Path:
    done = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True, check=False)
    return Path(done.stdout.strip())


def test_the_folder_of_a_killed_process_is_removed():
    left = _left_by_a_killed_process()
    assert left.is_dir()
    assert stat.S_IMODE(left.stat().st_mode) == 0o700
    sweep()
    assert not left.exists()


def test_the_folder_of_a_living_process_stays():
    scratch = Scratch("lambda")
    sweep()
    assert scratch.path.is_dir()
    scratch.remove()
    assert not scratch.path.exists()


def test_what_only_looks_like_one_stays(temporary: Path):
    left = _left_by_a_killed_process()
    kept = temporary / "kept"
    left.rename(kept)
    (temporary / left.name).symlink_to(kept, target_is_directory=True)
    named_otherwise = temporary / f"{left.name}-thesis"
    named_otherwise.mkdir()
    sweep()
    assert kept.is_dir()
    assert (temporary / left.name).is_symlink()
    assert named_otherwise.is_dir()
