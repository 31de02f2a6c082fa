"""Metric attributions: metrics are added and removed until they are those that are wanted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personalize_sfn.errors import DefinitionConflictError
from personalize_sfn.handlers.aws import LambdaEvent, LambdaResult, client, translating_errors
from personalize_sfn.handlers.create import agrees, create_or_find
from personalize_sfn.resources import METRIC_ATTRIBUTION


def create_metric_attribution(event: LambdaEvent, context: Any) -> LambdaResult:
    """Create the attribution, or find it and bring its metrics and output up to date.

    Raises:
        DefinitionConflictError: a metric of that name counts something else, and its past would be mixed with it.
    """
    with translating_errors(event):
        return create_or_find(METRIC_ATTRIBUTION, event, context, same=("datasetGroupArn",), update=_bring_up_to_date)


def _bring_up_to_date(arn: str, found: Mapping[str, Any], request: Mapping[str, Any]) -> bool:
    if found["status"] in METRIC_ATTRIBUTION.pending_statuses:
        return False
    personalize = client("personalize")
    pages = personalize.get_paginator("list_metric_attribution_metrics").paginate(metricAttributionArn=arn)
    there = {each["metricName"]: each for page in pages for each in page["metrics"]}
    wanted = {each["metricName"]: each for each in request["metrics"]}
    for name, each in wanted.items():
        if name in there and there[name] != each:
            raise DefinitionConflictError(
                f"metric {name} counts {there[name]['expression']} of {there[name]['eventType']!r}, not "
                f"{each['expression']} of {each['eventType']!r}: give it another name, so that what was counted so far "
                "is not mixed with it"
            )
    changes = {
        "addMetrics": [each for name, each in wanted.items() if name not in there],
        "removeMetrics": [name for name in there if name not in wanted],
    }
    output = request["metricsOutputConfig"]
    if any(changes.values()) or not agrees(output, found.get("metricsOutputConfig", {})):
        given = {name: value for name, value in changes.items() if value}
        personalize.update_metric_attribution(metricAttributionArn=arn, metricsOutputConfig=output, **given)
    return False
