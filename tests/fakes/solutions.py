"""The solutions of a configuration that has one, with a campaign, as most tests want it."""

from __future__ import annotations

from typing import Any

from personalize_sfn.config import CampaignConfig, SolutionConfig


def served(recipe: str = "aws-user-personalization-v2", **fields: Any) -> dict[str, SolutionConfig]:
    """``for-you`` with a campaign; ``fields`` are SolutionConfig's."""
    return {"for-you": SolutionConfig(recipe=recipe, **{"campaign": CampaignConfig(), **fields})}
