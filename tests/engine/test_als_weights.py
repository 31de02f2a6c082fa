"""Events that count more than others."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from personalize_sfn.engine import Interactions, evaluate, fit, load, save
from personalize_sfn.engine.als import chosen
from personalize_sfn.engine.metrics import item_metrics
from personalize_sfn.errors import DataError

V2 = "aws-user-personalization-v2"
NDCG = "normalized_discounted_cumulative_gain"


def taste(weights: bool) -> Interactions:
    """Everybody looks at all of 40 items at random, and buys only those of the own half, which weighs ten times."""
    draw = random.Random(2)
    rows = []
    for user in range(60):
        for place in range(30):
            item = draw.randrange(40)
            rows.append((f"u{user}", f"i{item}", 1000 + place, 1.0 if item % 2 == user % 2 else 0.1))
    users, items, times, counts = zip(*rows, strict=True)
    return Interactions.from_columns(users, items, times, weights=counts if weights else None)


def test_a_pair_counts_as_its_heaviest_event_and_one_on_average() -> None:
    data = Interactions.from_columns(["u", "u", "v"], ["a", "a", "b"], [1, 2, 3], weights=[1, 3, 1])
    assert chosen(data).toarray().tolist() == [[1.5, 0], [0, 0.5]]


def test_what_weighs_more_is_recommended_more() -> None:
    def share(data: Interactions) -> float:
        model = fit(V2, data)
        answers = model.recommend_batch([["i0", "i2", "i4"]], k=10)[0]
        return float(np.mean([int(item.item_id[1:]) % 2 == 0 for item in answers]))

    assert share(taste(weights=True)) > share(taste(weights=False))


def test_a_metric_weighs_its_hits() -> None:
    measured = item_metrics([["a", "b"]], [frozenset("bc")], catalogue=3, weights=[{"b": 1.0, "c": 2.0}])
    second, third = 1 / np.log2(3), 1 / np.log2(4)
    assert third < second
    assert measured[f"{NDCG}_with_event_weights_at_5"] == pytest.approx(second / (2 + second))


def test_only_weighted_data_has_the_weighted_metric() -> None:
    assert f"{NDCG}_with_event_weights_at_25" in evaluate(V2, taste(weights=True))
    assert not [name for name in evaluate(V2, taste(weights=False)) if "weights" in name]


def test_a_model_file_keeps_the_weights(tmp_path: Path) -> None:
    model = fit(V2, taste(weights=True))
    save(model, V2, tmp_path / "model")
    again = load(tmp_path / "model")[1].interactions.weights
    assert again is not None
    assert np.array_equal(again, model.interactions.weights)


def test_weights_of_another_length_are_refused() -> None:
    with pytest.raises(DataError, match="column weights has 1 rows, column USER_ID has 2"):
        Interactions.from_columns(["u", "v"], ["a", "b"], [1, 2], weights=[1])
