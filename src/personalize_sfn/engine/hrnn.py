"""aws-hrnn and its variants: the first generation's names and hyperparameters of what `user_personalization` trains.

https://docs.aws.amazon.com/personalize/latest/dg/legacy-user-personalization-recipes.html
"""

from __future__ import annotations

from dataclasses import dataclass, field

from personalize_sfn.engine.user_personalization import PersonalizationOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class HrnnOptions(PersonalizationOptions):
    """Hyperparameters of aws-hrnn and aws-hrnn-metadata."""

    hidden_dimension: int = field(default=43, metadata={"range": (32, 256), "tunable": True})
    """Dimensions of the item factors, 32 to 256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HrnnColdstartOptions(PersonalizationOptions):
    """Hyperparameters of aws-hrnn-coldstart.

    Those of its own are checked, without effect here: an item counts as cold as long as it has no event, and then
    its attributes place it.
    """

    cold_start_max_interactions: int = field(default=15, metadata={"range": (1, float("inf"))})
    """Events up to which an item is cold, at least 1."""
    cold_start_max_duration: float = field(default=5.0, metadata={"range": (0.0, float("inf"))})
    """Days for which an item is cold, at least 0."""
    cold_start_relative_from: str = field(default="latestItem", metadata={"values": ("currentTime", "latestItem")})
    """When those days begin to count."""
