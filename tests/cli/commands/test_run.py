"""A pipeline's life by commands, on an embedded AWS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from personalize_sfn.config import Config
from personalize_sfn.local import LocalAws

pytestmark = pytest.mark.xdist_group("cli-life")


@pytest.fixture
def project(aws: LocalAws, config_file: Path, command: Callable) -> Iterator[Config]:
    """Deployed, and destroyed in the end: an account has five dataset groups."""
    assert command("--config", str(config_file), "deploy").code == 0
    yield Config.load(config_file)
    assert command("--config", str(config_file), "destroy").code == 0


@pytest.fixture
def run_once(project: Config, config_file: Path, command: Callable, clicks: Path) -> dict:
    """Run on a CSV; the answer of ``run --json``."""
    result = command("--config", str(config_file), "run", "--data", str(clicks), "--json")
    assert result.code == 0, result.err
    return result.json


def test_a_second_deploy_has_nothing_to_change(project: Config, config_file: Path, command: Callable) -> None:
    result = command("deploy", "--config", str(config_file))
    assert result.code == 0
    assert f"{project.project} is deployed as it should be: nothing to change." in result.out


def test_the_first_line_says_that_it_is_local(project: Config, config_file: Path, command: Callable) -> None:
    result = command("status", "--config", str(config_file))
    assert result.out.startswith("LOCAL · embedded AWS at http://127.0.0.1:")
    assert "It has not been run yet." in result.out


def test_a_run_answers_with_arns_metrics_and_stages(run_once: dict) -> None:
    assert run_once["status"] == "SUCCEEDED"
    assert run_once["output"]["campaignArn"].startswith("arn:aws:personalize:us-east-1:123456789012:campaign/")
    assert run_once["output"]["metrics"]["coverage"] > 0
    assert [stage["stage"] for stage in run_once["stages"]][-2:] == ["Solution Version", "Campaign"]
    assert {stage["status"] for stage in run_once["stages"]} == {"SUCCEEDED"}


def test_recommendations_have_ids_where_the_data_has_no_titles(
    run_once: dict, config_file: Path, command: Callable
) -> None:
    asked = ("recommend", "u1", "--num-results", "5", "--context", "DEVICE=tv", "--context", "HOUR=20")
    answer = command(*asked, "--config", str(config_file), "--json").json
    assert len(answer["itemList"]) == 5
    assert all(item["title"] == item["itemId"] for item in answer["itemList"])
    assert all(item["itemId"].startswith("i") for item in answer["itemList"])


def test_recommendations_take_their_titles_from_a_csv(
    run_once: dict, config_file: Path, command: Callable, tmp_path: Path
) -> None:
    titles = tmp_path / "titles.csv"
    titles.write_text("\n".join(["ITEM_ID,TITLE", *(f"i{n},Film {n}" for n in range(100))]))
    result = command("recommend", "u1", "--config", str(config_file), "--titles", str(titles), "--via", "api")
    assert result.code == 0
    assert "Film " in result.out


def test_a_run_that_nobody_waits_for_can_be_followed_by_its_arn(
    run_once: dict, config_file: Path, command: Callable
) -> None:
    started = command("run", "--config", str(config_file), "--no-wait", "--json").json
    followed = command("status", started["executionArn"], "--wait", "--config", str(config_file), "--json")
    assert followed.code == 0
    assert followed.json["executionArn"] == started["executionArn"]
    assert followed.json["status"] == "SUCCEEDED"


def test_a_run_without_data_fails_in_one_sentence_that_names_the_object(
    project: Config, config_file: Path, command: Callable
) -> None:
    result = command("run", "--config", str(config_file))
    assert result.code == 1
    last = result.err.splitlines()[-1]
    assert last.startswith(f"error: {project.project}-dataset-import failed")
    assert f"s3://{project.bucket_name('us-east-1', '123456789012')}/{project.data_key('INTERACTIONS')}" in last
    assert "Traceback" not in result.err
    shown = command("status", "--config", str(config_file), "--json").json["execution"]
    assert shown["status"] == "FAILED"
    assert shown["message"] in result.err


def test_data_that_is_too_little_is_refused_before_anything_is_uploaded(
    project: Config, config_file: Path, command: Callable, tmp_path: Path
) -> None:
    few = tmp_path / "few.csv"
    few.write_text("USER_ID,ITEM_ID,TIMESTAMP\nu1,i1,880000000\n")
    result = command("run", "--config", str(config_file), "--data", str(few))
    assert result.code == 2
    assert "1,000" in result.err


def test_a_run_of_what_is_not_deployed_says_so(aws: LocalAws, config_file: Path, command: Callable) -> None:
    result = command("run", "--config", str(config_file))
    assert result.code == 2
    assert f"is not deployed here: run 'personalize-sfn --config {config_file} deploy' first" in result.err


def test_something_of_the_same_name_that_is_not_ours_is_a_conflict(
    aws: LocalAws, config_file: Path, command: Callable
) -> None:
    name = Config.load(config_file).role_name("lambda_change", "us-east-1")
    aws.session().client("iam").create_role(RoleName=name, AssumeRolePolicyDocument='{"Statement": []}')
    result = command("deploy", "--config", str(config_file))
    assert result.code == 3
    assert f"error: role {name} exists and has no tag personalize-sfn:project" in result.err


def test_destroy_says_what_would_go_then_removes_it_then_finds_nothing(
    run_once: dict, project: Config, config_file: Path, command: Callable
) -> None:
    planned = command("destroy", "--dry-run", "--config", str(config_file), "--json").json
    assert [each["kind"] for each in planned["personalize"]] == [
        "campaign",
        "solution",
        "dataset",
        "dataset group",
        "schema",
    ]
    done = command("destroy", "--config", str(config_file))
    assert done.code == 0
    assert f"Removed {project.project}: 7 state machines, 23 functions, 4 roles, 1 bucket" in done.out.replace(
        "\n", " "
    )
    assert f"Nothing of {project.project} is there." in command("destroy", "--config", str(config_file)).out


def test_local_status_tells_a_program_where_it_runs(aws: LocalAws, command: Callable) -> None:
    answer = command("local", "status", "--json").json
    assert (answer["running"], answer["endpoint_url"]) == (True, aws.endpoint_url)


def test_local_status_without_one_has_exit_code_1(command: Callable) -> None:
    result = command("local", "status", "--json")
    assert (result.code, result.json) == (1, {"running": False})
