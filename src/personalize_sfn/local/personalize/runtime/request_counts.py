"""How often each campaign and recommender was asked, by the minute: what AWS shows as metrics in CloudWatch.

https://docs.aws.amazon.com/personalize/latest/dg/cloudwatch-metrics.html
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

_DIMENSIONS = {"campaignArn": "CampaignArn", "recommenderArn": "RecommenderArn"}
#: CloudWatch keeps minutes for 15 days: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html
_KEPT_MINUTES = 15 * 24 * 60
_MANY = 100_000


class RequestCounts:
    """In memory: a restart begins anew."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[int, str, str, str]] = Counter()
        self._lock = threading.Lock()

    def add(self, operation: str, members: Mapping[str, Any], now: float) -> None:
        """One request of ``operation`` that was answered."""
        member = next((name for name in _DIMENSIONS if name in members), None)
        if member is None:
            return
        minute = int(now // 60)
        with self._lock:
            self._counts[minute, operation, _DIMENSIONS[member], members[member]] += 1
            if len(self._counts) > _MANY:
                self._counts = Counter({key: n for key, n in self._counts.items() if key[0] > minute - _KEPT_MINUTES})

    def of(self, account: str, region: str) -> Iterator[tuple[float, str, str, str, int]]:
        """Seconds since 1970, operation, dimension, its ARN, and how many."""
        with self._lock:
            found = list(self._counts.items())
        for (minute, operation, dimension, arn), count in found:
            if f":{region}:{account}:" in arn:
                yield minute * 60.0, operation, dimension, arn, count
