"""What a run made and found, read from the answers of its functions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakes.told_runs import ARNS, NEW, OLD, told_run
from personalize_sfn.display.outcome import RunOutcome, outcome_of


def test_what_each_function_told_is_read_from_the_run_and_from_those_that_it_started() -> None:
    found = outcome_of(told_run(because="data", previous=OLD))

    assert [(each.resource, each.name, each.how, each.item) for each in found.made] == [
        ("datasetGroup", "movies", "found", ""),
        ("schema", "movies-1", "found", ""),
        ("schema", "movies-2", "found", ""),
        ("datasetImportJob", "movies-1", "created", ""),
        ("solution", "movies-for-you", "created", "for-you"),
        ("solutionVersion", "new", "created", "for-you"),
        ("campaign", "movies-for-you", "created", "for-you"),
    ]
    assert found.made[5].facts == {"because": "data", "previous": OLD}
    assert found.metrics == {NEW: {"coverage": 0.1, "normalized_discounted_cumulative_gain_at_10": 0.16}}


def test_the_report_adds_metrics_of_what_has_no_campaign_and_why_others_failed() -> None:
    other = ARNS.personalize("solution/movies-popular/one")
    results = {
        "popular": {"solutionVersionArn": other, "metrics": {"coverage": 0.5}, "error": None},
        "for-you": {"solutionVersionArn": NEW, "metrics": None, "error": "CampaignFailed: no capacity"},
    }

    found = outcome_of(told_run(report={"solutions": results}))

    assert found.metrics[other] == {"coverage": 0.5}
    assert found.errors == {"for-you": "CampaignFailed: no capacity"}
    assert found.items == ("popular", "for-you")


def test_for_a_program_it_is_a_mapping_a_resource() -> None:
    assert outcome_of(told_run()).made[3].to_dict() == {
        "resource": "datasetImportJob",
        "name": "movies-1",
        "arn": ARNS.personalize("dataset-import-job/movies-1"),
        "how": "created",
        "datasetType": "INTERACTIONS",
        "importMode": "FULL",
        "dataLocation": "s3://bucket/clicks.csv",
        "rows": 38527,
        "users": 610,
    }


@pytest.mark.parametrize(
    "output",
    [
        "",
        '"made"',
        '{"made"',
        '{"Payload": "made", "x": "made"}',
        '{"Payload": {"made": {"arn": 1, "how": [], "resource": null}, "metrics": 3}}',
        '{"Payload": {"made": {"arn": "a"}, "solutions": {"a": 1}, "metrics": {}}}',
        '{"Payload": {"made": {}, "solutions": [1]}}',
    ],
)
def test_answers_of_other_functions_are_passed_over(output: str) -> None:
    run = told_run()

    assert outcome_of(replace(run, spans=(replace(run.spans[0], output=output),), children={})) == RunOutcome()
