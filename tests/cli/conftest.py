"""The command in this process, and an embedded AWS that it finds as if it ran in the background."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from personalize_sfn.cli import main
from personalize_sfn.local import LocalAws


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Runs ``personalize-sfn`` with these words."""

    def run(*words: str) -> Result:
        capsys.readouterr()
        code = main(list(words))
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return run


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No test sees, or starts, the user's own background process."""
    monkeypatch.setenv("PERSONALIZE_SFN_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


@pytest.fixture(scope="module")
def one_aws() -> Iterator[LocalAws]:
    with LocalAws() as aws:
        yield aws


@pytest.fixture
def aws(one_aws: LocalAws, home: Path) -> LocalAws:
    """An embedded AWS whose state file lies where the command looks."""
    state = {
        "pid": os.getpid(),
        "endpoint_url": one_aws.endpoint_url,
        "started": "2026-01-01T00:00:00Z",
        "version": "0",
    }
    (home / "local.json").write_text(json.dumps(state))
    return one_aws


@pytest.fixture
def config_file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A project of the test's own: no test depends on what another left."""
    project = f"t{abs(hash(request.node.name)) % 10**10}"
    path = tmp_path / "config.yaml"
    path.write_text(f"project: {project}\nsolutions: {{for-you: {{recipe: aws-popularity-count, campaign: {{}}}}}}\n")
    return path


@pytest.fixture
def clicks(tmp_path: Path) -> Path:
    """A CSV of 40 users, each with 30 interactions."""
    lines = [
        f"u{user},i{(user * 7 + n * 3) % 100},{880_000_000 + n * 60 + user}" for user in range(40) for n in range(30)
    ]
    path = tmp_path / "clicks.csv"
    path.write_text("\n".join(["USER_ID,ITEM_ID,TIMESTAMP", *lines]))
    return path
