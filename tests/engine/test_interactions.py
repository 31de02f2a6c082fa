"""Interactions and the hold-out."""

from __future__ import annotations

import pytest

from personalize_sfn.engine import Event, Interactions
from personalize_sfn.errors import DataError


def test_a_history_is_in_order_of_time_whatever_the_order_of_rows():
    data = Interactions.from_columns(["b", "a", "a"], ["x", "late", "early"], [5, 9, 3])
    assert data.history("a") == [Event("early", 3), Event("late", 9)]


def test_events_of_one_second_keep_the_order_they_came_in():
    data = Interactions.from_columns(["u"] * 3, ["z", "a", "m"], [7, 7, 7])
    assert [event.item_id for event in data.history("u")] == ["z", "a", "m"]


def test_a_stranger_has_no_history():
    data = Interactions.from_columns(["b"], ["x"], [5])
    assert data.history("a") == []
    assert data.history("z") == []


def test_rows_equal_in_every_column_count_once():
    data = Interactions.from_columns(["u"] * 4, ["x", "x", "x", "y"], [1, 1, 2, 1])
    assert data.history("u") == [Event("x", 1), Event("y", 1), Event("x", 2)]


def test_rows_that_differ_in_event_type_or_value_are_different_events():
    columns = (["u"] * 3, ["x"] * 3, [1, 1, 1])
    assert len(Interactions.from_columns(*columns, event_types=["click", "watch", "click"])) == 2
    assert len(Interactions.from_columns(*columns, event_values=[1.0, 2.0, 2.5])) == 3


def test_the_popularity_of_an_item_is_its_number_of_different_users():
    data = Interactions.from_columns(["u", "u", "u", "v"], ["x", "x", "y", "x"], [1, 2, 3, 4])
    assert dict(zip(data.item_ids.tolist(), data.item_users.tolist(), strict=True)) == {"x": 2, "y": 1}


def test_columns_of_different_length_are_an_error_that_names_the_column():
    with pytest.raises(DataError, match="column ITEM_ID has 1 rows, column USER_ID has 2"):
        Interactions.from_columns(["u", "v"], ["x"], [1, 2])


def test_a_fraction_of_a_second_is_an_error_that_names_the_row():
    with pytest.raises(DataError, match=r"column TIMESTAMP, row 1: expected whole epoch seconds, got 2\.5"):
        Interactions.from_columns(["u", "v"], ["x", "y"], [1.0, 2.5])


def test_a_time_that_is_no_number_is_an_error():
    with pytest.raises(DataError, match="column TIMESTAMP: expected whole epoch seconds"):
        Interactions.from_columns(["u"], ["x"], ["yesterday"])


def test_no_row_at_all_is_an_error():
    with pytest.raises(DataError, match="the interactions hold no row"):
        Interactions.from_columns([], [], [])
