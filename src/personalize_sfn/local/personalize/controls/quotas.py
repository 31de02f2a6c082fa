"""How much an account may have and ask: AWS's default quotas, settable, and its request rates, off by default.

https://docs.aws.amazon.com/general/latest/gr/personalize.html
https://docs.aws.amazon.com/personalize/latest/dg/limits.html
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.personalize.store import Record, Store
from personalize_sfn.local.personalize.wire.errors import limit_exceeded
from personalize_sfn.local.personalize.wire.protocol import operations
from personalize_sfn.quotas import defaults
from personalize_sfn.resources import DELETING_STATUSES, ResourceType

_DATA_PLANE_RATES = {
    "GetRecommendations": 2500.0,
    "GetPersonalizedRanking": 2500.0,
    "GetActionRecommendations": 2500.0,
    "PutEvents": 1000.0,
    "PutActionInteractions": 1000.0,
    "PutItems": 10.0,
    "PutUsers": 10.0,
    "PutActions": 10.0,
}


def aws_rates() -> dict[str, float]:
    """Requests a second by operation, as AWS's Service Quotas have them: 1 for each of the control plane."""
    return {name: _DATA_PLANE_RATES.get(name, 1.0) for name in operations()}


@dataclass(slots=True)
class _Bucket:
    """A token bucket: it holds a second's requests (at least one) and fills at the rate."""

    tokens: float
    filled: float
    """When, by the environment's clock."""


@dataclass(slots=True, kw_only=True)
class Quotas:
    """Resources by row key: in all, in a dataset group, and pending at a time; requests a second.

    A key that is left out has no limit.  All can be changed at any time::

        service.quotas.per_dataset_group["campaign"] = 50
        service.quotas.requests_per_second = 2                # every operation
        service.quotas.requests_per_second = aws_rates()      # AWS's own; or {"CreateCampaign": 1}
    """

    per_region: dict[str, int]
    per_dataset_group: dict[str, int]
    pending_per_region: dict[str, int]
    pending_per_dataset_group: dict[str, int] = field(default_factory=dict)
    requests_per_second: float | Mapping[str, float] | None = None
    """For each operation in each account and region; None, the default, throttles nothing.  Operations that a mapping
    does not name are not throttled."""
    _buckets: dict[tuple[str, str, str], _Bucket] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def default(cls) -> Quotas:
        return cls(
            per_region=defaults("region", pending=False),
            per_dataset_group=defaults("dataset group", pending=False),
            pending_per_region=defaults("region", pending=True),
            pending_per_dataset_group=defaults("dataset group", pending=True),
        )

    def check(self, store: Store, row: ResourceType, dataset_group: str | None) -> None:
        """Raises LimitExceededException when one more of ``row`` would be too many."""
        most = self.per_region.get(row.key)
        if most is not None and _there(store.of(row)) >= most:
            raise limit_exceeded(_full(most))
        most = self.pending_per_region.get(row.key)
        if most is not None and sum(record.pending for record in store.of(row)) >= most:
            raise limit_exceeded(_busy(most))
        if dataset_group is None:
            return
        most = self.per_dataset_group.get(row.key)
        if most is not None and _there(store.of(row, datasetGroup=dataset_group)) >= most:
            raise limit_exceeded(_full(most))
        most = self.pending_per_dataset_group.get(row.key)
        there = store.of(row, datasetGroup=dataset_group)
        if most is not None and sum(record.pending for record in there) >= most:
            raise limit_exceeded(_busy(most))

    def throttle(self, operation: str, account: str, region: str, now: float) -> None:
        """Count a request.  Raises ThrottlingException when it is one too many for ``requests_per_second``."""
        rates = self.requests_per_second
        rate = rates.get(operation) if isinstance(rates, Mapping) else rates
        if rate is None:
            return
        with self._lock:
            most = max(1.0, rate)
            bucket = self._buckets.setdefault((account, region, operation), _Bucket(most, now))
            bucket.tokens = min(most, bucket.tokens + rate * max(0.0, now - bucket.filled))
            bucket.filled = now
            if bucket.tokens < 1:
                raise AwsError("ThrottlingException", "Rate exceeded")
            bucket.tokens -= 1


def _there(records: Iterable[Record]) -> int:
    """How many there are, without those whose deletion is under way."""
    return sum(record.status not in DELETING_STATUSES for record in records)


def _full(most: int) -> str:
    return f"More than {most} resources in ACTIVE state. Please delete some and try again."


def _busy(most: int) -> str:
    return f"More than {most} resources with PENDING or IN_PROGRESS status."
