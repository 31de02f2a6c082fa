"""The campaign follows its version and settings; recommendations come from it."""

from __future__ import annotations

import pytest

from fakes.virtual_personalize import ARNS
from personalize_sfn.errors import InvalidInputError, TransientError
from personalize_sfn.ownership import PROJECT_TAG

SOLUTION = ARNS.personalize("solution/movies-v2")
CAMPAIGN = ARNS.personalize("campaign/movies-for-you")


def event(version, **settings):
    request = {"name": "movies-for-you", "solutionVersionArn": version, "minProvisionedTPS": 1, **settings}
    return {
        "request": request,
        "tags": {PROJECT_TAG: "movies"},
        "adopt": False,
        "startedAt": "2026-01-01T00:00:00.000Z",
    }


@pytest.fixture
def versions(personalize):
    made = []
    for name in ("one", "two"):
        personalize.clock.advance(1)
        made.append(personalize.create_solution_version(solutionArn=SOLUTION, name=name)["solutionVersionArn"])
    return made


def test_the_metrics_of_the_version_are_in_the_answer(call, versions):
    assert call("create_campaign", event(versions[0])) == {
        "campaignArn": CAMPAIGN,
        "updating": False,
        "since": "2026-01-01T00:00:02+00:00",
        "solutionVersionArn": versions[0],
        "metrics": {"precision_at_5": 0.04},
        "made": {
            "resource": "campaign",
            "arn": CAMPAIGN,
            "how": "created",
            "solutionVersionArn": versions[0],
            "minProvisionedTPS": 1,
        },
    }


def test_a_campaign_that_is_as_wanted_is_left_alone(call, versions, personalize):
    for _ in range(2):
        assert call("create_campaign", event(versions[0]))["updating"] is False
    assert "UpdateCampaign" not in personalize.names()


def test_another_version_updates_the_campaign(call, versions, personalize):
    call("create_campaign", event(versions[0]))
    updated = call("create_campaign", event(versions[1]))
    assert updated["updating"] is True
    assert (updated["made"]["how"], updated["made"]["previous"]) == ("updated", versions[0])
    assert personalize.calls[-1] == (
        "UpdateCampaign",
        {"campaignArn": CAMPAIGN, "solutionVersionArn": versions[1], "minProvisionedTPS": 1},
    )


def test_other_settings_update_the_campaign(call, versions):
    call("create_campaign", event(versions[0]))
    options = {"enableMetadataWithRecommendations": True}
    assert call("create_campaign", event(versions[0], campaignConfig=options))["updating"] is True


def test_settings_that_the_service_adds_update_nothing(call, versions, personalize):
    call("create_campaign", event(versions[0], campaignConfig={"itemExplorationConfig": {"explorationWeight": "0.3"}}))
    options = personalize.found[CAMPAIGN]["members"]["campaignConfig"]
    options["itemExplorationConfig"]["explorationItemAgeCutOff"] = "30"
    wanted = event(versions[0], campaignConfig={"itemExplorationConfig": {"explorationWeight": "0.3"}})
    assert call("create_campaign", wanted)["updating"] is False


def test_an_update_that_is_running_is_waited_for(call, versions, personalize):
    personalize.seconds["campaignUpdate"] = 300
    call("create_campaign", event(versions[0]))
    for _ in range(2):
        assert call("create_campaign", event(versions[1]))["updating"] is True
    assert personalize.names("UpdateCampaign") == ["UpdateCampaign"]


def test_another_update_comes_after_the_one_that_is_running(call, versions, personalize):
    personalize.seconds["campaignUpdate"] = 300
    call("create_campaign", event(versions[0]))
    call("create_campaign", event(versions[1]))
    with pytest.raises(TransientError, match="is being changed"):
        call("create_campaign", event(versions[0]))


def test_latest_means_the_newest_active_version(call, versions, personalize):
    personalize.failing["solutionVersion"] = "no luck"
    personalize.create_solution_version(solutionArn=SOLUTION, name="three")
    assert call("create_campaign", event(f"{SOLUTION}/$LATEST"))["solutionVersionArn"] == versions[1]


def test_latest_needs_an_active_version(call):
    with pytest.raises(InvalidInputError, match="solution movies-v2 has no ACTIVE version: run the solution workflow"):
        call("create_campaign", event(f"{SOLUTION}/$LATEST"))
