"""Recommendations for a user or an item."""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.sdk import Chain, in_partition
from personalize_sfn.stages.recommendations import recommendations
from personalize_sfn.workflows.composition import with_defaults


def recommendation(config: Config, arns: Arns) -> Chain:
    """Ask the campaign.

    Input: members of GetRecommendations, as the recipe demands: ``{"userId": "1", "itemId": "2", "numResults": 10,
    "context": {"DEVICE": "tv"}}``; by default ten results of the first campaign of the config.
    Output: ``{"recommendationId": ..., "itemList": [{"itemId": ..., "score": ...}, ...]}``.
    """
    campaign = arns.personalize(f"campaign/{config.campaign_name(next(iter(config.campaigns)))}")
    defaults = with_defaults(campaignArn=campaign, numResults=10)
    return in_partition(Chain([*defaults, recommendations(config, request="$.input")]), arns.partition)
