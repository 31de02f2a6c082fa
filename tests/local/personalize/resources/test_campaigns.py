"""Campaigns: what may be deployed, with which configuration; $LATEST and updates."""

from __future__ import annotations

import pytest

V1, V2 = "aws-user-personalization", "aws-user-personalization-v2"
POPULAR = "aws-popularity-count"


@pytest.fixture
def version(aws):
    return aws.trained(aws.data(), POPULAR)


def solution_of(version):
    return version.rpartition("/")[0]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            {"syncWithLatestSolutionVersion": True},
            "syncWithLatestSolutionVersion needs a solutionVersionArn that ends in /$LATEST",
        ),
        (
            {"rankingInfluence": {"POPULARITY": 0.5}},
            f"rankingInfluence does not go with the recipe {POPULAR}, only with aws-semantic-similarity",
        ),
        (
            {"itemExplorationConfig": {"explorationWeight": "0.3"}},
            f"itemExplorationConfig does not go with the recipe {POPULAR}",
        ),
    ],
)
def test_configurations_that_do_not_go_are_refused(aws, refused, version, config, message):
    assert refused(aws.campaign, version=version, campaignConfig=config) == ("InvalidInputException", message)


def test_influences_are_named_and_between_zero_and_one(aws, refused, version):
    for influence, constraint in (
        ({"POPULARITY": 1.5}, "Member must have value less than or equal to 1"),
        ({"AGE": 0.5}, "Member must satisfy enum value set: [POPULARITY, FRESHNESS]"),
    ):
        code, message = refused(aws.campaign, version=version, campaignConfig={"rankingInfluence": influence})
        assert code == "InvalidInputException"
        assert constraint in message


@pytest.mark.parametrize(
    ("exploration", "message"),
    [
        ({"explorationWeight": "1.1"}, "explorationWeight: expected a number from 0 to 1, got '1.1'"),
        ({"explorationWeight": "much"}, "explorationWeight: expected a number from 0 to 1, got 'much'"),
        (
            {"explorationItemAgeCutOff": "0.5"},
            "explorationItemAgeCutOff: expected a number of at least 1, got '0.5'",
        ),
        (
            {"explorationDepth": "1"},
            "itemExplorationConfig: expected explorationWeight or explorationItemAgeCutOff, got explorationDepth",
        ),
    ],
)
def test_exploration_has_two_settings(aws, refused, exploration, message):
    version = aws.trained(aws.data(), V1)
    config = {"itemExplorationConfig": exploration}
    assert refused(aws.campaign, version=version, campaignConfig=config) == ("InvalidInputException", message)


def test_metadata_in_recommendations_can_be_enabled(aws, version):
    config = {"enableMetadataWithRecommendations": True}
    campaign = aws.campaign(version, campaignConfig=config)
    assert aws.describe("campaign", campaign)["campaignConfig"] == config


def test_a_version_that_was_stopped_or_failed_cannot_be_deployed(aws, refused, version):
    aws.service.faults.fail("solution_version", reason="x")
    failed = aws.version(solution_of(version))
    aws.settled("solution_version", failed)
    assert refused(aws.campaign, version=failed) == (
        "ResourceInUseException",
        f"The given solution version is not ACTIVE, its status is CREATE FAILED: {failed}",
    )


def test_describing_an_unknown_campaign_says_which(aws, refused):
    arn = "arn:aws:personalize:us-east-1:123456789012:campaign/none"
    assert refused(aws.personalize.describe_campaign, campaignArn=arn) == (
        "ResourceNotFoundException",
        f"The given campaign does not exist: {arn}",
    )


def test_a_campaign_that_failed_can_be_updated_to_serve(aws, version):
    aws.service.faults.fail("campaign", reason="no capacity")
    campaign = aws.campaign(version)
    failed = aws.settled("campaign", campaign)
    assert (failed["status"], failed["failureReason"]) == ("CREATE FAILED", "no capacity")
    aws.personalize.update_campaign(campaignArn=campaign, minProvisionedTPS=1)
    described = aws.describe("campaign", campaign)
    assert described["status"] == "ACTIVE"
    assert "failureReason" not in described
    assert aws.runtime.get_recommendations(campaignArn=campaign, userId="u1")["itemList"]


def test_an_update_to_latest_takes_the_newest_version(aws, version):
    campaign = aws.campaign(version)
    newer = aws.version(solution_of(version))
    aws.settled("solution_version", newer)
    aws.personalize.update_campaign(campaignArn=campaign, solutionVersionArn=f"{solution_of(version)}/$LATEST")
    assert aws.describe("campaign", campaign)["solutionVersionArn"] == newer


def test_a_campaign_that_follows_is_not_tied_to_a_version(aws, refused, version):
    following = {"syncWithLatestSolutionVersion": True}
    campaign = aws.campaign(f"{solution_of(version)}/$LATEST", campaignConfig=following)
    update = aws.personalize.update_campaign
    message = "syncWithLatestSolutionVersion needs a solutionVersionArn that ends in /$LATEST"
    assert refused(update, campaignArn=campaign, solutionVersionArn=version) == ("InvalidInputException", message)
    update(campaignArn=campaign, solutionVersionArn=version, campaignConfig={})
    newer = aws.version(solution_of(version))
    aws.settled("solution_version", newer)
    assert aws.describe("campaign", campaign)["solutionVersionArn"] == version


def test_following_can_be_turned_on_later(aws, refused, version):
    campaign = aws.campaign(version)
    following = {"syncWithLatestSolutionVersion": True}
    update = aws.personalize.update_campaign
    assert refused(update, campaignArn=campaign, campaignConfig=following)[0] == "InvalidInputException"
    update(campaignArn=campaign, solutionVersionArn=f"{solution_of(version)}/$LATEST", campaignConfig=following)
    newer = aws.version(solution_of(version))
    aws.settled("solution_version", newer)
    assert aws.describe("campaign", campaign)["solutionVersionArn"] == newer


def test_an_update_version_is_not_followed(aws):
    version = aws.trained(aws.data(), V1)
    campaign = aws.campaign(f"{solution_of(version)}/$LATEST", campaignConfig={"syncWithLatestSolutionVersion": True})
    aws.settled("solution_version", aws.version(solution_of(version), trainingMode="UPDATE"))
    assert aws.describe("campaign", campaign)["solutionVersionArn"] == version
