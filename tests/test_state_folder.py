"""Tests of ``state_folder``."""

from __future__ import annotations

from pathlib import Path

import pytest

from personalize_sfn.state_folder import local_home


def test_the_home_of_the_background_process_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PERSONALIZE_SFN_HOME", str(tmp_path))
    assert local_home() == tmp_path
