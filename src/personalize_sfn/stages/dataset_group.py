"""The stage of a dataset group: what holds everything of one project."""

from __future__ import annotations

from personalize_sfn.config import Config
from personalize_sfn.resources import DATASET_GROUP
from personalize_sfn.sdk import Choice, LambdaStep, State, Wait
from personalize_sfn.stages import states
from personalize_sfn.stages.stage import Stage


def create_step(config: Config, *, role_arn: str | None = None) -> LambdaStep:
    """Create the group; ``role_arn`` is the role that may use the configured KMS key."""
    request = states.literals(name=config.dataset_group_name, domain=config.domain)
    if config.kms_key_arn is not None:
        request |= states.pairs(kmsKeyArn=config.kms_key_arn, roleArn=role_arn)
    return states.create_step(config, DATASET_GROUP, request)


def status_step(config: Config) -> LambdaStep:
    return states.status_step(config, DATASET_GROUP)


def wait_state() -> Wait:
    return states.wait_state(DATASET_GROUP)


def choice_state(*, active: State, pending: State) -> Choice:
    return states.choice_state(DATASET_GROUP, active=active, pending=pending)


def dataset_group(config: Config, *, role_arn: str | None = None) -> Stage:
    """The whole stage; it leaves ``$.datasetGroup.datasetGroupArn``."""
    return states.stage(config, DATASET_GROUP, create_step(config, role_arn=role_arn))
