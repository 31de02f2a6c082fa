"""``executions`` and ``logs``: what ran, and what the functions did for it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from personalize_sfn.cli.commands import executions as commands
from personalize_sfn.local import LocalAws

DESCRIBED = {
    "operation": "DescribeCampaign",
    "resource": "arn:aws:personalize:us-east-1:123456789012:campaign/shop-for-you",
    "status": "CREATE PENDING",
    "execution": "arn:aws:states:us-east-1:123456789012:execution:shop-campaign:one",
}
STARTED = "START RequestId: 1 Version: $LATEST"
CREATED = {**DESCRIBED, "operation": "CreateCampaign", "status": "ok"}


@pytest.fixture
def project(config_file: Path) -> str:
    return str(yaml.safe_load(config_file.read_text())["project"])


@pytest.fixture
def log(aws: LocalAws, project: str) -> Callable[..., None]:
    """Puts lines into the log of a function of the project."""
    client = aws.session().client("logs")

    def put(function: str, *messages: str, age_seconds: float = 1) -> None:
        group = f"/aws/lambda/{project}-{function}"
        client.create_log_group(logGroupName=group)
        client.create_log_stream(logGroupName=group, logStreamName="one")
        now = int((time.time() - age_seconds) * 1000)
        events: Any = [{"timestamp": now + number, "message": each} for number, each in enumerate(messages)]
        client.put_log_events(logGroupName=group, logStreamName="one", logEvents=events)

    return put


def test_lines_of_all_functions_stand_in_their_order(command: Callable, config_file: Path, log: Callable):
    log("describe-campaign", STARTED, json.dumps(DESCRIBED), "REPORT RequestId: 1", age_seconds=1)
    log("create-campaign", STARTED, json.dumps(CREATED), "Traceback: out of \x1b[2J memory", age_seconds=20)

    result = command("--config", str(config_file), "logs")

    assert result.code == 0
    assert [" ".join(line.split()[1:]) for line in result.out.splitlines()[1:]] == [
        "create-campaign CreateCampaign ok campaign/shop-for-you",
        "create-campaign Traceback: out of �[2J memory",
        "describe-campaign DescribeCampaign CREATE PENDING campaign/shop-for-you",
    ]


def test_a_program_gets_every_member(command: Callable, config_file: Path, log: Callable):
    log("describe-campaign", json.dumps(DESCRIBED))

    (line,) = command("--config", str(config_file), "logs", "--json").json

    assert line | DESCRIBED == line
    assert (line["function"], line["text"], line["time"][-6:]) == ("describe-campaign", "", "+00:00")


@pytest.mark.parametrize(
    ("name", "functions"),
    [("campaign", {"create-campaign", "describe-campaign"}), ("create-solution", {"create-solution"})],
)
def test_a_stage_or_a_function_narrows_it(
    command: Callable, config_file: Path, log: Callable, name: str, functions: set[str]
):
    for function in ("describe-campaign", "create-campaign", "create-solution", "create-solution-version"):
        log(function, json.dumps(DESCRIBED))

    lines = command("--config", str(config_file), "logs", name, "--json").json

    assert {each["function"] for each in lines} == functions


def test_only_what_is_new_enough_is_shown(command: Callable, config_file: Path, log: Callable):
    log("create-campaign", json.dumps(DESCRIBED), age_seconds=700)

    assert command("--config", str(config_file), "logs", "--since", "10m", "--json").json == []
    assert len(command("--config", str(config_file), "logs", "--since", "15m", "--json").json) == 1
    assert "Nothing was logged since" in command("--config", str(config_file), "logs", "--since", "10m").out


def test_what_is_no_name_and_no_time_is_told(command: Callable, config_file: Path, log: Callable, project: str):
    absent = command("--config", str(config_file), "logs")
    log("create-campaign", json.dumps(DESCRIBED))
    wrong = command("--config", str(config_file), "logs", "recommender")
    never = command("--config", str(config_file), "logs", "--since", "yesterday")
    before_all_time = command("--config", str(config_file), "logs", "--since", "999999d")
    before_1970 = command("--config", str(config_file), "logs", "--since", "1900-01-01", "--json")

    assert [absent.code, wrong.code, never.code, before_all_time.code] == [2, 2, 2, 2]
    assert "got '999999d'" in before_all_time.err
    assert len(before_1970.json) == 1
    assert f"no function of {project} has a log: 'personalize-sfn deploy' makes them" in absent.err
    assert "logs: expected a stage (campaign) or a function of it, got 'recommender'" in wrong.err
    assert "--since: expected 30s, 10m, 2h, 1d or a time such as 2026-01-31T12:00, got 'yesterday'" in never.err


def test_follow_tells_each_line_once_until_it_is_interrupted(
    command: Callable, config_file: Path, log: Callable, monkeypatch: pytest.MonkeyPatch
):
    log("create-campaign", json.dumps(CREATED))
    looks = iter([lambda: log("describe-campaign", json.dumps(DESCRIBED)), lambda: None])

    def sleep(_: float) -> None:
        look = next(looks, None)
        if look is None:
            raise KeyboardInterrupt
        look()

    monkeypatch.setattr(commands.time, "sleep", sleep)
    result = command("--config", str(config_file), "logs", "create-campaign", "--follow")

    assert result.code == 130
    assert [line.split()[2] for line in result.out.splitlines()[1:]] == ["CreateCampaign"]


PASS = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Pass", "End": True}}})
ROLE = json.dumps(
    {"Statement": [{"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
)


@pytest.fixture
def ran(aws: LocalAws, project: str) -> list[str]:
    """Names of two executions of the main workflow, which is a small one here."""
    session = aws.session()
    role = session.client("iam").create_role(RoleName=f"{project}-any", AssumeRolePolicyDocument=ROLE)["Role"]["Arn"]
    client = session.client("stepfunctions")
    machine = client.create_state_machine(name=f"{project}-main", definition=PASS, roleArn=role)["stateMachineArn"]
    for name in ("first", "second"):
        arn = client.start_execution(stateMachineArn=machine, name=name)["executionArn"]
        while client.describe_execution(executionArn=arn)["status"] == "RUNNING":
            time.sleep(0.01)
    return ["second", "first"]


def test_executions_are_listed_newest_first(command: Callable, config_file: Path, ran: list[str]):
    result = command("--config", str(config_file), "executions")
    listed = command("--config", str(config_file), "executions", "--json", "--limit", "1").json

    shown = result.out.splitlines()[1:]
    assert [line.split()[-1] for line in shown[::2]] == ran
    assert shown[0].startswith("✓ SUCCEEDED 20")
    assert (listed[0]["name"], listed[0]["status"], len(listed)) == ("second", "SUCCEEDED", 1)
    assert shown[1].strip() == listed[0]["executionArn"]


def test_a_workflow_that_the_config_has_not_is_told(command: Callable, config_file: Path, aws: LocalAws):
    result = command("--config", str(config_file), "executions", "batch")

    assert (result.code, result.out.count("\n")) == (2, 1)
    assert "workflow: expected one of dataset, dataset-import, solution, campaign, main" in result.err


def test_a_project_whose_name_begins_alike_is_another_one(
    command: Callable, config_file: Path, log: Callable, project: str
):
    log("eu-create-campaign", json.dumps(CREATED))

    absent = command("--config", str(config_file), "logs")

    assert absent.code == 2
    assert f"no function of {project} has a log" in absent.err
