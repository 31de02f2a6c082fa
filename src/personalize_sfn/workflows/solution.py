"""Recipe, solution and training."""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.resources import DATASET_GROUP, SOLUTION, SOLUTION_VERSION
from personalize_sfn.sdk import Chain, Pass, in_partition
from personalize_sfn.stages.solution import request, solution_from
from personalize_sfn.stages.solution_version import solution_version
from personalize_sfn.workflows.composition import PARENT, with_defaults, with_parent


def solution(config: Config, arns: Arns) -> Chain:
    """Select the recipe, create the solution, train it if that is needed.

    Input: ``{"solution": <CreateSolution's members>, "datasetGroupArn": ..., "train": "auto", "always" or "update",
    "rootExecution": ...}``; by default the first solution of the config, the project's group, ``auto``, and this
    execution.  Output: ``{"solutionArn": ..., "solutionVersionArn": ...}``.
    """
    defaults = with_defaults(
        {"solution": request(config, arns, next(iter(config.solutions)))},
        datasetGroupArn=arns.personalize(f"dataset-group/{config.dataset_group_name}"),
        train="auto",
        rootExecution="$$.Execution.Id",
    )
    answer = Pass(
        "Return Solution Version",
        parameters={
            "solutionArn.$": SOLUTION.state_path,
            "solutionVersionArn.$": SOLUTION_VERSION.state_path,
        },
    )
    return in_partition(
        Chain(
            [
                *defaults,
                with_parent(DATASET_GROUP),
                solution_from(config, f"States.JsonMerge($.input.solution, {PARENT}, false)"),
                solution_version(config, train="$.input.train", root_execution="$.input.rootExecution"),
                answer,
            ]
        ),
        arns.partition,
    )
