"""What the command says before it calls anything: help, wrong usage, exit codes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from personalize_sfn import errors
from personalize_sfn.cli import app

COMMANDS = (
    "demo",
    "deploy",
    "run",
    "status",
    "recommend",
    "rollback",
    "compare",
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


def test_what_is_asked_of_an_embedded_aws_that_does_not_run_says_how_to_start_it(command: Callable) -> None:
    for words in (["status"], ["recommend", "1"], ["destroy"]):
        result = command(*words)
        assert result.code == 1
        assert result.err.startswith("error: the embedded AWS does not run, so nothing of personalize-sfn is there")


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
