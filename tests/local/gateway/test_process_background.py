"""The background process, as a user starts, asks and stops it."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from personalize_sfn.local import process
from personalize_sfn.local.__main__ import main
from personalize_sfn.session import connect, local_state_file


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("PERSONALIZE_SFN_HOME", str(tmp_path / "home"))
    yield tmp_path / "home"
    process.stop()


def test_start_twice_is_one_process_and_stop_ends_it(home: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["status"]) == 1
    assert main(["start"]) == 0
    assert main(["start"]) == 0
    assert main(["status"]) == 0
    said = capsys.readouterr().out.splitlines()
    running = process.status()
    where = f"{running.endpoint_url} (process {running.pid}"
    assert said[0] == "embedded AWS does not run"
    assert said[1] == f"embedded AWS started: {where})"
    assert said[2] == f"embedded AWS runs already: {where})"
    assert said[3].startswith(f"embedded AWS runs: {where}, since 20")
    assert stat.S_IMODE(local_state_file().stat().st_mode) == 0o600
    assert stat.S_IMODE(process.log_file().stat().st_mode) == 0o600
    assert connect("local").client("sts").get_caller_identity()["Account"] == "123456789012"
    assert main(["stop"]) == 0
    assert main(["stop"]) == 0
    assert capsys.readouterr().out.splitlines() == ["embedded AWS stopped", "embedded AWS was not running"]
    assert not local_state_file().exists()
    assert not process._is_alive(running.pid)


def test_a_state_file_left_behind_is_found_out():
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=False
    )
    local_state_file().parent.mkdir(parents=True)
    local_state_file().write_text(
        json.dumps({"pid": int(ended.stdout), "endpoint_url": "http://127.0.0.1:9", "started": "", "version": ""})
    )
    assert process.status() is None
    assert not local_state_file().exists()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"pid": "x"}'])
def test_a_broken_state_file_counts_as_none(text: str):
    local_state_file().parent.mkdir(parents=True)
    local_state_file().write_text(text)
    assert process.status() is None
    assert process.stop() is False


def test_it_survives_the_process_that_started_it_and_ends_its_functions():
    done = subprocess.run(
        [sys.executable, "-m", "personalize_sfn.local", "start"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    running = process.status()
    assert running is not None
    worker = _function_process()
    os.kill(running.pid, signal.SIGTERM)
    for pid in (running.pid, worker):
        deadline = time.monotonic() + 10
        while process._is_alive(pid) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not process._is_alive(pid)
    assert process.status() is None


def _function_process() -> int:
    from gateway_aws import Account, zipped

    account = Account.__new__(Account)
    account.session = connect("local")
    role = account.role({"Service": "lambda.amazonaws.com"})
    account.client("lambda").create_function(
        FunctionName="pid",
        Runtime="python3.13",
        Role=role,
        Handler="app.handler",
        Code={"ZipFile": zipped("import os\ndef handler(e, c): return os.getpid()")},
    )
    return account.invoke("pid")[0]


def test_a_start_that_fails_says_why(capsys: pytest.CaptureFixture[str]):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["start", "--port", str(port)]) == 1
    said = capsys.readouterr().err
    assert f"port {port} cannot be used: Address already in use" in said
    assert str(process.log_file()) in said
