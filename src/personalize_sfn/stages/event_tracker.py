"""The stage of an event tracker: what takes live events.  A dataset group has one."""

from __future__ import annotations

from personalize_sfn.config import Config
from personalize_sfn.resources import DATASET_GROUP, EVENT_TRACKER
from personalize_sfn.sdk import Choice, LambdaStep, State, Wait
from personalize_sfn.stages import states
from personalize_sfn.stages.stage import Stage


def create_step(config: Config, *, dataset_group_arn: str = DATASET_GROUP.state_path) -> LambdaStep:
    """Create the tracker, or find that of the dataset group; its tracking id is in the answer."""
    request = states.pairs(name=config.name("events"), datasetGroupArn=dataset_group_arn)
    return states.create_step(config, EVENT_TRACKER, request)


def status_step(config: Config) -> LambdaStep:
    return states.status_step(config, EVENT_TRACKER)


def wait_state() -> Wait:
    return states.wait_state(EVENT_TRACKER)


def choice_state(*, active: State, pending: State) -> Choice:
    return states.choice_state(EVENT_TRACKER, active=active, pending=pending)


def event_tracker(config: Config, *, dataset_group_arn: str = DATASET_GROUP.state_path) -> Stage:
    """The whole stage; it leaves ``$.eventTracker.eventTrackerArn``."""
    return states.stage(config, EVENT_TRACKER, create_step(config, dataset_group_arn=dataset_group_arn))
