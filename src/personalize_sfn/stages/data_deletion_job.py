"""The stage of a data deletion job: users who ask to be forgotten go from every dataset."""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.resources import DATA_DELETION_JOB
from personalize_sfn.sdk import Choice, LambdaStep, State, Wait, in_partition
from personalize_sfn.stages import states
from personalize_sfn.stages.stage import Stage


def create_step(
    config: Config, arns: Arns, *, data_location: str = "$.list", root_execution: str = "$$.Execution.Id"
) -> LambdaStep:
    """Create the job, or find the one that this execution made.

    https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDataDeletionJob.html

    Args:
        data_location: ``s3://bucket/key`` of a CSV with the one column USER_ID, or a JSONPath to that; 100 MB at most.
        root_execution: what has a job of its own, or a JSONPath or intrinsic function that gives it.
    """
    request = states.pairs(
        datasetGroupArn=arns.personalize(f"dataset-group/{config.dataset_group_name}"),
        roleArn=states.personalize_role(config, arns),
    ) | {"dataSource": states.pairs(dataLocation=data_location)}
    more = states.pairs(namePrefix=config.name("forget")) | {"rootExecution.$": root_execution}
    create = states.create_step(config, DATA_DELETION_JOB, request, **more)
    return in_partition(create, arns.partition)


def status_step(config: Config) -> LambdaStep:
    return states.status_step(config, DATA_DELETION_JOB)


def wait_state() -> Wait:
    return states.wait_state(DATA_DELETION_JOB)


def choice_state(*, active: State, pending: State) -> Choice:
    return states.choice_state(DATA_DELETION_JOB, active=active, pending=pending)


def data_deletion_job(
    config: Config, arns: Arns, *, data_location: str = "$.list", root_execution: str = "$$.Execution.Id"
) -> Stage:
    """The whole stage; it leaves ``$.dataDeletionJob.dataDeletionJobArn``.

    It does not look for what runs beside it: the workflow ``forget`` does.
    """
    create = create_step(config, arns, data_location=data_location, root_execution=root_execution)
    return in_partition(states.stage(config, DATA_DELETION_JOB, create), arns.partition)
