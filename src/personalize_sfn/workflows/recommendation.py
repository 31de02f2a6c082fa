"""Recommendations for a user or an item, a list put in order, or actions."""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.sdk import Chain, in_partition
from personalize_sfn.stages.recommendations import recommendations


def recommendation(config: Config, arns: Arns) -> Chain:
    """Ask a campaign or recommender.

    Input: members of GetRecommendations, as the recipe demands: ``{"userId": "1", "itemId": "2", "numResults": 10,
    "context": {"DEVICE": "tv"}}``; ``"inputList": [...]`` puts a list in order; ``"solution": "similar"`` says which
    solution or recommender by its key, ``"filter": "unseen"`` which filter.  By default ten results of the first whose
    recipe answers that.  Output: ``{"recommendationId": ..., "itemList": [{"itemId": ..., "score": ...}, ...]}``.
    """
    return in_partition(Chain([recommendations(config, arns, request="$$.Execution.Input")]), arns.partition)
