"""Tests of ``campaigns``: campaigns: they serve a solution version; CreateCampaign and UpdateCampaign."""

from __future__ import annotations

import pytest

from fakes.automatic_training import DAY, HOUR, RECIPE, automatic, new_events, versions


@pytest.fixture
def group(aws):
    return aws.data()


def test_a_campaign_follows_the_newest_full_version(aws, group):
    solution = automatic(aws, group)
    (first,) = versions(aws, solution, ahead=2 * HOUR)
    campaign = aws.campaign(f"{solution}/$LATEST", campaignConfig={"syncWithLatestSolutionVersion": True})
    described = aws.describe("campaign", campaign)
    assert described["solutionVersionArn"] == first["solutionVersionArn"]
    assert described["campaignConfig"] == {"syncWithLatestSolutionVersion": True}
    assert "latestCampaignUpdate" not in described

    new_events(aws, group, "second")
    aws.service.durations.set("campaign", 600)
    _, second = versions(aws, solution, ahead=8 * DAY)
    during = aws.describe("campaign", campaign)
    assert during["solutionVersionArn"] == first["solutionVersionArn"]
    assert during["latestCampaignUpdate"]["solutionVersionArn"] == second["solutionVersionArn"]
    aws.environment.ahead = 8 * DAY + HOUR
    after = aws.describe("campaign", campaign)
    assert after["solutionVersionArn"] == second["solutionVersionArn"]
    assert after["latestCampaignUpdate"]["status"] == "ACTIVE"


def test_a_campaign_that_does_not_follow_keeps_its_version(aws, group):
    solution = aws.solution(group, RECIPE)
    old = aws.version(solution)
    aws.settled("solution_version", old)
    campaign = aws.campaign(f"{solution}/$LATEST")
    aws.settled("solution_version", aws.version(solution))
    assert aws.describe("campaign", campaign)["solutionVersionArn"] == old


def test_a_redeployment_that_failed_is_not_tried_again_with_the_same_version(aws, group):
    solution = aws.solution(group, RECIPE)
    old = aws.version(solution)
    aws.settled("solution_version", old)
    campaign = aws.campaign(f"{solution}/$LATEST", campaignConfig={"syncWithLatestSolutionVersion": True})
    aws.service.faults.fail("campaign", reason="no capacity")
    aws.settled("solution_version", aws.version(solution))
    for _ in range(2):
        described = aws.describe("campaign", campaign)
        assert described["solutionVersionArn"] == old
        assert described["latestCampaignUpdate"]["failureReason"] == "no capacity"
