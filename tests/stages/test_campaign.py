"""The stage of a campaign."""

from __future__ import annotations

from fakes.solutions import served
from personalize_sfn.config import CampaignConfig, Config
from personalize_sfn.stages import campaign

CONFIG = Config(project="movies")


def payload_of(config: Config, **where: str) -> dict:
    return campaign.create_step(config, **where).to_dict()["Parameters"]["Payload"]


def test_it_deploys_the_version_that_was_trained_before_it():
    request = payload_of(CONFIG)["request"]
    assert request["name"] == CONFIG.campaign_name("for-you")
    assert request["solutionVersionArn.$"] == "$.solutionVersion.solutionVersionArn"


def test_metadata_is_said_even_when_off_because_an_update_leaves_alone_what_it_does_not_name():
    assert payload_of(CONFIG)["request"]["campaignConfig"] == {"enableMetadataWithRecommendations": False}


def test_exploration_is_sent_as_text_as_personalize_takes_it():
    settings = CampaignConfig(exploration_weight=0.3, exploration_item_age_cut_off_days=30)
    config = Config(project="movies", solutions=served("aws-user-personalization", campaign=settings))
    options = payload_of(config)["request"]["campaignConfig"]
    assert options["itemExplorationConfig"] == {"explorationWeight": "0.3", "explorationItemAgeCutOff": "30"}


def test_its_answer_keeps_the_version_and_the_metrics():
    selected = campaign.create_step(CONFIG).to_dict()["ResultSelector"]
    assert {"campaignArn.$", "solutionVersionArn.$", "metrics.$"} <= set(selected)
