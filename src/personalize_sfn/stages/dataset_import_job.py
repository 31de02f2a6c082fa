"""The stage of an import: the CSV in S3 becomes the dataset's rows."""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.config_datasets import DatasetType
from personalize_sfn.resources import DATASET, DATASET_IMPORT_JOB
from personalize_sfn.sdk import Choice, LambdaStep, State, Wait, in_partition
from personalize_sfn.stages import states
from personalize_sfn.stages.stage import Stage


def create_step(
    config: Config, arns: Arns, kind: DatasetType = "INTERACTIONS", *, dataset_arn: str = DATASET.state_path
) -> LambdaStep:
    """Import the configured key of the bucket; the function names the job after a hash of the data."""
    bucket = config.bucket_name(arns.region, arns.account_id)
    request = states.pairs(
        datasetArn=dataset_arn,
        dataSource={"dataLocation": f"s3://{bucket}/{config.data_key(kind)}"},
        importMode=config.datasets.by_type()[kind].import_mode,
        roleArn=states.personalize_role(config, arns),
    )
    create = states.create_step(
        config,
        DATASET_IMPORT_JOB,
        request,
        label=kind,
        namePrefix=config.dataset_name(kind),
    )
    return in_partition(create, arns.partition)


def status_step(config: Config, kind: DatasetType = "INTERACTIONS") -> LambdaStep:
    return states.status_step(config, DATASET_IMPORT_JOB, kind)


def wait_state(kind: DatasetType = "INTERACTIONS") -> Wait:
    return states.wait_state(DATASET_IMPORT_JOB, kind)


def choice_state(kind: DatasetType = "INTERACTIONS", *, active: State, pending: State) -> Choice:
    return states.choice_state(DATASET_IMPORT_JOB, active=active, pending=pending, label=kind)


def dataset_import_job(
    config: Config, arns: Arns, kind: DatasetType = "INTERACTIONS", *, dataset_arn: str = DATASET.state_path
) -> Stage:
    """The whole stage; it leaves ``$.datasetImportJob.datasetImportJobArn``."""
    create = create_step(config, arns, kind, dataset_arn=dataset_arn)
    return in_partition(states.stage(config, DATASET_IMPORT_JOB, create, kind), arns.partition)
