"""Tests of ``config_datasets``: what the configuration of datasets refuses."""

from __future__ import annotations

import pytest

from fakes.wrong_configs import refused
from personalize_sfn.datasets.schemas import field, items

ITEMS = items(field("PRICE", "float"))

WRONG = [
    ({"datasets": {"interactions": {"import_mode": "full"}}}, "datasets.interactions.import_mode", "FULL, INCREMENTAL"),
    (
        {"datasets": {"interactions": {"key": "movies/"}, "items": {"schema": ITEMS, "key": "movies/items.csv"}}},
        "datasets.interactions.key",
        "expected a folder without the CSV of items (movies/items.csv): Personalize imports every file in movies/",
    ),
    (
        {"datasets": {"interactions": {"key": "movies/"}, "items": {"schema": ITEMS}}, "project": "movies"},
        "datasets.interactions.key",
        "expected a folder without the CSV of items (movies/items.csv)",
    ),
    (
        {"datasets": {"interactions": {"key": "all.csv"}, "items": {"schema": ITEMS, "key": "all.csv"}}},
        "datasets.items.key",
        "expected a key of its own, got 'all.csv', which interactions have",
    ),
    (
        {"bucket": "b" * 63, "datasets": {"interactions": {"key": "k" * 188}}},
        "datasets.interactions.key",
        "expected at most 187 characters, got 188: Personalize takes 256 for s3://bucket/key",
    ),
    (
        {
            "datasets": {
                "items": {
                    "schema": items(*(field(f"{'C' * 148}{n:02}", categorical=True, nullable=True) for n in range(99)))
                }
            }
        },
        "datasets.items.schema",
        "expected at most 20,000 characters as JSON, got 20,",
    ),
]


@pytest.mark.parametrize(("values", "field", "problem"), WRONG, ids=[field for _, field, _ in WRONG])
def test_a_wrong_value_is_an_error_that_names_the_field(values: dict, field: str, problem: str):
    refused(values, field, problem)
