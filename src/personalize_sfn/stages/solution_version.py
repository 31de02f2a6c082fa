"""The stage of a solution version: the training."""

from __future__ import annotations

from personalize_sfn.config import Config
from personalize_sfn.resources import SOLUTION, SOLUTION_VERSION
from personalize_sfn.sdk import Choice, LambdaStep, State, Wait
from personalize_sfn.stages import states
from personalize_sfn.stages.stage import Stage


def create_step(
    config: Config,
    *,
    solution_arn: str = SOLUTION.state_path,
    train: str = "auto",
    root_execution: str = "$$.Execution.Id",
) -> LambdaStep:
    """Train, or reuse.

    Args:
        solution_arn: what to train.
        train: ``auto`` trains only if data was imported since the latest good version; ``always`` trains; ``update``
            adds what is new to the latest good version, where the recipe can.
        root_execution: what the version's name comes from, so that a lost answer does not train twice.
    """
    return states.create_step(
        config,
        SOLUTION_VERSION,
        states.pairs(solutionArn=solution_arn, trainingMode="FULL"),
        **states.pairs(train=train, rootExecution=root_execution),
    )


def status_step(config: Config) -> LambdaStep:
    return states.status_step(config, SOLUTION_VERSION)


def wait_state() -> Wait:
    return states.wait_state(SOLUTION_VERSION)


def choice_state(*, active: State, pending: State) -> Choice:
    return states.choice_state(SOLUTION_VERSION, active=active, pending=pending)


def solution_version(
    config: Config,
    *,
    solution_arn: str = SOLUTION.state_path,
    train: str = "auto",
    root_execution: str = "$$.Execution.Id",
) -> Stage:
    """The whole stage; it leaves ``$.solutionVersion.solutionVersionArn``."""
    create = create_step(config, solution_arn=solution_arn, train=train, root_execution=root_execution)
    return states.stage(config, SOLUTION_VERSION, create)
