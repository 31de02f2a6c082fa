"""The stage of recommendations: one call of a campaign or recommender."""

from __future__ import annotations

from typing import Any

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.sdk import LambdaStep, in_partition
from personalize_sfn.stages import states
from personalize_sfn.what_serves import serving


def recommendations(config: Config, arns: Arns | None = None, *, request: str = "$") -> LambdaStep:
    """Ask; the answer becomes the state.

    Args:
        arns: of the account; without it a request must name a ``campaignArn`` or ``recommenderArn``.
        request: JSONPath of the request: members of GetRecommendations, GetPersonalizedRanking (``inputList``) or
            GetActionRecommendations (``answers: actions``), and ``solution`` and ``filter`` by their keys.
    """
    known: dict[str, Any] = {}
    if arns is not None:
        known = {
            "serving": serving(config, arns),
            "filters": {key: config.name(key) for key in config.filters},
            "datasetGroupArn": arns.personalize(f"dataset-group/{config.dataset_group_name}"),
        }
    step = states.task(
        config,
        "Get Recommendations",
        "get-recommendations",
        {"request.$": request, "startedAt.$": "$$.Execution.StartTime", **known},
        result_selector={"recommendationId.$": "$.Payload.recommendationId", "itemList.$": "$.Payload.itemList"},
    )
    return step if arns is None else in_partition(step, arns.partition)
