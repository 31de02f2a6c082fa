"""The background process, as a user starts, asks and stops it."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local import LocalAws, process
from personalize_sfn.local.__main__ import main
from personalize_sfn.local_endpoint import running_local_endpoint
from personalize_sfn.session import connect
from personalize_sfn.state_folder import local_keys, local_state_file


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


@pytest.fixture
def innocent() -> Iterator[subprocess.Popen[bytes]]:
    """A process that has nothing to do with the embedded AWS but the id in a state file left behind."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield child
    child.kill()
    child.wait()


def _leave_state(pid: int, endpoint_url: str) -> None:
    local_state_file().parent.mkdir(parents=True, exist_ok=True)
    state = {"pid": pid, "endpoint_url": endpoint_url, "started": "", "version": ""}
    local_state_file().write_text(json.dumps(state))


def test_stop_spares_a_process_that_has_the_id_of_one_that_crashed(innocent: subprocess.Popen[bytes]):
    _leave_state(innocent.pid, "http://127.0.0.1:9")
    assert process.stop() is False
    assert innocent.poll() is None


def test_stop_spares_both_when_another_embedded_aws_has_the_port(innocent: subprocess.Popen[bytes]):
    with LocalAws() as aws:
        _leave_state(innocent.pid, aws.endpoint_url)
        assert process.stop() is False
        assert aws.session().client("sts").get_caller_identity()["Account"] == "123456789012"
    assert innocent.poll() is None


def test_another_users_program_on_the_port_is_neither_used_nor_stopped(innocent: subprocess.Popen[bytes]):
    class Pretender(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"status": "running", "pid": innocent.pid, "version": "1", "proof": "0" * 64}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Pretender) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        _leave_state(innocent.pid, f"http://127.0.0.1:{server.server_address[1]}")
        assert running_local_endpoint() is None
        assert process.stop() is False
        server.shutdown()
    assert innocent.poll() is None


def test_the_keys_outlast_a_restart_and_the_command_prints_them(capsys: pytest.CaptureFixture[str]):
    from personalize_sfn.cli import main as command

    assert command(["local", "env"]) == 1
    assert "'personalize-sfn local start' starts it" in capsys.readouterr().err
    process.start()
    keys = local_keys()
    process.stop()
    running = process.start()
    capsys.readouterr()
    assert command(["local", "env"]) == 0
    printed = capsys.readouterr().out
    done = subprocess.run(
        ["sh", "-c", f"{printed}\nenv"], capture_output=True, text=True, check=True, env={"AWS_SESSION_TOKEN": "old"}
    )
    seen = dict(line.split("=", 1) for line in done.stdout.splitlines() if line.startswith("AWS_"))
    assert seen == {
        "AWS_ENDPOINT_URL": running.endpoint_url,
        "AWS_ACCESS_KEY_ID": keys.access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
    }
    assert command(["local", "env", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == seen
    assert connect("local").client("sts").get_caller_identity()["Account"] == "123456789012"
    with pytest.raises(LocalAwsError, match=r"runs already, at .*, without --host aws.internal --open: stop it first"):
        process.start(hosts=["aws.internal"], open=True)


def test_a_background_process_with_other_doors(capsys: pytest.CaptureFixture[str]):
    assert main(["start", "--host", "aws.internal", "--open"]) == 0
    running = process.status()
    assert (running.hosts, running.open) == (("aws.internal",), True)
    import boto3

    sts = boto3.Session("test", "test", region_name="us-east-1").client("sts", endpoint_url=running.endpoint_url)
    assert sts.get_caller_identity()["Account"] == "123456789012"


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
    from fakes.gateway_aws import Account, zipped

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


def test_what_was_taken_and_does_nothing_is_listed_by_status_and_log(capsys: pytest.CaptureFixture[str]):
    from personalize_sfn.cli import main as command

    assert main(["start", "--accept-inert"]) == 0
    events = connect("local").client("events")
    events.put_rule(Name="[red]nightly[/]\x1b[2J", ScheduleExpression="rate(1 day)")
    events.put_rule(Name="weekly", ScheduleExpression="rate(7 days)")
    why = "no rule runs by the clock, and AWS's services send no events"
    capsys.readouterr()
    assert command(["local", "status", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["accept_inert"] is True
    assert told["inert"] == [
        {"operation": "events:PutRule", "name": "[red]nightly[/]\N{REPLACEMENT CHARACTER}[2J", "why": why},
        {"operation": "events:PutRule", "name": "weekly", "why": why},
    ]
    assert command(["local", "status"]) == 0
    text = capsys.readouterr().out
    assert f"Taken, but nothing comes of it: events:PutRule weekly ({why})" in text
    assert "[red]nightly[/]" in text
    assert f"events:PutRule weekly was taken, but {why}" in process.log_file().read_text()
    with pytest.raises(LocalAwsError, match=r"runs already, at http.*, without --open: stop it first"):
        process.start(open=True, accept_inert=True)


def test_one_that_refuses_what_does_nothing_says_so_when_it_is_asked_to_take_it():
    process.start()
    with pytest.raises(LocalAwsError, match=r"runs already, at http.*, without --accept-inert: stop it first"):
        process.start(accept_inert=True)
