"""Tests of ``cli.commands.demo``."""

from __future__ import annotations

from collections.abc import Callable


def test_the_demo_never_runs_on_an_account(command: Callable) -> None:
    result = command("--target", "aws", "demo")
    assert result.code == 2
    assert "demo runs on the embedded AWS only" in result.err


def test_data_that_is_not_there_is_said_before_the_demo_starts_anything(command):
    result = command("demo", "--data", "nowhere")
    assert result.code == 2
    assert result.out == ""
    assert "there is no 'nowhere'" in result.err
