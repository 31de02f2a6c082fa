"""The stage of a metric attribution: what recommendations bring, in CloudWatch and S3.  A dataset group has one."""

from __future__ import annotations

from typing import Any

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.errors import ConfigError
from personalize_sfn.resources import DATASET_GROUP, METRIC_ATTRIBUTION
from personalize_sfn.sdk import Choice, LambdaStep, State, Wait
from personalize_sfn.stages import states
from personalize_sfn.stages.batch_request import output_location
from personalize_sfn.stages.stage import Stage


def create_step(config: Config, arns: Arns, *, dataset_group_arn: str = DATASET_GROUP.state_path) -> LambdaStep:
    """Create the attribution, or find it and add and remove metrics until it has those of the config.

    Raises:
        ConfigError: the config has no metric_attribution.
    """
    made = request(config, arns) | states.pairs(datasetGroupArn=dataset_group_arn)
    return states.create_step(config, METRIC_ATTRIBUTION, made)


def request(config: Config, arns: Arns) -> dict[str, Any]:
    """CreateMetricAttribution's members, but for the dataset group."""
    if config.metric_attribution is None:
        raise ConfigError("metric_attribution", "is missing: say which metrics")
    output: dict[str, Any] = {"roleArn": states.personalize_role(config, arns)}
    if config.metric_attribution.to_s3:
        output["s3DataDestination"] = output_location(config, arns, "attribution/")
    metrics = [
        {"metricName": name, "eventType": each.event, "expression": each.expression}
        for name, each in config.metric_attribution.metrics.items()
    ]
    return {"name": config.name("attribution"), "metrics": metrics, "metricsOutputConfig": output}


def status_step(config: Config) -> LambdaStep:
    return states.status_step(config, METRIC_ATTRIBUTION)


def wait_state() -> Wait:
    return states.wait_state(METRIC_ATTRIBUTION)


def choice_state(*, active: State, pending: State) -> Choice:
    return states.choice_state(METRIC_ATTRIBUTION, active=active, pending=pending)


def metric_attribution(config: Config, arns: Arns, *, dataset_group_arn: str = DATASET_GROUP.state_path) -> Stage:
    """The whole stage; it leaves ``$.metricAttribution.metricAttributionArn``."""
    create = create_step(config, arns, dataset_group_arn=dataset_group_arn)
    return states.stage(config, METRIC_ATTRIBUTION, create)
