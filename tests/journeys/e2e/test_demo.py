"""The demo, as a newcomer runs it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_the_demo_goes_from_ratings_to_titles_and_leaves_nothing(tmp_path: Path) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "PERSONALIZE_SFN_HOME": str(tmp_path),
        "COLUMNS": "120",
        # What a user may have set: none of it may matter.
        "AWS_PROFILE": "production",
        "AWS_ENDPOINT_URL": "https://example.org",
    }
    done = subprocess.run(
        [sys.executable, "-m", "personalize_sfn", "demo", "--data", "shipped", "--user", "2"],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=tmp_path,
        timeout=150,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("LOCAL · embedded AWS at http://127.0.0.1:")
    assert any(line.startswith("✓ MovieLens ml-latest-small (October 2016) uploaded to s3://movies-") for line in lines)
    titles = [line for line in lines if re.match(r" {1,2}\d+  ", line)]
    assert [int(line[:3]) for line in titles] == list(range(1, 11))
    assert all("(19" in line or "(20" in line for line in titles)
    ndcg = next(line for line in lines if line.strip().startswith("NDCG"))
    assert all(0 < float(value) < 1 for value in ndcg.split()[1:])
    assert any(line.startswith("✓ Cleaned up: campaign, solution, dataset, schema, dataset group") for line in lines)
    assert any(line.startswith("All of it took") for line in lines)
    assert [file.name for file in tmp_path.iterdir()] == ["keys.json"], "the user's key pair stays, and nothing else"


@pytest.mark.slow
def test_the_background_aws_outlives_the_command_that_started_it(tmp_path: Path) -> None:
    environment = {**os.environ, "PERSONALIZE_SFN_HOME": str(tmp_path)}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "personalize_sfn", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=120)

    try:
        assert run("deploy").returncode == 0
        assert "nothing to change" in run("deploy").stdout
    finally:
        stopped = run("local", "stop")
    assert (stopped.returncode, stopped.stdout) == (0, "The embedded AWS stopped.\n")
    assert run("local", "status").returncode == 1
