"""What the command says before it calls anything: help, wrong usage, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from moto import mock_aws

from personalize_sfn import errors
from personalize_sfn.cli import app
from personalize_sfn.cli.prices import campaign_sentence
from personalize_sfn.cli.settings import Settings
from personalize_sfn.config import CampaignConfig, Config

COMMANDS = (
    "demo",
    "deploy",
    "run",
    "status",
    "recommend",
    "destroy",
    "policy",
    "local start",
    "local stop",
    "local status",
    "local env",
)


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_has_help_with_an_example(command: Callable, words: str) -> None:
    result = command(*words.split(), "--help")
    assert result.code == 0
    assert "Example" in result.out
    assert f"personalize-sfn {words}" in result.out.replace("--target aws ", "").replace("--config movies.yaml ", "")


def test_help_tells_the_exit_codes(command: Callable) -> None:
    help_text = command("--help").out
    for code in (app.OK, app.FAILED, app.USAGE, app.CONFLICT, app.INTERRUPTED):
        assert f"\n    {code} " in help_text


def test_help_loads_neither_boto3_nor_pandas_nor_the_step_functions_sdk() -> None:
    code = (
        "import sys; from personalize_sfn.cli import main; main(['--help']); "
        "print([m for m in ('boto3', 'botocore', 'pandas', 'stepfunctions', 'rich', 'moto') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_an_unknown_command_is_wrong_usage(command: Callable) -> None:
    result = command("reploy")
    assert (result.code, result.out) == (2, "")
    assert "No such command 'reploy'" in result.err


def test_a_config_file_that_is_not_there_is_named(command: Callable) -> None:
    result = command("deploy", "--config", "nowhere.yaml")
    assert (result.code, result.err) == (2, "error: --config: there is no file 'nowhere.yaml'\n")


def test_a_wrong_field_of_the_config_is_named_and_nothing_is_started(command: Callable, home: Path) -> None:
    file = home / "movies.yaml"
    file.write_text("projct: movies\n")
    result = command("deploy", "--config", str(file))
    assert result.code == 2
    assert result.err.startswith("error: projct: unknown field; did you mean project?")
    assert not (home / "local.log").exists()


def test_a_profile_is_refused_for_the_embedded_aws(command: Callable) -> None:
    result = command("--profile", "production", "deploy")
    assert result.code == 2
    assert "the embedded AWS never uses your credentials" in result.err


def test_what_is_asked_of_an_embedded_aws_that_does_not_run_says_how_to_start_it(command: Callable) -> None:
    for words in (["status"], ["recommend", "1"], ["destroy"]):
        result = command(*words)
        assert result.code == 1
        assert result.err.startswith("error: the embedded AWS does not run, so nothing of personalize-sfn is there")


@pytest.mark.parametrize("wrong", ["DEVICE", "=tv"])
def test_a_context_is_a_column_and_a_value(command: Callable, wrong: str) -> None:
    result = command("recommend", "1", "--context", wrong)
    assert result.code == 2
    assert f"expected COLUMN=VALUE, such as DEVICE=tv, got '{wrong}'" in result.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["recommend", "1", "--context", "A=1", "--context", "A=2"], "expected each name once, got 'A' twice"),
        (["run", "--columns", "a=X", "--columns", "a=Y"], "expected each name once, got 'a' twice"),
        (["run", "--columns", "a="], "expected NAME=COLUMN, such as sku=ITEM_ID, got 'a='"),
    ],
)
def test_a_name_is_given_once(command: Callable, words: list[str], told: str) -> None:
    result = command(*words)
    assert result.code == 2
    assert told in result.err


def test_the_demo_never_runs_on_an_account(command: Callable) -> None:
    result = command("--target", "aws", "demo")
    assert result.code == 2
    assert "demo runs on the embedded AWS only" in result.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ConfigError("bucket", "wrong"), app.USAGE),
        (errors.DataError("line 3"), app.USAGE),
        (errors.NotOursError("role"), app.CONFLICT),
        (errors.DefinitionConflictError("schema"), app.CONFLICT),
        (errors.WorkflowError("failed", error="NotOursError"), app.CONFLICT),
        (errors.WorkflowError("failed", error="CampaignFailed"), app.FAILED),
        (errors.DeployError("refused"), app.FAILED),
        (errors.LocalAwsError("no port"), app.FAILED),
        (errors.SessionError("no credentials"), app.FAILED),
    ],
)
def test_each_kind_of_error_has_its_exit_code(error: errors.PersonalizeSfnError, code: int) -> None:
    assert app.exit_code(error) == code


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


def test_without_a_sourced_figure_the_price_is_a_link() -> None:
    sentence = campaign_sentence(Config(), "us-east-1")
    assert sentence == (
        "The campaign (1 provisioned TPS) is billed by the hour from when it is ACTIVE until it is deleted; "
        "the price table has no figure for us-east-1: https://aws.amazon.com/personalize/pricing/"
    )


def test_a_figure_in_the_users_table_gives_the_price_of_a_month_and_its_source(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    table = tmp_path / "prices.toml"
    table.write_text(
        "[regions.us-east-1]\ncampaign_usd_per_tps_hour = 0.5\n"
        'source_url = "https://example.org"\nread_on = 2026-01-31\n'
    )
    monkeypatch.setenv("PERSONALIZE_SFN_PRICES", str(table))
    sentence = campaign_sentence(Config(campaign=CampaignConfig(min_provisioned_tps=2)), "us-east-1")
    assert sentence.endswith("about $730 a month (https://example.org, read on 2026-01-31)")


def test_a_figure_without_a_source_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    table = tmp_path / "prices.toml"
    table.write_text("[regions.us-east-1]\ncampaign_usd_per_tps_hour = 0.5\n")
    monkeypatch.setenv("PERSONALIZE_SFN_PRICES", str(table))
    with pytest.raises(errors.ConfigError, match=r"regions\.us-east-1: expected campaign_usd_per_tps_hour, source_url"):
        campaign_sentence(Config(), "us-east-1")


def test_a_command_that_is_suggested_keeps_the_target_and_the_configuration():
    assert Settings().command("status") == "personalize-sfn status"
    settings = Settings(target="aws", region="us-east-1", config_file=Path("my movies.yaml"))
    assert settings.command("run") == "personalize-sfn --target aws --region us-east-1 --config 'my movies.yaml' run"


def test_data_that_is_not_there_is_said_before_the_demo_starts_anything(command):
    result = command("demo", "--data", "nowhere")
    assert result.code == 2
    assert result.out == ""
    assert "there is no 'nowhere'" in result.err
