"""Solutions that train by themselves, and campaigns that follow them, by a clock that the tests move."""

from __future__ import annotations

import pytest

from fakes.automatic_training import DAY, HOUR, RECIPE, automatic, new_events, versions


@pytest.fixture
def group(aws):
    return aws.data()


def test_the_first_training_begins_an_hour_after_the_solution_is_active(aws, group):
    solution = automatic(aws, group)
    assert versions(aws, solution, ahead=HOUR - 60) == []
    (version,) = versions(aws, solution, ahead=HOUR + 60)
    assert (version["trainingType"], version["trainingMode"], version["status"]) == ("AUTOMATIC", "AUTOTRAIN", "ACTIVE")
    created = aws.describe("solution", solution)["creationDateTime"]
    assert (version["creationDateTime"] - created).total_seconds() == pytest.approx(HOUR, abs=1)


def test_a_solution_that_is_not_to_train_by_itself_does_not(aws, group):
    solution = aws.solution(group, RECIPE, performAutoTraining=False)
    assert versions(aws, solution, ahead=30 * DAY) == []


def test_a_manual_version_in_the_first_hour_is_the_first(aws, group):
    solution = automatic(aws, group)
    manual = aws.version(solution)
    assert [version["trainingType"] for version in versions(aws, solution, ahead=2 * HOUR)] == ["MANUAL"]
    new_events(aws, group, "second")
    assert [version["solutionVersionArn"] for version in versions(aws, solution, ahead=7 * DAY - 60)] == [manual]
    types = [version["trainingType"] for version in versions(aws, solution, ahead=7 * DAY + 60)]
    assert types == ["MANUAL", "AUTOMATIC"]


def test_a_call_to_the_runtime_alone_moves_the_clock_too(aws, group):
    solution = automatic(aws, group)
    campaign = aws.campaign(aws.trained(group, "aws-sims"))
    aws.environment.ahead = 2 * HOUR
    aws.runtime.get_recommendations(campaignArn=campaign, itemId="i1")
    aws.environment.ahead = 0
    assert len(aws.personalize.list_solution_versions(solutionArn=solution)["solutionVersions"]) == 1


def test_an_automatic_training_without_enough_data_fails_as_a_manual_one_does(aws):
    (version,) = versions(aws, automatic(aws, aws.group()), ahead=2 * HOUR)
    assert (version["status"], version["failureReason"]) == (
        "CREATE FAILED",
        "Dataset has fewer than 1000 interactions",
    )


def test_automatic_training_can_be_turned_on_and_off(aws, group):
    solution = aws.solution(group, RECIPE)
    aws.environment.ahead = DAY
    aws.personalize.update_solution(solutionArn=solution, performAutoTraining=True)
    assert versions(aws, solution, ahead=DAY + HOUR - 60) == []
    assert len(versions(aws, solution, ahead=DAY + HOUR + 60)) == 1
    aws.personalize.update_solution(solutionArn=solution, performAutoTraining=False)
    new_events(aws, group, "second")
    assert len(versions(aws, solution, ahead=20 * DAY)) == 1


def test_an_update_of_the_interval_counts_from_the_last_training(aws, group):
    solution = automatic(aws, group)
    assert len(versions(aws, solution, ahead=2 * HOUR)) == 1
    new_events(aws, group, "second")
    two_days = {"autoTrainingConfig": {"schedulingExpression": "rate(2 days)"}}
    aws.personalize.update_solution(solutionArn=solution, solutionUpdateConfig=two_days)
    assert len(versions(aws, solution, ahead=2 * DAY)) == 1
    assert len(versions(aws, solution, ahead=2 * DAY + 2 * HOUR)) == 2
