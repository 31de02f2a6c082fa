"""Tests of ``resources``: amazon Personalize's resource types, each declared once."""

from __future__ import annotations

import pytest

from personalize_sfn.resources import (
    BY_KEY,
    DELETION_ORDER,
    RESOURCE_TYPES,
)

every_row = pytest.mark.parametrize("row", RESOURCE_TYPES, ids=lambda row: row.key)


@every_row
def test_what_a_resource_needs_is_created_before_it_and_deleted_after_it(row):
    assert {BY_KEY[parent] for parent in row.parents} <= set(RESOURCE_TYPES[: RESOURCE_TYPES.index(row)])
    order = list(DELETION_ORDER)
    for parent in row.parents:
        if row.deletable and BY_KEY[parent].deletable:
            assert order.index(row) < order.index(BY_KEY[parent])


def test_what_costs_money_by_the_hour_is_deleted_first():
    billed = [row.billed_by_the_hour for row in DELETION_ORDER]
    assert billed == sorted(billed, reverse=True)


@every_row
def test_it_is_waited_for_exactly_if_it_has_a_status(row):
    assert bool(row.typical_seconds) == row.has_status
    assert row.timeout_seconds >= row.typical_seconds
