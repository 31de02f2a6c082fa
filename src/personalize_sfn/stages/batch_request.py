"""What both kinds of batch job are asked with."""

from __future__ import annotations

from typing import Any

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.recipes import RECIPES
from personalize_sfn.stages import states


def batch_request(config: Config, arns: Arns, key: str) -> dict[str, Any]:
    """The members that CreateBatchInferenceJob and CreateBatchSegmentJob share, as the function takes them.

    It adds a hash to the job's name, and the name to the output's folder; the version is the solution's newest that is
    ACTIVE, and ``filter`` stands for the newest ACTIVE filter of that name.
    """
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


def output_location(config: Config, arns: Arns, folder: str) -> dict[str, Any]:
    """Where Personalize writes, and by which key: a folder of :attr:`Config.output_prefix`."""
    made = location(config, arns, f"{config.output_prefix}{folder}")
    return made | states.literals(kmsKeyArn=config.key_of_output)


def location(config: Config, arns: Arns, key: str) -> dict[str, Any]:
    """S3DataConfig: https://docs.aws.amazon.com/personalize/latest/dg/API_S3DataConfig.html"""
    path = f"s3://{config.bucket_name(arns.region, arns.account_id)}/{key}"
    return states.literals(path=path, kmsKeyArn=config.bucket_kms_key_arn)
