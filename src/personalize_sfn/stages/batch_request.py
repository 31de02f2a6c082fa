"""What both kinds of batch job share, and where Personalize reads and writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.errors import ConfigError
from personalize_sfn.recipes import RECIPES
from personalize_sfn.resources import ResourceType
from personalize_sfn.sdk import LambdaStep
from personalize_sfn.stages import states


def batch_request(config: Config, arns: Arns, key: str, row: ResourceType) -> dict[str, Any]:
    """The members that CreateBatchInferenceJob and CreateBatchSegmentJob share, as the function takes them.

    It adds a hash to the job's name, and the name to the output's folder; the version is the solution's newest that is
    ACTIVE, and ``filter`` stands for the newest ACTIVE filter of that name.

    Raises:
        ConfigError: there is no batch of that key, or it is not of the kind ``row``.
    """
    if (wanted := config.batch_row(key)) is not row:
        raise ConfigError(f"batch.{key}", f"is a {wanted.words}: stages.{wanted.snake} makes it")
    settings = config.batch[key]
    is_ranking = RECIPES[config.solution(settings.solution).recipe].answers == "ranking"
    group = arns.personalize(f"dataset-group/{config.dataset_group_name}")
    chosen = None if settings.filter is None else {"name": config.name(settings.filter), "datasetGroupArn": group}
    return states.literals(
        jobName=config.name(key),
        solutionVersionArn=arns.personalize(f"solution/{config.solution_name(settings.solution)}/$LATEST"),
        filter=chosen,
        numResults=None if is_ranking else settings.num_results,
        jobInput={"s3DataSource": location(config, arns, settings.input)},
        jobOutput={"s3DataDestination": output_location(config, arns, f"batch/{key}/")},
        roleArn=states.personalize_role(config, arns),
    )


def create_batch(
    config: Config, row: ResourceType, request: Mapping[str, Any] | str, *, again: bool | str
) -> LambdaStep:
    """The step that creates the job, or finds the one that did the same; ``again``: each execution has its own."""
    more = states.pairs(again=again, rootExecution="$$.Execution.Id")
    return states.create_step(config, row, request, keep=("outputLocation", "solutionVersionArn"), **more)


def output_location(config: Config, arns: Arns, folder: str) -> dict[str, Any]:
    """Where Personalize writes, and by which key: a folder of :attr:`Config.output_prefix`."""
    made = location(config, arns, f"{config.output_prefix}{folder}")
    return made | states.literals(kmsKeyArn=config.key_of_output)


def location(config: Config, arns: Arns, key: str) -> dict[str, Any]:
    """S3DataConfig: https://docs.aws.amazon.com/personalize/latest/dg/API_S3DataConfig.html"""
    path = f"s3://{config.bucket_name(arns.region, arns.account_id)}/{key}"
    return states.literals(path=path, kmsKeyArn=config.bucket_kms_key_arn)
