"""Metrics of a configuration: what recommendations bring, by the events that they lead to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from personalize_sfn import config_rules as rules
from personalize_sfn.config_parsing import Checked, Checks, ConfigProblem, Rules
from personalize_sfn.schema_rules import schema_name, type_of

__all__ = ["MetricAttributionConfig", "MetricConfig", "metrics_need_columns"]

_METRIC_EXPRESSION = rules.matches(
    r"SAMPLECOUNT\(\)|SUM\((Items|Interactions)\.[A-Za-z_]\w*\)",
    "SAMPLECOUNT(), SUM(Items.COLUMN) or SUM(Interactions.COLUMN)",
    most=256,
)


def _most_metrics(attribution: Any) -> Iterator[ConfigProblem]:
    # https://docs.aws.amazon.com/personalize/latest/dg/limits.html
    if not 1 <= len(attribution.metrics) <= 10:
        yield ConfigProblem("metrics", f"expected 1 to 10 metrics, got {len(attribution.metrics)}")


def metrics_need_columns(config: Any) -> Iterator[ConfigProblem]:
    """A sum is of a column of numbers; events have types."""
    if config.metric_attribution is None:
        return
    by_dataset = {schema_name(kind): rules.columns(each.schema) for kind, each in config.datasets.by_type().items()}
    if "EVENT_TYPE" not in by_dataset["Interactions"]:
        yield ConfigProblem("metric_attribution", "needs a column EVENT_TYPE in datasets.interactions.schema")
    for name, metric in config.metric_attribution.metrics.items():
        found = re.fullmatch(r"SUM\((\w+)\.(\w+)\)", metric.expression)
        if found is None:
            continue
        numbers = _number_columns(by_dataset.get(found[1], {}))
        if found[2] not in numbers:
            yield ConfigProblem(
                f"metric_attribution.metrics.{name}.expression",
                f"expected a column of datasets.{found[1].lower()}.schema that holds numbers, got {found[2]}; "
                f"there are {', '.join(numbers) or 'none'}",
            )


def _number_columns(found: Mapping[str, Any]) -> list[str]:
    """Those that hold numbers; some rows may have none."""
    return [name for name, each in found.items() if type_of(each)[0] in ("int", "long", "float", "double")]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricConfig(Checked):
    """A metric that Personalize reports of live events, by what led to them."""

    event: str
    """The EVENT_TYPE that counts."""
    expression: str
    """``SAMPLECOUNT()``, ``SUM(Items.PRICE)`` or ``SUM(Interactions.EVENT_VALUE)``."""

    _where = "metric"
    _checks: ClassVar[Checks] = {"event": rules.event_type, "expression": _METRIC_EXPRESSION}


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricAttributionConfig(Checked):
    """What recommendations bring: metrics in CloudWatch, and reports of imports in S3.

    https://docs.aws.amazon.com/personalize/latest/dg/measuring-recommendation-impact.html
    """

    metrics: Mapping[str, MetricConfig]
    """By a name of yours; at most 10."""
    to_s3: bool = False
    """Whether reports are written to ``<project>/out/attribution/`` too."""

    _where = "metric_attribution"
    _rules: ClassVar[Rules] = (_most_metrics,)
