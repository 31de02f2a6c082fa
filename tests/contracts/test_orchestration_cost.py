"""What waiting costs, on a virtual clock with the real handlers; a part of the draws of benchmarks/orchestration.py."""

from __future__ import annotations

import statistics
from dataclasses import replace

import pytest

from fakes import orchestration
from fakes.orchestration import ExecutionFailed, VirtualStates
from fakes.virtual_personalize import ARNS, Clock, VirtualPersonalize, VirtualS3, error, handlers_use
from personalize_sfn.config import Config, PollingConfig, WaitConfig
from personalize_sfn.statemachine import TaskOutcome

CONFIG = Config(project="movies")


@pytest.fixture(scope="module")
def machines():
    return orchestration.definitions(CONFIG)


def test_overhead_and_transitions_are_within_their_limits(machines):
    runs = [orchestration.run_main(CONFIG, machines, seconds) for seconds in orchestration.draws(20)]
    assert statistics.mean(run.overhead_seconds for run in runs) <= 75
    assert statistics.mean(run.transitions for run in runs) <= 310


@pytest.mark.parametrize(("key", "seconds"), [("datasetGroup", 90), ("campaign", 3600)])
def test_what_is_far_slower_than_usual_passes(machines, key, seconds):
    run = orchestration.run_main(CONFIG, machines, {**orchestration.MEDIANS, key: seconds})
    assert run.overhead_seconds <= 150


def test_two_days_of_training_stay_far_from_the_limit_of_the_history(machines):
    run = orchestration.run_main(CONFIG, machines, {**orchestration.MEDIANS, "solutionVersion": 48 * 3600})
    assert max(run.events.values()) < 20_000


def test_what_is_ready_at_once_costs_no_wait(machines):
    run = orchestration.run_main(CONFIG, machines, dict.fromkeys(orchestration.MEDIANS, 0.0))
    assert run.overhead_seconds == 0
    assert run.transitions <= 60


# --- failures: what the caller of main reads -------------------------------------------------------------------------


def fail(config=CONFIG, *, failing=None, seconds=None, data=True):
    """The failure of an execution of main."""
    clock = Clock()
    personalize, s3 = VirtualPersonalize(clock, seconds), VirtualS3()
    personalize.failing = failing or {}
    if data:
        s3.etags[f"{config.bucket_name(ARNS.region, ARNS.account_id)}/movies/interactions.csv"] = '"e"'
    states = VirtualStates(clock, config.project, orchestration.definitions(config))
    with handlers_use(personalize, s3), pytest.raises(ExecutionFailed) as raised:
        states.execute("movies-main", {})
    return raised.value


@pytest.mark.parametrize(
    ("key", "machine", "name"),
    [
        ("datasetImportJob", "movies-dataset-import", "DatasetImportJobFailed"),
        ("datasetGroup", "movies-dataset", "DatasetGroupFailed"),
    ],
)
def test_a_failed_resource_reaches_the_caller_of_main_with_the_services_reason(key, machine, name):
    failure = fail(failing={key: "The service said why."})
    assert failure.error == name
    assert failure.cause.startswith(f"{machine}: arn:aws:personalize:us-east-1:123456789012:")
    assert failure.cause.endswith(
        " is CREATE FAILED: The service said why. (Fix the cause, then run it again: finished steps are not repeated.)"
    )


@pytest.mark.parametrize(
    ("key", "reason", "serving"),
    [
        (
            "solutionVersion",
            "SolutionVersionFailed: movies-solution: arn:aws:personalize:us-east-1:123456789012:solution/"
            "movies-for-you-user-personalization-v2/run-9777c28b1c36",
            "There is no campaign movies-for-you: nothing serves it.",
        ),
        (
            "campaign",
            "CampaignFailed: movies-campaign: arn:aws:personalize:us-east-1:123456789012:campaign/movies-for-you",
            "Campaign movies-for-you is CREATE FAILED: nothing serves it.",
        ),
    ],
)
def test_a_failed_solution_reaches_the_caller_of_main_with_the_services_reason_and_what_serves(key, reason, serving):
    failure = fail(failing={key: "The service said why."})
    assert failure.error == "SolutionsFailed"
    assert failure.cause == (
        f"1 of 1 solution failed. for-you: {reason} is CREATE FAILED: The service said why. {serving} "
        "Fix the cause, then run it again: finished steps are not repeated."
    )


def test_an_error_of_a_function_reaches_the_caller_of_main_as_a_sentence():
    failure = fail(data=False)
    assert failure.error == "InvalidInputError"
    assert failure.cause == (
        "movies-dataset-import: there is no data at s3://movies-123456789012-us-east-1/movies/interactions.csv: "
        "upload the CSV, or correct the bucket or key "
        "(Fix the cause, then run it again: finished steps are not repeated.)"
    )


@pytest.mark.parametrize(
    ("late", "cause"),
    [
        ("startExecution.sync:2", "A sub-workflow did not end within its time limit, or did not say why it failed. "),
        ("lambda:invoke", "movies-dataset failed and gave no cause. "),
    ],
)
def test_a_time_limit_that_gives_no_cause_reaches_the_caller_of_main(late, cause):
    class LateStates(VirtualStates):
        def task(self, call):
            return TaskOutcome(error="States.Timeout") if call.resource.endswith(late) else super().task(call)

    states = LateStates(Clock(), "movies", orchestration.definitions(CONFIG))
    with pytest.raises(ExecutionFailed) as raised:
        states.execute("movies-main", {})
    assert raised.value.error == "States.Timeout"
    assert raised.value.cause.startswith(cause)


def test_a_wait_ends_at_its_timeout():
    limit = PollingConfig(campaign=WaitConfig(typical_seconds=480, timeout_seconds=600))
    failure = fail(replace(CONFIG, polling=limit), seconds={"campaign": 10_000.0})
    assert failure.error == "SolutionsFailed"
    assert "for-you: CampaignTimedOut: movies-campaign: arn:aws:" in failure.cause
    assert "campaign/movies-for-you is still CREATE IN_PROGRESS after the time limit" in failure.cause
    assert "raise polling.campaign.timeout_seconds" in failure.cause


def test_hours_of_waiting_for_a_slot_do_not_use_up_the_time_limit_of_the_training():
    limit = PollingConfig(solution_version=WaitConfig(typical_seconds=3360, timeout_seconds=3600))
    config = replace(CONFIG, polling=limit)
    clock = Clock()
    personalize, s3 = VirtualPersonalize(clock, {"solutionVersion": 3400.0}), VirtualS3()
    s3.etags["movies-123456789012-us-east-1/movies/interactions.csv"] = '"e"'
    full = error("CreateSolutionVersion", "LimitExceededException", "More than 20 resources in PENDING or IN_PROGRESS")
    personalize.raising["CreateSolutionVersion"] = [full] * 100
    with handlers_use(personalize, s3):
        output = VirtualStates(clock, "movies", orchestration.definitions(config)).execute("movies-main", {})
    assert output["solutions"]["for-you"]["error"] is None
    assert clock.seconds > 7 * 3600


def test_solutions_run_at_the_same_time_and_one_that_fails_stops_no_other():
    recipes = {"for-you": "user-personalization-v2", "similar": "similar-items", "popular": "popularity-count"}
    config = Config.from_dict(
        {
            "project": "movies",
            "solutions": {
                key: {"recipe": f"aws-{recipe}", **({} if key == "popular" else {"campaign": {}})}
                for key, recipe in recipes.items()
            },
        }
    )
    run = orchestration.run_main(config, orchestration.definitions(config), orchestration.MEDIANS)
    assert run.overhead_seconds <= 100

    clock = Clock()
    personalize, s3 = VirtualPersonalize(clock, dict(orchestration.MEDIANS)), VirtualS3()
    s3.etags["movies-123456789012-us-east-1/movies/interactions.csv"] = '"e"'
    states = VirtualStates(clock, "movies", orchestration.definitions(config))
    refused = error("CreateSolution", "InvalidInputException", "not this recipe")
    with handlers_use(personalize, s3):
        personalize.raising["CreateSolution"] = [refused]
        with pytest.raises(ExecutionFailed) as raised:
            states.execute("movies-main", {})
        assert raised.value.error == "SolutionsFailed"
        assert raised.value.cause == (
            "1 of 3 solutions failed. for-you: InvalidInputError: movies-solution: CreateSolution: not this recipe "
            "(InvalidInputException). There is no campaign movies-for-you: nothing serves it. "
            "Fix the cause, then run it again: finished steps are not repeated."
        )
        output = states.execute("movies-main", {})
    assert {key: each["error"] for key, each in output["solutions"].items()} == dict.fromkeys(recipes)
    assert [output["solutions"]["popular"][name] for name in ("campaignArn", "metrics")] == [
        None,
        {"precision_at_5": 0.04},
    ]
    assert output.keys() == {"datasetGroupArn", "datasetArns", "solutions"}
    assert len(personalize.names("CreateSolutionVersion")) == 3


def test_running_again_after_a_failure_goes_on_and_makes_nothing_twice():
    clock = Clock()
    personalize, s3 = VirtualPersonalize(clock, {"solutionVersion": 3360.0}), VirtualS3()
    s3.etags["movies-123456789012-us-east-1/movies/interactions.csv"] = '"e"'
    states = VirtualStates(clock, "movies", orchestration.definitions(CONFIG))
    with handlers_use(personalize, s3):
        personalize.failing = {"campaign": "no capacity"}
        with pytest.raises(ExecutionFailed):
            states.execute("movies-main", {})
        personalize.failing = {}
        output = states.execute("movies-main", {})
        again = states.execute("movies-main", {})
    assert output == again
    members = {"solutionArn", "solutionVersionArn", "campaignArn", "metrics"}
    assert output.keys() == {"datasetGroupArn", "datasetArns", "solutions"} | members
    assert output["solutions"] == {"for-you": {**{member: output[member] for member in members}, "error": None}}
    trainings = personalize.list_solution_versions(solutionArn=output["solutionArn"])["solutionVersions"]
    imports = personalize.list_dataset_import_jobs(datasetArn=output["datasetArns"]["interactions"])
    assert (len(trainings), len(imports["datasetImportJobs"])) == (1, 1)
