"""Interactions and the hold-out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from personalize_sfn.engine import Event, Interactions, Labels
from personalize_sfn.engine.interactions import typical_items, typical_users
from personalize_sfn.engine.split import folds, held_out, newest_tenth
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


def test_ids_of_any_type_become_strings():
    data = Interactions.from_columns(np.array([10, 9]), [2, 30], [1, 2])
    assert data.user_ids.tolist() == ["10", "9"]
    assert data.history("9") == [Event("30", 2)]


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


@pytest.mark.parametrize(("events", "targets"), [(1, 1), (2, 1), (10, 1), (11, 2), (20, 2), (25, 3)])
def test_the_newest_tenth_is_rounded_up(events: int, targets: int):
    history, target = newest_tenth([str(n) for n in range(events)])
    assert len(target) == targets
    assert history + target == [str(n) for n in range(events)]


def test_test_users_do_not_train(checkerboard: Interactions):
    test = held_out(checkerboard, seed=3)
    assert len(test.training.user_ids) == 54
    assert len(test.histories) == len(test.targets) == 6
    assert [len(history) for history in test.histories] == [12] * 6
    assert [len(target) for target in test.targets] == [2] * 6
    trained = {
        tuple(event.item_id for event in test.training.history(user)) for user in test.training.user_ids.tolist()
    }
    assert not any(tuple(history) == known[:12] for history in test.histories for known in trained)


def test_the_same_seed_holds_out_the_same_users(checkerboard: Interactions):
    assert held_out(checkerboard, seed=3).histories == held_out(checkerboard, seed=3).histories
    assert held_out(checkerboard, seed=3).histories != held_out(checkerboard, seed=4).histories


def test_folds_hold_out_each_user_once(checkerboard: Interactions):
    tests = list(folds(checkerboard, 10))
    assert len(tests) == 10
    trained = [set(test.training.user_ids.tolist()) for test in tests]
    everyone = set(checkerboard.user_ids.tolist())
    held = [everyone - users for users in trained]
    assert sum(len(users) for users in held) == 60
    assert set().union(*held) == everyone


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


def test_a_column_of_pandas_categories_is_read_by_its_values():
    users = pd.CategoricalIndex(["v", "u", "v"], categories=["u", "v"])
    data = Interactions.from_columns(users, ["a", "b", "c"], [1, 2, 3])
    assert [len(data.history(user)) for user in ("u", "v")] == [1, 2]


def test_columns_that_are_coded_already_are_taken_over():
    users = Labels(np.array(["v", "u", "v"]), np.array([0, 1, 2, 1], dtype=np.int32))  # two names may be one
    data = Interactions.from_columns(users, ["a", "b", "c", "d"], [1, 2, 3, 4])
    assert data.user_ids.tolist() == ["u", "v"]
    assert [event.item_id for event in data.history("u")] == ["b", "d"]
    assert [event.item_id for event in data.history("v")] == ["a", "c"]
