"""Fixtures that several files share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from personalize_sfn.config import Config
from personalize_sfn.local import LocalAws


@pytest.fixture
def project(aws: LocalAws, config_file: Path, command: Callable) -> Iterator[Config]:
    """Deployed, and destroyed in the end: an account has five dataset groups."""
    assert command("--config", str(config_file), "deploy").code == 0
    yield Config.load(config_file)
    assert command("--config", str(config_file), "destroy").code == 0


@pytest.fixture
def run_once(project: Config, config_file: Path, command: Callable, clicks: Path) -> dict:
    """Run on a CSV; the answer of ``run --json``."""
    result = command("--config", str(config_file), "run", "--data", str(clicks), "--json")
    assert result.code == 0, result.err
    return result.json
