"""How long to wait before looking at a resource again.

Shipped in the status functions' zips; imports only the standard library.
"""

from __future__ import annotations

import math

FIRST_SHARE = 0.4
"""Hardly anything ends before this share of its typical duration (1 % where durations are lognormal with sigma 0.4)."""
INTERVAL_SCALE = 1.1
"""Weighs lag against polls; ``benchmarks/orchestration.py`` shows both."""


def next_wait(elapsed_seconds: float, typical_seconds: float) -> int:
    """Whole seconds to wait before the next look at a resource that is not ready after ``elapsed_seconds``.

    The first wait ends at ``FIRST_SHARE`` of the typical duration.  Then polls come every sqrt(typical) seconds: with
    a given number of polls over resources of different durations, intervals in proportion to the square root of the
    duration have the least total lag (minimise the sum of p_i for a fixed sum of T_i / p_i).  Beyond twice the typical
    duration the interval grows in proportion to the elapsed time, so that a training of days stays far from the 25,000
    events that end an execution (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html).

    >>> [next_wait(elapsed, typical_seconds=900) for elapsed in (0, 360, 900, 3600)]
    [360, 33, 33, 66]
    """
    first = FIRST_SHARE * typical_seconds
    if elapsed_seconds < first:
        return max(1, math.ceil(first - elapsed_seconds))
    overdue = max(1.0, elapsed_seconds / (2 * typical_seconds))
    return max(1, round(INTERVAL_SCALE * math.sqrt(typical_seconds) * overdue))
