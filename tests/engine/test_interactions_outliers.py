"""Tests of ``interactions``: interactions: who did something with which item, and when, as columns of numbers."""

from __future__ import annotations

from personalize_sfn.engine import Interactions
from personalize_sfn.engine.interactions import typical_items, typical_users


def test_users_outside_the_percentiles_leave_and_the_catalogue_stays():
    users = ["few"] + ["some"] * 5 + ["many"] * 50
    data = Interactions.from_columns(users, [f"i{n}" for n in range(56)], range(56))
    typical = typical_users(data, 0.1, 0.9)
    assert typical.user_ids.tolist() == ["some"]
    assert typical.item_ids.tolist() == data.item_ids.tolist()
    assert typical.history("some") == data.history("some")


def test_items_outside_the_percentiles_leave_and_the_catalogue_stays():
    items = ["rare"] + ["usual"] * 5 + ["everywhere"] * 50
    data = Interactions.from_columns([f"u{n}" for n in range(56)], items, range(56))
    typical = typical_items(data, 0.1, 0.9)
    assert typical.item_ids.tolist() == data.item_ids.tolist()
    assert typical.item_users.tolist() == [0, 0, 5]
