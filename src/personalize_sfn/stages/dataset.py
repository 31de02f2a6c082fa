"""The stage of a dataset: an empty table of one type, bound to its schema."""

from __future__ import annotations

from personalize_sfn.config import Config
from personalize_sfn.config_datasets import DatasetType
from personalize_sfn.resources import DATASET, DATASET_GROUP, SCHEMA
from personalize_sfn.sdk import Choice, LambdaStep, State, Wait
from personalize_sfn.stages import states
from personalize_sfn.stages.stage import Stage


def create_step(
    config: Config,
    kind: DatasetType = "INTERACTIONS",
    *,
    dataset_group_arn: str = DATASET_GROUP.state_path,
    schema_arn: str = SCHEMA.state_path,
) -> LambdaStep:
    request = states.pairs(
        name=config.dataset_name(kind), datasetType=kind, datasetGroupArn=dataset_group_arn, schemaArn=schema_arn
    )
    return states.create_step(config, DATASET, request, label=kind)


def status_step(config: Config, kind: DatasetType = "INTERACTIONS") -> LambdaStep:
    return states.status_step(config, DATASET, kind)


def wait_state(kind: DatasetType = "INTERACTIONS") -> Wait:
    return states.wait_state(DATASET, kind)


def choice_state(kind: DatasetType = "INTERACTIONS", *, active: State, pending: State) -> Choice:
    return states.choice_state(DATASET, active=active, pending=pending, label=kind)


def dataset(
    config: Config,
    kind: DatasetType = "INTERACTIONS",
    *,
    dataset_group_arn: str = DATASET_GROUP.state_path,
    schema_arn: str = SCHEMA.state_path,
) -> Stage:
    """The whole stage; it leaves ``$.dataset.datasetArn``."""
    create = create_step(config, kind, dataset_group_arn=dataset_group_arn, schema_arn=schema_arn)
    return states.stage(config, DATASET, create, kind)
