"""Metrics and campaign."""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.sdk import Chain, Pass, in_partition
from personalize_sfn.stages.campaign import campaign as campaign_stage
from personalize_sfn.workflows.composition import with_defaults


def campaign(config: Config, arns: Arns) -> Chain:
    """Get the solution version's metrics and deploy it.

    Input: ``{"solutionVersionArn": ...}``, by default the newest ACTIVE version of the project's solution.
    Output: ``{"campaignArn": ..., "solutionVersionArn": ..., "metrics": {...}}``.
    """
    newest = arns.personalize(f"solution/{config.solution_name}/$LATEST")
    answer = Pass(
        "Return Campaign",
        parameters={f"{name}.$": f"$.campaign.{name}" for name in ("campaignArn", "solutionVersionArn", "metrics")},
    )
    stage = campaign_stage(config, solution_version_arn="$.input.solutionVersionArn")
    return in_partition(Chain([*with_defaults(solutionVersionArn=newest), stage, answer]), arns.partition)
