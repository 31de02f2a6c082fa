"""Metrics and campaign."""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.resources import SOLUTION_VERSION
from personalize_sfn.sdk import Chain, Pass, in_partition
from personalize_sfn.stages.campaign import campaign_from, request
from personalize_sfn.workflows.composition import PARENT, with_defaults, with_parent


def campaign(config: Config, arns: Arns) -> Chain:
    """Get the solution version's metrics and deploy it.

    Input: ``{"campaign": <CreateCampaign's members>, "solutionVersionArn": ...}``, by default the first campaign of the
    config and the newest ACTIVE version of its solution.
    Output: ``{"campaignArn": ..., "solutionVersionArn": ..., "metrics": {...}}``.
    """
    key = next(iter(config.campaigns))
    newest = arns.personalize(f"solution/{config.solution_name(key)}/$LATEST")
    answer = Pass(
        "Return Campaign",
        parameters={f"{name}.$": f"$.campaign.{name}" for name in ("campaignArn", "solutionVersionArn", "metrics")},
    )
    return in_partition(
        Chain(
            [
                *with_defaults({"campaign": request(config, key)}, solutionVersionArn=newest),
                with_parent(SOLUTION_VERSION),
                campaign_from(config, f"States.JsonMerge($.input.campaign, {PARENT}, false)"),
                answer,
            ]
        ),
        arns.partition,
    )
