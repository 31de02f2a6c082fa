"""Tests of ``labels``: columns of context: what is known of the moment of each event, as one of few values."""

from __future__ import annotations

import numpy as np
import pandas as pd

from personalize_sfn.engine import CodedColumn, Event, Interactions, Labels


def test_ids_of_any_type_become_strings():
    data = Interactions.from_columns(np.array([10, 9]), [2, 30], [1, 2])
    assert data.user_ids.tolist() == ["10", "9"]
    assert data.history("9") == [Event("30", 2)]


def test_a_column_of_pandas_categories_is_read_by_its_values():
    users = pd.CategoricalIndex(["v", "u", "v"], categories=["u", "v"])
    data = Interactions.from_columns(users, ["a", "b", "c"], [1, 2, 3])
    assert [len(data.history(user)) for user in ("u", "v")] == [1, 2]


def test_columns_that_are_coded_already_are_taken_over():
    # Two values may be one id.
    users = CodedColumn(np.array(["1", "u", 1], dtype=object), np.array([0, 1, 2, 1], dtype=np.int32))
    data = Interactions.from_columns(users, ["a", "b", "c", "d"], [1, 2, 3, 4])
    assert data.user_ids.tolist() == ["1", "u"]
    assert [event.item_id for event in data.history("u")] == ["b", "d"]
    assert [event.item_id for event in data.history("1")] == ["a", "c"]


def test_a_coded_column_of_context_means_what_its_rows_mean():
    rows = [None, "tv", "", "phone|tv", "tv"]
    for numeric, column in ((False, rows), (True, [3, None, 1.5, 3, float("nan")])):
        plain, coded = (Labels.of(each, numeric=numeric) for each in (column, CodedColumn.of(column)))
        assert plain.names.tolist() == coded.names.tolist()
        assert plain.codes.tolist() == coded.codes.tolist()
    assert Labels.of(rows).codes.tolist() == [-1, 1, -1, 0, 1]
