"""Tests of ``config_filters``: what the configuration of filters refuses."""

from __future__ import annotations

import pytest

from fakes.wrong_configs import refused

WRONG = [
    (
        {"filters": {"seen": "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE LIKE 1"}},
        "filters.seen",
        'expected IN, NOT IN or one of = != < <= > >=, got "LIKE"',
    ),
    (
        {"filters": {"cheap": "INCLUDE ItemID WHERE Items.PRICE < 10"}},
        "filters.cheap",
        "the dataset group has no ITEMS dataset",
    ),
    ({"filters": {"Seen": "x"}}, "filters.Seen", "expected a key of up to 30 lower-case letters"),
    ({"filters": {"long": "x" * 2_501}}, "filters.long", "expected 1 to 2,500 characters, got 2,501"),
    ({"filters_keep_days": -1}, "filters_keep_days", "expected 0 to 365 days, got -1"),
]


@pytest.mark.parametrize(("values", "field", "problem"), WRONG, ids=[field for _, field, _ in WRONG])
def test_a_wrong_value_is_an_error_that_names_the_field(values: dict, field: str, problem: str):
    refused(values, field, problem)
