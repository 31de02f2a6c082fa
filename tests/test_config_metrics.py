"""Tests of ``config_metrics``: what the configuration of metric attributions refuses."""

from __future__ import annotations

import pytest

from fakes.wrong_configs import refused
from personalize_sfn.datasets import schemas

WRONG = [
    ({"metric_attribution": {"metrics": {}}}, "metric_attribution.metrics", "expected 1 to 10 metrics, got 0"),
    (
        {"metric_attribution": {"metrics": {"m": {"event": "buy", "expression": "AVG(Items.PRICE)"}}}},
        "metric_attribution.metrics.m.expression",
        "expected SAMPLECOUNT(), SUM(Items.COLUMN) or SUM(Interactions.COLUMN)",
    ),
    (
        {"metric_attribution": {"metrics": {"m": {"event": "buy", "expression": "SUM(Items.PRICE)"}}}},
        "metric_attribution.metrics.m.expression",
        "expected a column of datasets.items.schema that holds numbers, got PRICE; there are none",
    ),
    (
        {
            "datasets": {"items": {"schema": dict(schemas.items(schemas.field("KIND", categorical=True)))}},
            "metric_attribution": {"metrics": {"m": {"event": "buy", "expression": "SUM(Items.KIND)"}}},
        },
        "metric_attribution.metrics.m.expression",
        "expected a column of datasets.items.schema that holds numbers, got KIND; there are none",
    ),
]


@pytest.mark.parametrize(("values", "field", "problem"), WRONG, ids=[field for _, field, _ in WRONG])
def test_a_wrong_value_is_an_error_that_names_the_field(values: dict, field: str, problem: str):
    refused(values, field, problem)
