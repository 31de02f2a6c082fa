"""The metrics of the embedded Personalize, where CloudWatch is asked for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

from moto.core.common_models import CloudWatchMetricProvider

from personalize_sfn.local.personalize.runtime.request_counts import RequestCounts

__all__ = ["PersonalizeMetrics"]


class PersonalizeMetrics(CloudWatchMetricProvider):  # type: ignore[misc]
    """moto asks every subclass of its provider."""

    counts: ClassVar[Callable[[], RequestCounts | None]] = staticmethod(lambda: None)
    """Of the embedded AWS that runs in this process, if one does."""

    @staticmethod
    def get_cloudwatch_metrics(account_id: str, region: str) -> list[Any]:
        from moto.cloudwatch.models import MetricDatum

        counts = PersonalizeMetrics.counts()
        return [
            MetricDatum(
                namespace="AWS/Personalize",
                name=operation,
                value=count,
                dimensions=[{"Name": dimension, "Value": arn}],
                # moto compares times without a zone, which are UTC.
                timestamp=datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None),
                unit="Count",
            )
            for seconds, operation, dimension, arn, count in (counts.of(account_id, region) if counts else ())
        ]
