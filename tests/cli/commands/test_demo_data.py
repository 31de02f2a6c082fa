"""Tests of ``cli.commands.demo``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def test_a_demo_of_data_that_are_not_there_makes_nothing(command: Callable, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    result = command("demo", "--data", str(empty))
    assert result.code == 2
    assert "Embedded AWS started" not in result.out
