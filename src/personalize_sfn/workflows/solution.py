"""Recipe, solution and training."""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.resources import SOLUTION, SOLUTION_VERSION
from personalize_sfn.sdk import Chain, Pass, in_partition
from personalize_sfn.stages.solution import solution as solution_stage
from personalize_sfn.stages.solution_version import solution_version
from personalize_sfn.workflows.composition import with_defaults


def solution(config: Config, arns: Arns) -> Chain:
    """Select the recipe, create the solution, train it if that is needed.

    Input: ``{"datasetGroupArn": ..., "train": "auto" or "always", "rootExecution": ...}``; by default the project's
    group, ``auto``, and this execution.  Output: ``{"solutionArn": ..., "solutionVersionArn": ...}``.
    """
    defaults = with_defaults(
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
                solution_stage(config, arns, dataset_group_arn="$.input.datasetGroupArn"),
                solution_version(config, train="$.input.train", root_execution="$.input.rootExecution"),
                answer,
            ]
        ),
        arns.partition,
    )
