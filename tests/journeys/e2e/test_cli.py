"""The command, as a person or a script runs it: processes of its own, on an embedded AWS of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from personalize_sfn.config import Config

CONFIG = "project: films\n"
CALLED = f"{sys.executable} -m personalize_sfn"
"""How the command is called here, and so how its hints quote it."""


@dataclass
class Command:
    """``personalize-sfn`` in a folder and a home of its own."""

    folder: Path

    def __call__(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return subprocess.run(
            [sys.executable, "-m", "personalize_sfn", *arguments],
            cwd=self.folder,
            env={**clean, "PERSONALIZE_SFN_HOME": str(self.folder / "home"), **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def json(self, *arguments: str, **environment: str) -> Any:
        """What a program reads: the whole of stdout."""
        done = self(*arguments, "--json", **environment)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    folder = tmp_path_factory.mktemp("cli")
    (folder / "films.yaml").write_text(CONFIG)
    made = Command(folder)
    yield made
    made("local", "stop")


def statuses(answer: dict[str, Any]) -> dict[str, str]:
    return {each["kind"]: each["status"] for each in answer["personalize"]}


@pytest.mark.slow
def test_a_pipeline_lives_and_dies_by_the_command(command: Command):
    films = ("--config", "films.yaml")

    started = command.json("local", "start")
    assert started["running"]
    planned = command.json(*films, "deploy", "--dry-run")
    made = command.json(*films, "deploy")
    assert made["changes"] == planned["changes"] != []
    assert command.json(*films, "deploy")["changes"] == []

    ran = command.json(*films, "run", "--data", "shipped")
    assert ran["status"] == "SUCCEEDED"
    assert ran["output"]["campaignArn"].endswith(":campaign/films-for-you")
    assert 0 < ran["output"]["metrics"]["normalized_discounted_cumulative_gain_at_10"] < 1
    assert {stage["status"] for stage in ran["stages"]} == {"SUCCEEDED"}

    stands = command.json(*films, "status")
    assert stands["deployed"]
    assert statuses(stands) == dict.fromkeys(("campaign", "solution", "dataset", "dataset group", "schema"), "ACTIVE")
    assert stands["execution"]["executionArn"] == ran["executionArn"]

    by_workflow = command.json(*films, "recommend", "1", "--num-results", "7")
    assert len({item["itemId"] for item in by_workflow["itemList"]}) == 7
    assert all(item["title"] for item in by_workflow["itemList"])
    by_api = command.json(*films, "recommend", "1", "--num-results", "7", "--via", "api")
    assert by_api["itemList"] == by_workflow["itemList"]

    would_go = command.json(*films, "destroy", "--dry-run")
    assert statuses(command.json(*films, "status")) == statuses(stands)
    gone = command.json(*films, "destroy")
    assert gone["changes"] == would_go["changes"] != []
    after = command(*films, "status", "--json")
    assert after.returncode == 1
    assert json.loads(after.stdout) == {"project": "films", "deployed": False, "personalize": []}
    assert command.json(*films, "destroy")["changes"] == []


def test_the_first_line_says_that_it_is_local_whatever_the_environment_says(command: Command):
    stranger = "http://192.0.2.1:9"  # nobody answers there (RFC 5737)
    command("local", "start")

    done = command("deploy", "--dry-run", AWS_ENDPOINT_URL_S3=stranger, AWS_ENDPOINT_URL=stranger, AWS_PROFILE="nobody")

    assert (done.stderr + done.stdout).startswith("LOCAL · embedded AWS at http://127.0.0.1:")
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("run",), 2, f"personalize-sfn is not deployed here: run '{CALLED} deploy' first"),
        (("recommend", "1"), 1, "campaign personalize-sfn-for-you does not exist yet"),
        (("--config", "nowhere.yaml", "deploy"), 2, "nowhere.yaml"),
        (("--config", "wrong.yaml", "deploy"), 2, "solutions.for-you.recipe"),
        (("fly",), 2, "No such command 'fly'"),
        (("status", "arn:aws:states:us-east-1:123456789012:execution:films-main:none"), 1, "there is no execution"),
    ],
    ids=["run-undeployed", "recommend-undeployed", "no-config", "wrong-config", "no-command", "no-execution"],
)
def test_what_cannot_be_done_says_why_and_has_an_exit_code(
    command: Command, arguments: tuple[str, ...], code: int, said: str
):
    (command.folder / "wrong.yaml").write_text("project: films\nsolutions: {for-you: {recipe: 7}}\n")
    command("local", "start")

    done = command(*arguments)

    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr


def test_a_strangers_role_of_the_same_name_is_a_conflict(command: Command):
    import boto3

    command("local", "start")
    env = command.json("local", "env")
    session = boto3.Session(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], region_name=env["AWS_REGION"])
    iam = session.client("iam", endpoint_url=env["AWS_ENDPOINT_URL"])
    name = Config().role_name("lambda_change", env["AWS_REGION"])
    iam.create_role(RoleName=name, AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}')

    done = command("deploy")

    iam.delete_role(RoleName=name)
    assert done.returncode == 3
    assert f"role {name} exists and has no tag personalize-sfn:project" in done.stderr


@pytest.mark.parametrize(
    "path",
    [
        (),
        ("demo",),
        ("deploy",),
        ("run",),
        ("status",),
        ("recommend",),
        ("destroy",),
        ("local", "start"),
        ("local", "stop"),
        ("local", "status"),
    ],
    ids=" ".join,
)
def test_every_command_has_help_with_an_example(tmp_path: Path, path: tuple[str, ...]):
    done = Command(tmp_path)(*path, "--help")

    assert done.returncode == 0
    assert "Example" in done.stdout
    assert "personalize-sfn " in done.stdout.partition("Example")[2]
