"""The stage of a campaign: a trained version that answers requests, billed by the hour until it is deleted."""

from __future__ import annotations

from typing import Any

from personalize_sfn.config import Config
from personalize_sfn.resources import CAMPAIGN, SOLUTION_VERSION
from personalize_sfn.sdk import Choice, LambdaStep, State, Wait
from personalize_sfn.stages import states
from personalize_sfn.stages.stage import Stage


def create_step(config: Config, *, solution_version_arn: str = SOLUTION_VERSION.state_path) -> LambdaStep:
    """Get the version's metrics; create the campaign, or update it to the version.

    ``solution_version_arn`` may end in ``/$LATEST`` in place of the version: the newest that is ACTIVE.
    """
    settings = config.campaign
    age = settings.exploration_item_age_cut_off_days
    exploration = states.pairs(
        explorationWeight=None if settings.exploration_weight is None else str(settings.exploration_weight),
        explorationItemAgeCutOff=None if age is None else str(age),
    )
    options: dict[str, Any] = {"itemExplorationConfig": exploration} if exploration else {}
    # Said even when off: an update leaves alone what it does not name.
    options["enableMetadataWithRecommendations"] = settings.enable_metadata
    request = states.pairs(
        name=config.campaign_name,
        solutionVersionArn=solution_version_arn,
        minProvisionedTPS=settings.min_provisioned_tps,
        campaignConfig=options,
    )
    return states.create_step(config, CAMPAIGN, request, keep=("solutionVersionArn", "metrics"))


def status_step(config: Config) -> LambdaStep:
    return states.status_step(config, CAMPAIGN)


def wait_state() -> Wait:
    return states.wait_state(CAMPAIGN)


def choice_state(*, active: State, pending: State) -> Choice:
    return states.choice_state(CAMPAIGN, active=active, pending=pending)


def campaign(config: Config, *, solution_version_arn: str = SOLUTION_VERSION.state_path) -> Stage:
    """The whole stage; it leaves ``$.campaign.campaignArn``, ``.solutionVersionArn`` and ``.metrics``."""
    create = create_step(config, solution_version_arn=solution_version_arn)
    return states.stage(config, CAMPAIGN, create)
