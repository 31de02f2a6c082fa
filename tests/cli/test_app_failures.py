"""What a program and a person are told when a command fails: one JSON document, one sentence, commands that work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from personalize_sfn import errors
from personalize_sfn.cli import app
from personalize_sfn.cli.settings import Settings
from personalize_sfn.local import LocalAws

FAILURE_KEYS = {"status", "error", "cause", "stage", "executionArn", "message"}


@pytest.mark.parametrize("words", [["run"], ["recommend", "1"], ["status"], ["destroy"]])
def test_json_is_on_stdout_when_the_embedded_aws_does_not_run(command: Callable, words: list[str]) -> None:
    result = command(*words, "--json")
    assert result.code == 1
    assert set(result.json) == FAILURE_KEYS
    assert (result.json["status"], result.json["error"]) == ("FAILED", "LocalAwsError")
    assert result.json["message"].startswith("the embedded AWS does not run, so nothing of personalize-sfn is there")
    assert result.json["executionArn"] is None


def test_json_is_on_stdout_when_the_usage_is_wrong(command: Callable) -> None:
    result = command("run", "--train", "never", "--json")
    assert result.code == 2
    assert result.json["error"] == "BadParameter"
    assert "'never' is not one of 'auto', 'always'" in result.json["message"]


def test_json_of_a_project_that_is_not_deployed_has_exit_code_1(
    aws: LocalAws, config_file: Path, command: Callable
) -> None:
    result = command("--config", str(config_file), "status", "--json")
    assert (result.code, result.json["deployed"]) == (1, False)


def test_a_run_that_is_not_deployed_quotes_the_whole_command(
    aws: LocalAws, config_file: Path, command: Callable
) -> None:
    result = command("--config", str(config_file), "run", "--json")
    assert result.code == 2
    assert f"run 'personalize-sfn --config {config_file} deploy' first" in result.json["message"]


def test_the_answer_of_a_failed_execution_names_it() -> None:
    settings = Settings(execution_arn="arn:run")
    error = errors.WorkflowError("why", error="CampaignFailed", cause="quota", stage="movies-campaign, Create Campaign")
    assert app._failure(settings, error, "why") == {
        "status": "FAILED",
        "error": "CampaignFailed",
        "cause": "quota",
        "stage": "movies-campaign, Create Campaign",
        "executionArn": "arn:run",
        "message": "why",
    }


def test_an_execution_that_is_not_there_says_what_an_arn_looks_like(aws: LocalAws, command: Callable) -> None:
    result = command("status", "arn:foo")
    assert result.code == 1
    assert "there is no execution 'arn:foo'" in result.err
    assert "Expected arn:aws:states:<region>:<account>:execution:<machine>:<name>" in result.err


def test_markup_and_control_characters_of_a_caller_are_printed_not_obeyed(aws: LocalAws, command: Callable) -> None:
    for hostile in ("[/x]", "[link=https://evil.example]x[/link]", "\x1b[2J"):
        for words in (["recommend", hostile], ["status", hostile], [hostile]):
            result = command(*words)
            assert result.code in (1, 2)
            assert "bug in personalize-sfn" not in result.err
            assert "\x1b[2J" not in result.err + result.out
