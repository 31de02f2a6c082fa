"""The stage of a batch inference job: recommendations for the users or items of files in S3."""

from __future__ import annotations

from typing import Any

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.resources import BATCH_INFERENCE_JOB, SOLUTION_VERSION
from personalize_sfn.sdk import Choice, LambdaStep, State, Wait, in_partition
from personalize_sfn.stages import states
from personalize_sfn.stages.batch_request import batch_request, create_batch
from personalize_sfn.stages.campaign import exploration_request
from personalize_sfn.stages.stage import Stage


def create_step(
    config: Config,
    arns: Arns,
    key: str,
    *,
    solution_version_arn: str = SOLUTION_VERSION.state_path,
    again: bool | str = False,
) -> LambdaStep:
    """Create the job, or find the one that did the same: same input, version and settings.

    Args:
        key: of ``config.batch``.
        solution_version_arn: a JSONPath, or the ARN; may end in ``/$LATEST`` in place of the version: the newest that
            is ACTIVE.
        again: whether each execution has a job of its own, or a JSONPath to that.

    Raises:
        ConfigError: there is no batch of that key, or it is of the other kind.
    """
    made = request(config, arns, key) | states.pairs(solutionVersionArn=solution_version_arn)
    return in_partition(create_batch(config, BATCH_INFERENCE_JOB, made, again=again), arns.partition)


def request(config: Config, arns: Arns, key: str) -> dict[str, Any]:
    """What the function gets, for the newest ACTIVE version of the solution."""
    made = batch_request(config, arns, key, BATCH_INFERENCE_JOB)
    settings = config.batch[key]
    exploration = exploration_request(settings.exploration_weight, settings.exploration_item_age_cut_off_days)
    return made | ({"batchInferenceJobConfig": {"itemExplorationConfig": exploration}} if exploration else {})


def status_step(config: Config) -> LambdaStep:
    return states.status_step(config, BATCH_INFERENCE_JOB)


def wait_state() -> Wait:
    return states.wait_state(BATCH_INFERENCE_JOB)


def choice_state(*, active: State, pending: State) -> Choice:
    return states.choice_state(BATCH_INFERENCE_JOB, active=active, pending=pending)


def batch_inference_job(
    config: Config,
    arns: Arns,
    key: str,
    *,
    solution_version_arn: str = SOLUTION_VERSION.state_path,
    again: bool | str = False,
) -> Stage:
    """The whole stage; it leaves ``$.batchInferenceJob.batchInferenceJobArn``, ``.outputLocation`` and
    ``.solutionVersionArn``.
    """
    create = create_step(config, arns, key, solution_version_arn=solution_version_arn, again=again)
    return in_partition(states.stage(config, BATCH_INFERENCE_JOB, create), arns.partition)


def batch_inference_job_from(config: Config, request: str, *, again: bool | str = False) -> Stage:
    """The whole stage, for the request that the JSONPath or intrinsic function ``request`` gives."""
    return states.stage(config, BATCH_INFERENCE_JOB, create_batch(config, BATCH_INFERENCE_JOB, request, again=again))
