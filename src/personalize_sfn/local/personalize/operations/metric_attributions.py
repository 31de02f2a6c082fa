"""Metric attributions: what recommendations brought, by source."""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

from personalize_sfn.local.personalize.api_errors import unsupported
from personalize_sfn.local.personalize.environment import Request
from personalize_sfn.local.personalize.operations.behaviour import Behaviour, Call, Members, Parents


def update_metric_attribution(call: Call, request: Request) -> Members:
    raise unsupported("UpdateMetricAttribution")


def list_metrics(call: Call, request: Request) -> Members:
    raise unsupported("ListMetricAttributionMetrics")


def _prepare(call: Call, request: Request, parents: Parents) -> Members:
    raise unsupported("CreateMetricAttribution")


BEHAVIOUR = Behaviour(prepare=_prepare)
