"""An objective beside relevance: items that bring more, such as a higher price, come earlier.

https://docs.aws.amazon.com/personalize/latest/dg/optimizing-solution-for-objective.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from personalize_sfn.engine.cold_start import FARTHEST
from personalize_sfn.engine.interactions import Floats, Strings
from personalize_sfn.errors import ConfigError

OFF = "OFF"
"""It is measured what recommendations bring, and they are not moved."""
WEIGHTS = {OFF: 0.0, "LOW": 0.2, "MEDIUM": 0.4, "HIGH": 0.8}
"""By sensitivity: what a standard deviation of the attribute adds to the logarithm of an item's chance, so that it
counts as if the item were 1.2, 1.5 or 2.2 times likelier.  What that costs and brings is measured in
``benchmarks/objective.py``."""


@dataclass(frozen=True, slots=True)
class Objective:
    """A number of each item that recommendations are to bring much of."""

    values: Mapping[str, float]
    """By item id, as the data have them.  Items that are not here count as the mean."""
    sensitivity: str
    """``OFF``, ``LOW``, ``MEDIUM`` or ``HIGH``: how much it counts against relevance."""

    def __post_init__(self) -> None:
        """Raises `ConfigError` for another sensitivity."""
        if self.sensitivity not in WEIGHTS:
            raise ConfigError(
                "objective.sensitivity", f"expected one of {', '.join(WEIGHTS)}, got {self.sensitivity!r}"
            )

    def bias(self, item_ids: Strings) -> Floats:
        """What is added to the logarithm of each item's chance, shape (items,).

        Values are standardised over the items given and cut at three deviations, so that one very dear item is
        not all that is ever shown; where all are equal nothing is added.
        """
        numbers = np.array([self.values.get(item, np.nan) for item in item_ids.tolist()], dtype=np.float64)
        known = np.isfinite(numbers)
        deviation = numbers[known].std() if known.any() else 0.0
        if deviation == 0:
            return np.zeros(len(numbers), dtype=np.float32)
        standard = np.clip((numbers - numbers[known].mean()) / deviation, -FARTHEST, FARTHEST)
        return (WEIGHTS[self.sensitivity] * np.where(known, standard, 0)).astype(np.float32)

    def rewards(self, item_ids: Strings) -> dict[str, float]:
        """What a choice of each item brings: its value, or, where some are below 0, what it is above the lowest one."""
        known = {item: self.values[item] for item in item_ids.tolist() if item in self.values}
        lowest = min(0.0, *known.values()) if known else 0.0
        return {item: value - lowest for item, value in known.items()}


def extend_bias(bias: Floats, old: Strings, new: Strings) -> Floats:
    """The same over a larger catalogue: items that were not in `old` count as the mean."""
    wider = np.zeros(len(new), dtype=np.float32)
    wider[np.searchsorted(new, old)] = bias
    return wider
