"""Metric attributions: metrics are added and removed until they are those that are wanted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personalize_sfn.errors import TransientError
from personalize_sfn.handlers.aws import LambdaEvent, LambdaResult, client, translating_errors
from personalize_sfn.handlers.create import agrees, create_or_find
from personalize_sfn.resources import METRIC_ATTRIBUTION


def create_metric_attribution(event: LambdaEvent, context: Any) -> LambdaResult:
    """Create the attribution, or find it and bring its metrics and output up to date.

    Raises:
        TransientError: a metric was removed to be added again with another meaning.
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
    removed = [name for name, each in there.items() if wanted.get(name) != each]
    added = [each for name, each in wanted.items() if there.get(name) != each]
    output = request["metricsOutputConfig"]
    if removed:
        personalize.update_metric_attribution(metricAttributionArn=arn, removeMetrics=removed)
        if any(each["metricName"] in removed for each in added):
            raise TransientError("a metric that means something else now was removed; it is added at the next attempt")
    if added or not agrees(output, found.get("metricsOutputConfig", {})):
        more = {"addMetrics": added} if added else {}
        personalize.update_metric_attribution(metricAttributionArn=arn, metricsOutputConfig=output, **more)
    return False
