"""How long resources take: a setting."""

from __future__ import annotations

import math
import random
import threading

from personalize_sfn.local.personalize.faults import row_key

#: Median seconds on AWS for data of the size of MovieLens-100K, from the outputs saved in AWS's own sample notebooks.
TYPICAL_SECONDS = {
    "datasetGroup": 20.0,
    "dataset": 10.0,
    "datasetImportJob": 900.0,
    "eventTracker": 30.0,
    "solution": 2.0,
    "solutionVersion": 3360.0,
    "campaign": 480.0,
    "filter": 120.0,
    "recommender": 1980.0,
    "metricAttribution": 60.0,
    "batchInferenceJob": 1140.0,
    "batchSegmentJob": 480.0,
    "datasetExportJob": 600.0,
    "dataDeletionJob": 600.0,
}
TYPICAL_DELETION_SECONDS = 120.0
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
        return self._draw(key, TYPICAL_SECONDS.get(key, 0.0))

    def deletion(self) -> float:
        return self._draw("deletion", TYPICAL_DELETION_SECONDS)

    def _draw(self, key: str, median: float) -> float:
        if key in self._fixed:
            return self._fixed[key]
        if not self.scale or not median:
            return 0.0
        with self._lock:
            return self.scale * self._random.lognormvariate(math.log(median), SIGMA)
