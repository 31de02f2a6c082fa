"""aws-trending-now and aws-vod-trending-now: the items whose events grow fastest, the same for everyone.

https://docs.aws.amazon.com/personalize/latest/dg/native-recipe-trending-now.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.engine.interactions import Codes, Interactions
from personalize_sfn.engine.model import by_popularity, fill_up
from personalize_sfn.engine.popularity import SameForAll
from personalize_sfn.engine.training_input import TrainingInput

SECONDS = {"30 minutes": 1_800, "1 hour": 3_600, "2 hours": 7_200, "3 hours": 10_800, "1 day": 86_400}
"""How long a window lasts, by the values of trend_discovery_frequency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendingOptions:
    """Hyperparameters of aws-trending-now."""

    trend_discovery_frequency: str = field(default="2 hours", metadata={"values": tuple(SECONDS)})
    """How long the two windows last that are compared."""

    @property
    def window(self) -> int:
        """The same in seconds."""
        return SECONDS[self.trend_discovery_frequency]


@dataclass(frozen=True)
class Trending(SameForAll):
    """Items by the growth of their events from the last window but one to the last, then the popular ones.

    Time ends with the newest event of the data, so that old data has trends too.  Growth is (now - before) /
    sqrt(now + before + 1): in a Poisson process about the number of standard deviations that the change is worth, so an
    item that goes from 0 to 1 does not outdo one that goes from 100 to 200.
    """

    trending: Codes
    """The items that grow, fastest first."""

    @classmethod
    def fit(cls, interactions: Interactions, options: TrendingOptions, given: TrainingInput) -> Trending:  # noqa: ARG003
        """Count two windows.  Nothing is random."""
        end = int(interactions.timestamps.max())
        now = counts(interactions, end, options.window)
        before = counts(interactions, end - options.window, options.window)
        growth = (now - before) / np.sqrt(now + before + 1)
        popular = by_popularity(interactions)
        fastest = popular[np.argsort(-growth[popular], kind="stable")]
        return cls(interactions, fastest[growth[fastest] > 0])

    @cached_property
    def popular(self) -> Codes:
        """All items: those that grow, then the others by popularity.  Shape (items,)."""
        return fill_up(self.trending, by_popularity(self.interactions), len(self.item_ids), None)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """What a file must hold beside the interactions."""
        return {"trending": self.trending}

    @classmethod
    def from_arrays(cls, interactions: Interactions, arrays: Mapping[str, NDArray[Any]]) -> Trending:
        """The inverse of `to_arrays`."""
        return cls(interactions, arrays["trending"])


def counts(data: Interactions, end: int, window: int) -> NDArray[np.int64]:
    """Each item's events of the `window` seconds that end with `end` (which belongs to them).  Shape (items,)."""
    within = (data.timestamps > end - window) & (data.timestamps <= end)
    return np.bincount(data.items[within], minlength=len(data.item_ids))


def before_last_window(data: Interactions, window: int) -> Interactions | None:
    """The events before the last window: what trends are predicted from in a test.  None when there are none."""
    earlier = data.timestamps <= int(data.timestamps.max()) - window
    return data.where(earlier) if earlier.any() else None
