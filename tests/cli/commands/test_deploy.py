"""Tests of ``deploy``: ``personalize-sfn deploy`` and ``personalize-sfn destroy``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from personalize_sfn.config import Config
from personalize_sfn.local import LocalAws


def test_a_second_deploy_has_nothing_to_change(project: Config, config_file: Path, command: Callable) -> None:
    result = command("deploy", "--config", str(config_file))
    assert result.code == 0
    assert f"{project.project} is deployed as it should be: nothing to change." in result.out


def test_something_of_the_same_name_that_is_not_ours_is_a_conflict(
    aws: LocalAws, config_file: Path, command: Callable
) -> None:
    name = Config.load(config_file).role_name("lambda_change", "us-east-1")
    aws.session().client("iam").create_role(RoleName=name, AssumeRolePolicyDocument='{"Statement": []}')
    result = command("deploy", "--config", str(config_file))
    assert result.code == 3
    assert f"error: role {name} exists and has no tag personalize-sfn:project" in result.err


@pytest.mark.slow
def test_what_the_config_lost_is_named_with_what_it_costs(
    run_once: dict, project: Config, config_file: Path, command: Callable, tmp_path: Path
) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(f"project: {project.project}\nsolutions: {{other: {{recipe: aws-sims}}}}\n")
    cost = "the price table has no figure for us-east-1: https://aws.amazon.com/personalize/pricing/"

    told = command("deploy", "--dry-run", "--config", str(other)).out.replace("\n", "")
    (campaign,) = (
        each
        for each in command("deploy", "--dry-run", "--config", str(other), "--json").json["not_in_config"]
        if each["kind"] == "campaign"
    )

    assert "(ACTIVE), billed by the hour for 1 provisioned TPS, " in told
    assert f"in the last 24 h; {cost}" in told
    assert (campaign["provisioned_tps"], campaign["cost"]) == (1, cost)


def test_destroy_says_what_would_go_then_removes_it_then_finds_nothing(
    run_once: dict, project: Config, config_file: Path, command: Callable
) -> None:
    planned = command("destroy", "--dry-run", "--config", str(config_file), "--json").json
    assert [each["kind"] for each in planned["personalize"]] == [
        "campaign",
        "solution",
        "dataset",
        "schema",
        "dataset group",
    ]
    done = command("destroy", "--config", str(config_file))
    assert done.code == 0
    assert f"Removed {project.project}: 7 state machines, 24 functions, 4 roles, 1 bucket" in done.out.replace(
        "\n", " "
    )
    assert f"Nothing of {project.project} is there." in command("destroy", "--config", str(config_file)).out
