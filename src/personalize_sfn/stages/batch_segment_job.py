"""The stage of a batch segment job: segments of users for the items or attributes of files in S3."""

from __future__ import annotations

from typing import Any

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.resources import BATCH_SEGMENT_JOB, SOLUTION_VERSION
from personalize_sfn.sdk import Choice, LambdaStep, State, Wait, in_partition
from personalize_sfn.stages import states
from personalize_sfn.stages.batch_request import batch_request, create_batch
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
    return in_partition(create_batch(config, BATCH_SEGMENT_JOB, made, again=again), arns.partition)


def request(config: Config, arns: Arns, key: str) -> dict[str, Any]:
    """What the function gets, for the newest ACTIVE version of the solution."""
    return batch_request(config, arns, key, BATCH_SEGMENT_JOB)


def status_step(config: Config) -> LambdaStep:
    return states.status_step(config, BATCH_SEGMENT_JOB)


def wait_state() -> Wait:
    return states.wait_state(BATCH_SEGMENT_JOB)


def choice_state(*, active: State, pending: State) -> Choice:
    return states.choice_state(BATCH_SEGMENT_JOB, active=active, pending=pending)


def batch_segment_job(
    config: Config,
    arns: Arns,
    key: str,
    *,
    solution_version_arn: str = SOLUTION_VERSION.state_path,
    again: bool | str = False,
) -> Stage:
    """The whole stage; it leaves ``$.batchSegmentJob.batchSegmentJobArn``, ``.outputLocation`` and
    ``.solutionVersionArn``.
    """
    create = create_step(config, arns, key, solution_version_arn=solution_version_arn, again=again)
    return in_partition(states.stage(config, BATCH_SEGMENT_JOB, create), arns.partition)


def batch_segment_job_from(config: Config, request: str, *, again: bool | str = False) -> Stage:
    """The whole stage, for the request that the JSONPath or intrinsic function ``request`` gives."""
    return states.stage(config, BATCH_SEGMENT_JOB, create_batch(config, BATCH_SEGMENT_JOB, request, again=again))
