"""The best of each row: of equal scores the lower position, however many are asked for."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from personalize_sfn.engine.model import best


@given(st.lists(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=40, max_size=40), min_size=1, max_size=4))
def test_top_k_of_a_smaller_k_is_the_beginning_of_a_larger_one(rows: list[list[float]]):
    scores = np.array(rows, dtype=np.float32)
    every, _ = best(scores, 40, None)
    for k in (1, 10, 25):
        positions, values = best(scores, k, None)
        assert positions.tolist() == every[:, :k].tolist()
        assert values.tolist() == np.take_along_axis(scores, positions, axis=1).tolist()


def test_top_k_takes_the_lower_positions_of_equal_scores():
    scores = np.array([[0, 1, 1, 1, 2, 1]], dtype=np.float32)
    assert best(scores, 3, None)[0].tolist() == [[4, 1, 2]]
    assert best(scores, 3, scores != 2)[0].tolist() == [[1, 2, 3]]


def test_places_without_a_candidate_come_last():
    scores = np.zeros((1, 4), dtype=np.float32)
    positions, values = best(scores, 3, np.array([False, False, True, False]))
    assert positions[0, 0] == 2
    assert values[0].tolist() == [0.0, -np.inf, -np.inf]
