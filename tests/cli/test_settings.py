"""Tests of ``cli.settings``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from moto import mock_aws

from personalize_sfn.cli.settings import Settings


def test_a_profile_is_refused_for_the_embedded_aws(command: Callable) -> None:
    result = command("--profile", "production", "deploy")
    assert result.code == 2
    assert "the embedded AWS never uses your credentials" in result.err


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch):
    """An AWS account, played by moto."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws(config={"lambda": {"use_docker": False}}):
        yield


def test_on_an_account_a_dry_run_says_where_and_what_and_changes_nothing(command: Callable, account: None) -> None:
    result = command("--target", "aws", "--region", "us-east-1", "deploy", "--dry-run")
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0].startswith("AWS · account 123456789012 · region us-east-1")
    assert "  + create function personalize-sfn-create-campaign" in lines
    again = command("--target", "aws", "--region", "us-east-1", "deploy", "--dry-run", "--json")
    assert {change["action"] for change in again.json["changes"]} == {"create"}
    assert again.err.startswith("AWS · account 123456789012")


def test_what_a_keys_policy_must_hold_is_told_to_people_and_programs(
    command: Callable, account: None, tmp_path: Path
) -> None:
    path, key = tmp_path / "movies.yaml", "arn:aws:kms:us-east-1:123456789012:key/k"
    path.write_text(f"project: movies\nkms_key_arn: {key}\n")
    words = ("--target", "aws", "--region", "us-east-1", "--config", str(path), "deploy", "--dry-run")

    (note,) = command(*words, "--json").json["notes"]

    assert note.startswith(f"the policy of KMS key {key} must hold what follows before the next run")
    assert json.loads(note[note.index("{") :])["Principal"] == {
        "AWS": "arn:aws:iam::123456789012:role/movies-personalize-us-east-1",
        "Service": "personalize.amazonaws.com",
    }
    assert f"note {note}" in command(*words).out.splitlines(), "the JSON can be copied: it stands on one line"


def test_on_an_account_nothing_is_done_where_nobody_can_be_asked(command: Callable, account: None) -> None:
    result = command("--target", "aws", "--region", "us-east-1", "deploy")
    assert result.code == 2
    assert "Deploy personalize-sfn to account 123456789012? The input is no terminal" in result.err
    assert "pass --yes to skip it" in result.err
    planned = command("--target", "aws", "--region", "us-east-1", "deploy", "--dry-run", "--json").json["changes"]
    assert {change["action"] for change in planned} == {"create"}


def test_a_command_that_is_suggested_keeps_the_target_and_the_configuration():
    assert Settings().command("status") == "personalize-sfn status"
    settings = Settings(target="aws", region="us-east-1", config_file=Path("my movies.yaml"))
    assert settings.command("run") == "personalize-sfn --target aws --region us-east-1 --config 'my movies.yaml' run"
