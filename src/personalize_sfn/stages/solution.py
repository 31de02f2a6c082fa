"""The stage of a solution: a recipe with its settings, not trained yet."""

from __future__ import annotations

from typing import Any

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config, SolutionConfig
from personalize_sfn.recipes import RECIPES
from personalize_sfn.resources import DATASET_GROUP, SOLUTION
from personalize_sfn.sdk import Choice, LambdaStep, State, Wait, in_partition
from personalize_sfn.stages import states
from personalize_sfn.stages.stage import Stage


def create_step(
    config: Config, arns: Arns, key: str = "", *, dataset_group_arn: str = DATASET_GROUP.state_path
) -> LambdaStep:
    """Select the recipe and create the solution.

    Args:
        key: of ``config.solutions``; by default the first.
        dataset_group_arn: a JSONPath, or the ARN.
    """
    # Paths may stand for the ARN only; what the user wrote goes as it is, though it may start with $.
    group = states.pairs(datasetGroupArn=dataset_group_arn)
    made = request(config, arns, key or next(iter(config.solutions)))
    return in_partition(states.create_step(config, SOLUTION, made | group), arns.partition)


def request(config: Config, arns: Arns, key: str) -> dict[str, Any]:
    """CreateSolution's members, but for the dataset group.

    ``performAutoTraining`` is always said: its default is true.
    """
    settings = config.solution(key)
    return states.literals(
        name=config.solution_name(key),
        recipeArn=arns.recipe(settings.recipe),
        performHPO=settings.perform_hpo,
        performAutoTraining=False,
        eventType=settings.event_type,
        solutionConfig=_solution_config(settings) or None,
    )


def _solution_config(settings: SolutionConfig) -> dict[str, Any]:
    objective, threshold = settings.objective, settings.event_value_threshold
    texts = settings.hyperparameter_texts
    featurization = {each.name for each in RECIPES[settings.recipe].hyperparameters if each.featurization}
    return states.literals(
        algorithmHyperParameters={name: text for name, text in texts.items() if name not in featurization} or None,
        featureTransformationParameters={name: text for name, text in texts.items() if name in featurization} or None,
        eventValueThreshold=None if threshold is None else str(threshold),
        optimizationObjective=None
        if objective is None
        else {"itemAttribute": objective.item_attribute, "objectiveSensitivity": objective.sensitivity},
    )


def status_step(config: Config) -> LambdaStep:
    return states.status_step(config, SOLUTION)


def wait_state() -> Wait:
    return states.wait_state(SOLUTION)


def choice_state(*, active: State, pending: State) -> Choice:
    return states.choice_state(SOLUTION, active=active, pending=pending)


def solution(config: Config, arns: Arns, key: str = "", *, dataset_group_arn: str = DATASET_GROUP.state_path) -> Stage:
    """The whole stage of the solution of that key, by default the first; it leaves ``$.solution.solutionArn``."""
    create = create_step(config, arns, key, dataset_group_arn=dataset_group_arn)
    return in_partition(states.stage(config, SOLUTION, create), arns.partition)


def solution_from(config: Config, request: str) -> Stage:
    """The whole stage, for the request that the JSONPath or intrinsic function ``request`` gives."""
    return states.stage(config, SOLUTION, states.create_step(config, SOLUTION, request))
