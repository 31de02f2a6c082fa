"""Tests of ``campaigns``: campaigns: they serve a solution version; CreateCampaign and UpdateCampaign."""

from __future__ import annotations


def test_a_campaign_needs_an_active_version(aws, refused):
    aws.service.durations.set("solution_version", 3600)
    version = aws.version(aws.solution(aws.data()))
    code, message = refused(aws.campaign, version=version)
    assert code == "ResourceInUseException"
    assert message == f"The given solution version is not ACTIVE, its status is CREATE PENDING: {version}"


def test_a_campaign_of_a_bare_solution_is_not_found(aws, refused):
    solution = aws.solution(aws.group())
    assert refused(aws.campaign, version=solution) == (
        "ResourceNotFoundException",
        f"The given solution version does not exist: {solution}",
    )


def test_latest_means_the_newest_active_version(aws, refused):
    solution = aws.solution(aws.data())
    code, message = refused(aws.campaign, version=f"{solution}/$LATEST")
    assert (code, message) == (
        "ResourceNotFoundException",
        f"The given solution has no ACTIVE solution version: {solution}",
    )
    aws.settled("solution_version", aws.version(solution, name="old"))
    newest = aws.version(solution, name="new")
    aws.settled("solution_version", newest)
    aws.service.faults.fail("solution_version", reason="x")
    aws.settled("solution_version", aws.version(solution, name="failed"))
    campaign = aws.describe("campaign", aws.campaign(f"{solution}/$LATEST"))
    assert campaign["solutionVersionArn"] == newest


def test_a_campaign_shows_one_request_a_second_and_no_update(aws):
    campaign = aws.settled("campaign", aws.campaign(aws.trained(aws.data())))
    assert campaign["minProvisionedTPS"] == 1
    assert campaign["status"] == "ACTIVE"
    assert "latestCampaignUpdate" not in campaign


def test_an_update_that_changes_nothing_is_refused(aws, refused):
    campaign = aws.campaign(version := aws.trained(aws.data()))
    for same in ({}, {"minProvisionedTPS": 1}, {"solutionVersionArn": version}):
        assert refused(aws.personalize.update_campaign, campaignArn=campaign, **same) == (
            "InvalidInputException",
            f"The update changes nothing of the given campaign: {campaign}",
        )


def test_the_old_version_serves_until_the_update_is_active(aws, refused):
    solution = aws.solution(aws.data())
    old, new = aws.version(solution, name="old"), aws.version(solution, name="new")
    aws.settled("solution_version", old)
    aws.settled("solution_version", new)
    campaign = aws.campaign(old)
    aws.service.durations.set("campaign", 1000)
    aws.personalize.update_campaign(campaignArn=campaign, solutionVersionArn=new, minProvisionedTPS=2)

    during = aws.describe("campaign", campaign)
    assert (during["status"], during["solutionVersionArn"], during["minProvisionedTPS"]) == ("ACTIVE", old, 1)
    assert during["latestCampaignUpdate"]["status"] == "CREATE PENDING"
    assert during["latestCampaignUpdate"]["solutionVersionArn"] == new
    assert aws.runtime.get_recommendations(campaignArn=campaign, userId="u0")["itemList"]
    code, message = refused(aws.personalize.update_campaign, campaignArn=campaign, minProvisionedTPS=3)
    assert code == "ResourceInUseException"
    assert "the update is CREATE PENDING" in message
    assert refused(aws.personalize.delete_campaign, campaignArn=campaign)[0] == "ResourceInUseException"

    aws.environment.ahead = 1100
    after = aws.describe("campaign", campaign)
    assert (after["solutionVersionArn"], after["minProvisionedTPS"]) == (new, 2)
    assert after["latestCampaignUpdate"]["status"] == "ACTIVE"
    assert after["lastUpdatedDateTime"] == after["latestCampaignUpdate"]["lastUpdatedDateTime"]


def test_a_failed_update_leaves_the_campaign_as_it_was(aws):
    campaign = aws.campaign(aws.trained(aws.data()))
    aws.service.faults.fail("campaign", reason="no capacity")
    aws.personalize.update_campaign(campaignArn=campaign, minProvisionedTPS=2)
    described = aws.describe("campaign", campaign)
    assert (described["status"], described["minProvisionedTPS"]) == ("ACTIVE", 1)
    assert described["latestCampaignUpdate"]["status"] == "CREATE FAILED"
    assert described["latestCampaignUpdate"]["failureReason"] == "no capacity"


def test_exploration_goes_with_one_recipe(aws, refused):
    group, config = aws.data(), {"itemExplorationConfig": {"explorationWeight": "0.5"}}
    code, message = refused(aws.campaign, version=aws.trained(group), campaignConfig=config)
    assert (code, message) == (
        "InvalidInputException",
        "itemExplorationConfig does not go with the recipe aws-user-personalization-v2",
    )
    version = aws.trained(group, "aws-user-personalization")
    wrong = {"itemExplorationConfig": {"explorationWeight": "2"}}
    assert refused(aws.campaign, version=version, campaignConfig=wrong)[1] == (
        "explorationWeight: expected a number from 0 to 1, got '2'"
    )
    assert aws.describe("campaign", aws.campaign(version, campaignConfig=config))["campaignConfig"] == config


def test_a_group_has_five_campaigns(aws, refused):
    version = aws.trained(aws.data())
    for number in range(5):
        aws.campaign(version, f"campaign-{number}")
    assert refused(aws.campaign, version=version, name="one-more") == (
        "LimitExceededException",
        "More than 5 resources in ACTIVE state. Please delete some and try again.",
    )
