"""The stage of a campaign: a trained version that answers requests, billed by the hour until it is deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personalize_sfn.config import Config
from personalize_sfn.resources import CAMPAIGN, SOLUTION_VERSION
from personalize_sfn.sdk import Choice, LambdaStep, State, Wait
from personalize_sfn.stages import states
from personalize_sfn.stages.stage import Stage


def create_step(
    config: Config, key: str = "", *, solution_version_arn: str = SOLUTION_VERSION.state_path
) -> LambdaStep:
    """Get the version's metrics; create the campaign, or update it to the version.

    Args:
        key: of the solution in ``config.solutions``; by default the first that has a campaign.
        solution_version_arn: a JSONPath, or the ARN; may end in ``/$LATEST`` in place of the version: the newest that
            is ACTIVE.

    Raises:
        ConfigError: the solution has no campaign.
    """
    made = request(config, key or next(iter(config.campaigns), next(iter(config.solutions))))
    return _create(config, made | states.pairs(solutionVersionArn=solution_version_arn))


def request(config: Config, key: str) -> dict[str, Any]:
    """CreateCampaign's members, but for the solution version."""
    name, settings = config.campaign_name(key), config.campaigns[key]
    exploration = exploration_request(settings.exploration_weight, settings.exploration_item_age_cut_off_days)
    options: dict[str, Any] = {"itemExplorationConfig": exploration} if exploration else {}
    # Said even when off: an update leaves alone what it does not name.
    options["enableMetadataWithRecommendations"] = settings.enable_metadata
    return {"name": name, "minProvisionedTPS": settings.min_provisioned_tps, "campaignConfig": options}


def exploration_request(weight: float | None, age_cut_off_days: int | None) -> dict[str, str]:
    """``itemExplorationConfig``: Personalize takes its numbers as texts."""
    texts = {"explorationWeight": weight, "explorationItemAgeCutOff": age_cut_off_days}
    return {name: str(value) for name, value in texts.items() if value is not None}


def _create(config: Config, request: Mapping[str, Any] | str) -> LambdaStep:
    return states.create_step(config, CAMPAIGN, request, keep=("solutionVersionArn", "metrics"))


def status_step(config: Config) -> LambdaStep:
    return states.status_step(config, CAMPAIGN)


def wait_state() -> Wait:
    return states.wait_state(CAMPAIGN)


def choice_state(*, active: State, pending: State) -> Choice:
    return states.choice_state(CAMPAIGN, active=active, pending=pending)


def campaign(config: Config, key: str = "", *, solution_version_arn: str = SOLUTION_VERSION.state_path) -> Stage:
    """The whole stage of the campaign of that solution, by default the first that has one.

    It leaves ``$.campaign.campaignArn``, ``.solutionVersionArn`` and ``.metrics``.
    """
    create = create_step(config, key, solution_version_arn=solution_version_arn)
    return states.stage(config, CAMPAIGN, create)


def campaign_from(config: Config, request: str) -> Stage:
    """The whole stage, for the request that the JSONPath or intrinsic function ``request`` gives."""
    return states.stage(config, CAMPAIGN, _create(config, request))
