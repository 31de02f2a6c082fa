"""The stage of recommendations: one call of the campaign."""

from __future__ import annotations

from personalize_sfn.config import Config
from personalize_sfn.sdk import LambdaStep
from personalize_sfn.stages import states


def recommendations(config: Config, *, request: str = "$") -> LambdaStep:
    """Ask the campaign; its answer becomes the state.

    ``request`` is the JSONPath of GetRecommendations' members: ``campaignArn``, ``userId``, ``itemId``, ``numResults``.
    """
    return states.task(
        config,
        "Get Recommendations",
        "get-recommendations",
        {"request.$": request},
        result_selector={"recommendationId.$": "$.Payload.recommendationId", "itemList.$": "$.Payload.itemList"},
    )
