"""A pipeline's life by commands, on an embedded AWS."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from personalize_sfn.config import Config
from personalize_sfn.local import LocalAws


def test_the_first_line_says_that_it_is_local(project: Config, config_file: Path, command: Callable) -> None:
    result = command("status", "--config", str(config_file))
    assert result.out.startswith("LOCAL · embedded AWS at http://127.0.0.1:")
    assert "It has not been run yet." in result.out


def test_a_run_answers_with_arns_metrics_and_stages(run_once: dict) -> None:
    assert run_once["status"] == "SUCCEEDED"
    assert run_once["output"]["campaignArn"].startswith("arn:aws:personalize:us-east-1:123456789012:campaign/")
    assert run_once["output"]["metrics"]["coverage"] > 0
    assert [stage["stage"] for stage in run_once["stages"]][-3:] == ["Solution Version", "Campaign", "Report Solutions"]
    assert {stage["status"] for stage in run_once["stages"]} == {"SUCCEEDED"}
    made = {each["resource"]: each for each in run_once["made"]}
    assert {each["how"] for each in made.values()} == {"created"}
    assert made["datasetImportJob"]["rows"] >= 1000
    assert made["datasetImportJob"]["users"] >= 25
    assert made["solutionVersion"]["metrics"] == run_once["output"]["metrics"]


@pytest.mark.slow
def test_the_executions_tell_what_each_made_if_that_is_asked_for(
    run_once: dict, config_file: Path, command: Callable
) -> None:
    (told,) = command("executions", "--made", "--json", "--config", str(config_file)).json
    assert told["made"] == run_once["made"]
    assert "made" not in command("executions", "--json", "--config", str(config_file)).json[0]
    shown = command("executions", "--made", "--config", str(config_file)).out
    assert "  What this run made" in shown.splitlines()


@pytest.mark.slow
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
    assert "What there is although the run failed" in result.out + result.err
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
