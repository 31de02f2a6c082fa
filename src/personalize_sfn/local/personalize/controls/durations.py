"""How long resources take: a setting."""

from __future__ import annotations

import math
import random
import threading

from personalize_sfn.local.personalize.controls.faults import row_key
from personalize_sfn.resources import BY_KEY, TYPICAL_DELETION_SECONDS

SIGMA = 0.4
"""Spread of the durations on AWS: the standard deviation of their logarithm."""


class Durations:
    """Seconds from a request to its completion; real work (import, training) may make it longer, never shorter.

    ``Durations()`` is "at once": a resource is ready as soon as its work is done.  ``Durations.realistic(scale)`` draws
    AWS's own durations (lognormal) times ``scale``.  ``set`` fixes one kind of resource.
    """

    def __init__(self, *, scale: float = 0.0, seed: int = 0) -> None:
        if not scale >= 0:
            raise ValueError(f"scale: expected 0 (at once) or more (1 is real time), got {scale}")
        self.scale = scale
        self._random = random.Random(seed)  # noqa: S311 - a simulation, no secret
        self._lock = threading.Lock()
        self._fixed: dict[str, float] = {}

    @classmethod
    def realistic(cls, scale: float = 1 / 1000, *, seed: int = 0) -> Durations:
        return cls(scale=scale, seed=seed)

    def set(self, kind: str, seconds: float) -> None:
        """Creations and updates of this kind (``"campaign"``), or all deletions (``"deletion"``), take this long."""
        self._fixed[kind if kind == "deletion" else row_key(kind)] = float(seconds)

    def clear(self) -> None:
        """Forget what ``set`` fixed."""
        self._fixed.clear()

    def planned(self) -> dict[str, float]:
        """What is set, as a plan says it: the scale, and the seconds that are fixed by kind."""
        return {"scale": self.scale, **self._fixed}

    def creation(self, key: str) -> float:
        """Seconds for a creation or update of the resource type of that key."""
        return self._draw(key, BY_KEY[key].typical_seconds)

    def deletion(self) -> float:
        return self._draw("deletion", TYPICAL_DELETION_SECONDS)

    def _draw(self, key: str, median: int) -> float:
        if key in self._fixed:
            return self._fixed[key]
        if not self.scale or not median:
            return 0.0
        with self._lock:
            return self.scale * self._random.lognormvariate(math.log(median), SIGMA)
