"""A configuration with batches of both kinds, filters for them, and exports."""

from __future__ import annotations

from typing import Any

from personalize_sfn.config import Config

__all__ = ["BATCHES", "with_batch"]

_VALUES: dict[str, Any] = {
    "project": "movies",
    "solutions": {
        "for-you": {"recipe": "aws-user-personalization", "campaign": {"exploration_weight": 0.0}},
        "similar": {"recipe": "aws-similar-items"},
        "rank": {"recipe": "aws-personalized-ranking-v2"},
        "segments": {"recipe": "aws-item-affinity"},
        "trending": {"recipe": "aws-trending-now"},
    },
    "filters": {
        "unseen": 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")',
        "chosen": "INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ($KIND)",
        "active": 'INCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("watch")',
    },
    "exports": True,
    "batch": {
        "newsletter": {
            "solution": "for-you",
            "input": "movies/in/users.json",
            "filter": "unseen",
            "exploration_weight": 0.0,
        },
        "alike": {"solution": "similar", "input": "movies/in/items.json", "num_results": 3},
        "ordered": {"solution": "rank", "input": "movies/in/lists.json"},
        "vip": {"solution": "segments", "input": "movies/in/fans/", "num_results": 1000, "filter": "active"},
    },
}

BATCHES = Config.from_dict(_VALUES)


def with_batch(key: str = "newsletter", *, config: dict[str, Any] | None = None, **changed: Any) -> Config:
    """The same with another batch, or with that one changed; raises ConfigError."""
    batch = {**_VALUES["batch"], key: {**_VALUES["batch"].get(key, {}), **changed}}
    return Config.from_dict({**_VALUES, **(config or {}), "batch": batch})
