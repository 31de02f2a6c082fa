"""Tests of ``schedule``: when a solution trains by itself: kept in the records as members that no API shows."""

from __future__ import annotations

import pytest

from fakes.automatic_training import DAY, HOUR, automatic, new_events, versions


@pytest.fixture
def group(aws):
    return aws.data()


def test_the_interval_is_the_solutions_own(aws, group):
    every_day = {"autoTrainingConfig": {"schedulingExpression": "rate(1 day)"}}
    solution = automatic(aws, group, solutionConfig=every_day)
    assert len(versions(aws, solution, ahead=2 * HOUR)) == 1
    new_events(aws, group, "second")
    assert len(versions(aws, solution, ahead=DAY + 2 * HOUR)) == 2


@pytest.mark.parametrize("expression", ["rate(0 days)", "rate(31 days)"])
def test_the_interval_is_one_to_thirty_days(aws, refused, expression):
    config = {"autoTrainingConfig": {"schedulingExpression": expression}}
    assert refused(aws.solution, group=aws.group(), solutionConfig=config) == (
        "InvalidInputException",
        f"schedulingExpression: expected rate(1 day) to rate(30 days), got {expression}",
    )
