"""``--data-dir`` as a user has it: the background process is killed and started again."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.filled_buckets import BUCKET, filled_bucket, send_plan
from fakes.state_machines import machine
from fakes.stepfunctions_aws import TRUST
from personalize_sfn.cli import main as command
from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local import LocalAws, process


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("PERSONALIZE_SFN_HOME", str(tmp_path / "home"))
    yield tmp_path / "home"
    process.stop()


def test_one_that_runs_with_other_data_is_not_taken_for_it(tmp_path: Path):
    running = process.start()
    with pytest.raises(LocalAwsError, match="keeps its data in memory only: stop it first"):
        process.start(data_dir=tmp_path / "data")
    assert process.start() == running


def test_a_directory_that_is_in_use_is_said_by_who_wants_it_too(tmp_path: Path):
    with LocalAws(data_dir=tmp_path / "data"), pytest.raises(LocalAwsError, match="is in use by another embedded AWS"):
        process.start(data_dir=tmp_path / "data")


def test_a_start_that_finds_damage_names_it_and_leaves_nothing_running(tmp_path: Path):
    with LocalAws(data_dir=tmp_path / "data") as aws:
        filled_bucket(aws.session().client("s3"))
    (file,) = (tmp_path / "data" / "files").iterdir()
    file.write_bytes(b"something else")
    with pytest.raises(LocalAwsError) as error:
        LocalAws(data_dir=tmp_path / "data").start()
    said = f"{file}, the content of s3://{BUCKET}/interactions.csv, is damaged: its SHA-256 is not the one on record"
    assert str(error.value) == said
    with LocalAws() as aws:
        assert aws.session().client("s3").list_buckets()["Buckets"] == []


def test_the_plan_answers_at_its_path_and_says_what_is_wrong():
    with LocalAws() as aws:
        assert send_plan(aws.endpoint_url, {"durations": {"campaign": 2}})["durations"] == {
            "scale": 0.0,
            "campaign": 2.0,
        }
        assert aws.personalize.durations.creation("campaign") == 2.0
        with pytest.raises(urllib.error.HTTPError) as error:
            send_plan(aws.endpoint_url, {"durations": {"campaign": -2}})
        expected = {"error": "durations.campaign: expected a number of at least 0, got -2"}
        assert json.load(error.value) == expected


def test_the_command_says_what_is_kept_and_where(tmp_path: Path, capsys):
    assert command(["local", "start", "--data-dir", str(tmp_path / "data")]) == 0
    captured = capsys.readouterr()
    said = " ".join((captured.out + captured.err).split())
    assert f"Personalize, S3, roles, functions, state machines and executions are kept in {tmp_path / 'data'}." in said


def test_the_clock_stays_as_far_ahead_as_it_was(tmp_path: Path):
    trust = json.dumps(TRUST)
    with LocalAws(wait_scale=1, data_dir=tmp_path / "data") as aws:
        role = aws.session().client("iam").create_role(RoleName="m", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        states = aws.session().client("stepfunctions")
        week = json.dumps(machine("W", W={"Type": "Wait", "Seconds": 7 * 86_400, "End": True}))
        arn = states.create_state_machine(name="week", definition=week, roleArn=role)["stateMachineArn"]
        execution = states.start_execution(stateMachineArn=arn)["executionArn"]
        aws.clock.advance(3 * 86_400)
    with LocalAws(wait_scale=1, data_dir=tmp_path / "data") as aws:
        assert aws.clock.ahead == pytest.approx(3 * 86_400, abs=1)
        states = aws.session().client("stepfunctions")
        aws.clock.advance(3 * 86_400)
        assert states.describe_execution(executionArn=execution)["status"] == "RUNNING"
        aws.clock.advance(86_400)
        assert states.describe_execution(executionArn=execution)["status"] == "SUCCEEDED"
