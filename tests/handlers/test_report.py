"""What became of each solution: the output of main, and the cause of its failure."""

from __future__ import annotations

import json

import pytest

from fakes.virtual_personalize import ARNS, error
from personalize_sfn.errors import TransientError

CAMPAIGN = ARNS.personalize("campaign/movies-similar")
SOLUTION = ARNS.personalize("solution/movies-similar-similar-items")
VERSION = f"{SOLUTION}/one"
METRICS = {"precision_at_5": 0.04}
ADVICE = "Fix the cause, then run it again: finished steps are not repeated."


def item(key="similar", campaign=CAMPAIGN, **more):
    return {"key": key, "servingArn": campaign, "recommenderRequest": None, **more}


TRAINED = {"solutionArn": SOLUTION, "solutionVersionArn": VERSION}
SERVED = {"campaignArn": CAMPAIGN, "metrics": METRICS}


def child(machine="movies-solution", **description):
    """What a failed startExecution.sync:2 leaves behind a Catch."""
    arn = ARNS.state_machine(machine)
    return {
        "Error": "States.TaskFailed",
        "Cause": json.dumps({"StateMachineArn": arn, "Status": "FAILED", **description}),
    }


def report(call, *items):
    return call("report_solutions", {"solutions": [*items]})


def test_all_that_succeeded_are_told_by_their_keys(call):
    assert report(call, {**item(solution=TRAINED), "campaign": SERVED}) == {
        "solutions": {"similar": {**TRAINED, **SERVED, "error": None}},
        "recommenders": {},
        "failed": False,
        "cause": "",
    }


def test_a_solution_without_a_campaign_has_the_metrics_of_its_version(call):
    answer = report(call, item(campaign=None, solution=TRAINED))
    assert answer["solutions"]["similar"] == {**TRAINED, "campaignArn": None, "metrics": METRICS, "error": None}


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("ACTIVE", "Recommender movies-picks goes on serving."),
        ("CREATE FAILED", "Recommender movies-picks is CREATE FAILED: nothing serves it."),
        (None, "There is no recommender movies-picks: nothing serves it."),
    ],
)
def test_a_recommender_that_failed_tells_whether_it_serves(call, personalize, status, said):
    arn = ARNS.personalize("recommender/movies-picks")
    if status is not None:
        personalize.failing = {"recommender": "too few events"} if status == "CREATE FAILED" else {}
        personalize.create_recommender(name="movies-picks", datasetGroupArn=ARNS.personalize("dataset-group/movies"))
    failure = child("movies-recommender", Error="RecommenderFailed", Cause="too few events.")
    picks = {"key": "picks", "servingArn": arn, "recommenderRequest": {"name": "movies-picks"}, "failure": failure}
    assert f"picks: RecommenderFailed: movies-recommender: too few events. {said}" in report(call, picks)["cause"]


def test_one_that_failed_in_training_tells_why_and_stops_no_other(call):
    failure = child(Error="SolutionVersionFailed", Cause="solution/x is CREATE FAILED: too few users.")
    answer = report(call, item(failure=failure), item("popular", campaign=None, solution=TRAINED))
    reason = "SolutionVersionFailed: movies-solution: solution/x is CREATE FAILED: too few users."
    nothing = {"solutionArn": None, "solutionVersionArn": None, "campaignArn": None, "metrics": None}
    assert answer["solutions"]["similar"] == {**nothing, "error": reason}
    assert answer["solutions"]["popular"]["error"] is None
    assert (answer["failed"], answer["cause"]) == (
        True,
        f"1 of 2 solutions failed. similar: {reason} There is no campaign movies-similar: nothing serves it. {ADVICE}",
    )


def test_one_that_failed_in_its_campaign_keeps_what_was_trained(call):
    failure = child("movies-campaign", Error="CampaignFailed", Cause="no capacity")
    answer = report(call, item(solution=TRAINED, failure=failure))
    told = answer["solutions"]["similar"]
    assert (told["solutionVersionArn"], told["campaignArn"], told["metrics"]) == (VERSION, None, None)
    assert told["error"] == "CampaignFailed: movies-campaign: no capacity"


def test_the_error_of_a_function_is_read_out_of_lambdas_json(call):
    said = json.dumps({"errorMessage": "quota is full", "errorType": "QuotaError", "stackTrace": []})
    answer = report(call, item(failure=child(Error="QuotaError", Cause=said)))
    assert answer["solutions"]["similar"]["error"] == "QuotaError: movies-solution: quota is full"


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (
            child(Status="ABORTED"),
            "States.TaskFailed: movies-solution ended as ABORTED and gave no cause",
        ),
        ({"Error": "States.Timeout"}, "States.Timeout: it did not end within its time limit, or gave no cause"),
        (
            {"Error": "StepFunctions.AccessDeniedException", "Cause": "not authorized"},
            "StepFunctions.AccessDeniedException: not authorized",
        ),
        ({"Error": "States.TaskFailed", "Cause": "[1, 2]"}, "States.TaskFailed: [1, 2]"),
    ],
)
def test_what_gave_no_cause_or_never_started_is_told_all_the_same(call, failure, reason):
    assert report(call, item(failure=failure))["solutions"]["similar"]["error"] == reason


def test_a_campaign_that_is_active_goes_on_serving_its_version(call, personalize):
    personalize.create_campaign(name="movies-similar", solutionVersionArn=f"{SOLUTION}/before")
    cause = report(call, item(failure=child(Error="E", Cause="c")))["cause"]
    serving = "Campaign movies-similar goes on serving solution/movies-similar-similar-items/before."
    assert cause == f"1 of 1 solution failed. similar: E: movies-solution: c. {serving} {ADVICE}"


@pytest.mark.parametrize(("seconds", "status"), [(0, "CREATE IN_PROGRESS"), (60, "CREATE FAILED")])
def test_a_campaign_that_is_not_active_serves_nothing(call, personalize, seconds, status):
    personalize.seconds["campaign"], personalize.failing["campaign"] = 60, "no capacity"
    personalize.create_campaign(name="movies-similar", solutionVersionArn=VERSION)
    personalize.clock.advance(seconds)
    cause = report(call, item(failure=child(Error="E", Cause="c")))["cause"]
    assert f"c. Campaign movies-similar is {status}: nothing serves it. {ADVICE}" in cause


def test_what_has_no_campaign_says_so(call):
    cause = report(call, item(campaign=None, failure=child(Error="E", Cause="c")))["cause"]
    assert cause == f"1 of 1 solution failed. similar: E: movies-solution: c. It has no campaign. {ADVICE}"


def test_a_campaign_that_cannot_be_read_now_is_tried_again(call, personalize):
    personalize.raising["DescribeCampaign"].append(error("DescribeCampaign", "ThrottlingException", "Rate exceeded"))
    with pytest.raises(TransientError, match="Rate exceeded"):
        report(call, item(failure=child(Error="E", Cause="c")))


def test_however_long_the_reasons_every_solution_is_named_in_a_cause_that_is_not_cut(call):
    """Step Functions cuts a cause at 32,768 characters."""
    long = child(Error="E", Cause="x" * 30_000)
    answer = report(call, *(item(f"key-{number}", campaign=None, failure=long) for number in range(10)))
    assert len(answer["cause"]) <= 32_768
    assert answer["cause"].startswith("10 of 10 solutions failed. key-0: E: movies-solution: xxx")
    assert answer["cause"].count("xxx.... It has no campaign.") == 10
    assert answer["cause"].endswith(f" {ADVICE}")
