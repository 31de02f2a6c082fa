"""The stage of a filter: which items, users or actions may be answered."""

from __future__ import annotations

from typing import Any

from personalize_sfn.config import Config
from personalize_sfn.errors import ConfigError
from personalize_sfn.resources import DATASET_GROUP, FILTER
from personalize_sfn.sdk import Choice, LambdaStep, State, Wait
from personalize_sfn.stages import states
from personalize_sfn.stages.stage import Stage


def create_step(config: Config, key: str, *, dataset_group_arn: str = DATASET_GROUP.state_path) -> LambdaStep:
    """Create the filter, or find it.

    Its name ends in a hash of its expression, in which ``{now-30d}`` is the start of a day by then: a filter cannot be
    changed.

    Args:
        key: of ``config.filters``.
        dataset_group_arn: a JSONPath, or the ARN.

    Raises:
        ConfigError: there is no filter of that key.
    """
    made = request(config, key) | states.pairs(datasetGroupArn=dataset_group_arn)
    return states.create_step(config, FILTER, made, label=key)


def request(config: Config, key: str) -> dict[str, Any]:
    """What the function gets, but for the dataset group; it adds the hash to the name."""
    if key not in config.filters:
        raise ConfigError("filters", f"has no {key!r}, only {', '.join(config.filters) or 'none'}")
    return {"name": config.name(key), "filterExpression": config.filters[key]}


def status_step(config: Config, key: str) -> LambdaStep:
    return states.status_step(config, FILTER, key)


def wait_state(key: str) -> Wait:
    return states.wait_state(FILTER, key)


def choice_state(key: str, *, active: State, pending: State) -> Choice:
    return states.choice_state(FILTER, active=active, pending=pending, label=key)


def filter(config: Config, key: str, *, dataset_group_arn: str = DATASET_GROUP.state_path) -> Stage:  # noqa: A001
    """The whole stage; of the key ``unseen`` it leaves ``$.unseenFilter.filterArn``."""
    return states.stage(config, FILTER, create_step(config, key, dataset_group_arn=dataset_group_arn), key)


def filter_from(config: Config, request: str) -> Stage:
    """The whole stage, for the request that the JSONPath or intrinsic function ``request`` gives."""
    return states.stage(config, FILTER, states.create_step(config, FILTER, request))
