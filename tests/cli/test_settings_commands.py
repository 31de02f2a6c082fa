"""Tests of ``cli.settings``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from personalize_sfn.cli.settings import as_called, program


def test_a_command_outside_the_path_is_quoted_as_it_was_called(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [".venv/bin/personalize-sfn", "demo"])
    assert program() == ".venv/bin/personalize-sfn"
    assert as_called("run 'personalize-sfn deploy' first") == "run '.venv/bin/personalize-sfn deploy' first"


def test_a_command_on_the_path_is_quoted_by_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed = tmp_path / "personalize-sfn"
    installed.write_text("#!/bin/sh\n")
    installed.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "argv", [str(installed), "demo"])
    assert program() == "personalize-sfn"


def test_the_module_is_quoted_with_its_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/personalize_sfn/__main__.py", "demo"])
    assert program() == f"{sys.executable} -m personalize_sfn"
