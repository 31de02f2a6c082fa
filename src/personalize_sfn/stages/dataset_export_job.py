"""The stage of an export: the dataset's rows become CSV in S3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.config_datasets import DatasetType
from personalize_sfn.resources import DATASET_EXPORT_JOB
from personalize_sfn.sdk import Choice, LambdaStep, State, Wait, in_partition
from personalize_sfn.stages import states
from personalize_sfn.stages.batch_request import output_location
from personalize_sfn.stages.stage import Stage


def create_step(
    config: Config, arns: Arns, kind: DatasetType = "INTERACTIONS", *, ingestion_mode: str = "ALL"
) -> LambdaStep:
    """Export the rows that the dataset holds now: each execution does it anew, and a retry finds its job.

    Args:
        kind: which dataset.
        ingestion_mode: ``BULK``: what was imported; ``PUT``: what came one by one; ``ALL``: both; or a JSONPath.
    """
    made = request(config, arns, kind) | states.pairs(ingestionMode=ingestion_mode)
    return in_partition(_create(config, made, kind), arns.partition)


def request(config: Config, arns: Arns, kind: DatasetType) -> dict[str, Any]:
    """What the function gets, but for ``ingestionMode``; it adds a hash to the job's name, and the name to the folder
    of the output.
    """
    return {
        "jobName": config.dataset_name(kind),
        "datasetArn": arns.personalize(f"dataset/{config.dataset_group_name}/{kind}"),
        "jobOutput": {"s3DataDestination": output_location(config, arns, f"export/{kind.lower()}/")},
        "roleArn": states.personalize_role(config, arns),
    }


def _create(config: Config, request: Mapping[str, Any] | str, label: str | None = None) -> LambdaStep:
    more = states.pairs(again=True, rootExecution="$$.Execution.Id")
    return states.create_step(config, DATASET_EXPORT_JOB, request, label=label, keep=("outputLocation",), **more)


def status_step(config: Config, kind: DatasetType = "INTERACTIONS") -> LambdaStep:
    return states.status_step(config, DATASET_EXPORT_JOB, kind)


def wait_state(kind: DatasetType = "INTERACTIONS") -> Wait:
    return states.wait_state(DATASET_EXPORT_JOB, kind)


def choice_state(kind: DatasetType = "INTERACTIONS", *, active: State, pending: State) -> Choice:
    return states.choice_state(DATASET_EXPORT_JOB, active=active, pending=pending, label=kind)


def dataset_export_job(
    config: Config, arns: Arns, kind: DatasetType = "INTERACTIONS", *, ingestion_mode: str = "ALL"
) -> Stage:
    """The whole stage; of interactions it leaves ``$.interactionsDatasetExportJob.datasetExportJobArn`` and
    ``.outputLocation``.
    """
    create = create_step(config, arns, kind, ingestion_mode=ingestion_mode)
    return in_partition(states.stage(config, DATASET_EXPORT_JOB, create, kind), arns.partition)


def dataset_export_job_from(config: Config, request: str) -> Stage:
    """The whole stage, for the request that the JSONPath or intrinsic function ``request`` gives."""
    return states.stage(config, DATASET_EXPORT_JOB, _create(config, request))
