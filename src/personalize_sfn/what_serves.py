"""What answers the requests of a configuration: campaigns and recommenders, known without asking anybody."""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.recipes import RECIPES

__all__ = ["serving"]


def serving(config: Config, arns: Arns) -> dict[str, dict[str, str]]:
    """What answers requests, by its key: its ARN, and what its recipe answers."""
    campaigns = {
        key: (arns.personalize(f"campaign/{config.campaign_name(key)}"), config.solutions[key].recipe)
        for key in config.campaigns
    }
    recommenders = {
        key: (arns.personalize(f"recommender/{config.recommender_name(key)}"), each.recipe)
        for key, each in config.recommenders.items()
    }
    found = {**recommenders, **campaigns}
    return {key: {"arn": arn, "answers": RECIPES[recipe].answers} for key, (arn, recipe) in found.items()}
