"""The stage of a recommender: a use case of a domain, trained and served in one, billed by the hour."""

from __future__ import annotations

from typing import Any

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.resources import DATASET_GROUP, RECOMMENDER
from personalize_sfn.sdk import Choice, LambdaStep, State, Wait, in_partition
from personalize_sfn.stages import states
from personalize_sfn.stages.stage import Stage


def create_step(
    config: Config, arns: Arns, key: str, *, dataset_group_arn: str = DATASET_GROUP.state_path
) -> LambdaStep:
    """Create the recommender, or find it and give it the settings that are wanted; Personalize trains it.

    Args:
        key: of ``config.recommenders``.
        dataset_group_arn: a JSONPath, or the ARN.

    Raises:
        ConfigError: there is no recommender of that key.
    """
    made = request(config, arns, key) | states.pairs(datasetGroupArn=dataset_group_arn)
    return in_partition(states.create_step(config, RECOMMENDER, made, label=key), arns.partition)


def request(config: Config, arns: Arns, key: str) -> dict[str, Any]:
    """CreateRecommender's members, but for the dataset group."""
    name, settings = config.recommender_name(key), config.recommenders[key]
    return {
        "name": name,
        "recipeArn": arns.recipe(settings.recipe),
        "recommenderConfig": {
            "minRecommendationRequestsPerSecond": settings.min_rps,
            # Said even when off: an update leaves alone what it does not name.
            "enableMetadataWithRecommendations": settings.enable_metadata,
        },
    }


def status_step(config: Config, key: str) -> LambdaStep:
    return states.status_step(config, RECOMMENDER, key)


def wait_state(key: str) -> Wait:
    return states.wait_state(RECOMMENDER, key)


def choice_state(key: str, *, active: State, pending: State) -> Choice:
    return states.choice_state(RECOMMENDER, active=active, pending=pending, label=key)


def recommender(config: Config, arns: Arns, key: str, *, dataset_group_arn: str = DATASET_GROUP.state_path) -> Stage:
    """The whole stage; of the key ``picks`` it leaves ``$.picksRecommender.recommenderArn``."""
    create = create_step(config, arns, key, dataset_group_arn=dataset_group_arn)
    return in_partition(states.stage(config, RECOMMENDER, create, key), arns.partition)


def recommender_from(config: Config, request: str) -> Stage:
    """The whole stage, for the request that the JSONPath or intrinsic function ``request`` gives."""
    return states.stage(config, RECOMMENDER, states.create_step(config, RECOMMENDER, request))
