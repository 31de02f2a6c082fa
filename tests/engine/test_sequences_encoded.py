"""Tests of ``engine.sequences``."""

from __future__ import annotations

import numpy as np
import pytest

from personalize_sfn.engine import Interactions
from personalize_sfn.engine.sequences import encode_histories, repeat_consumption


def test_the_hazard_is_the_share_of_chances_taken():
    """Forty users choose a, b, a, c.  Chances: the first a at lags 1 and 2 (taken), b at 1 and 2, the second a at 1."""
    users = [f"user-{n // 4}" for n in range(160)]
    data = Interactions.from_columns(users, list("abac") * 40, range(160))
    hazard = repeat_consumption(data).hazard
    prior = 10 * 40 / 200
    assert hazard[0, 0] == pytest.approx(prior / (80 + 10))
    assert hazard[0, 1] == pytest.approx((40 + prior) / (80 + 10))
    assert hazard[1, 0] == pytest.approx(prior / (40 + 10))


def test_a_history_in_numbers_is_newest_first_with_lags_and_counts():
    data = Interactions.from_columns(["u"] * 3, ["a", "b", "c"], [1, 2, 3])
    asked = encode_histories(data, [["a", "b", "unknown", "a", "c"], [], ["b"]])
    assert asked.starts.tolist() == [0, 3, 3, 4]
    assert data.item_ids[asked.items].tolist() == ["c", "a", "b", "b"]
    assert asked.ages.tolist() == [0, 1, 2, 0]
    assert asked.lags.tolist() == [1, 2, 3, 1]
    assert asked.times.tolist() == [1, 2, 1, 1]
    assert np.array_equal(asked.rows, [0, 0, 0, 2])
