"""Tests of ``engine.trend_evaluation``."""

from __future__ import annotations

import pytest

from personalize_sfn.engine import Interactions, evaluate

HOUR = 3_600


def events(*groups: tuple[str, int, float]) -> Interactions:
    """Groups of an item, how many users chose it, and how many hours ago."""
    rows = [(f"{item}-{n}", item, 1_000_000 - int(ago * HOUR) - n) for item, count, ago in groups for n in range(count)]
    return Interactions.from_columns(*zip(*rows, strict=True))


def test_a_trend_that_goes_on_is_predicted():
    data = events(("rising", 30, 0), ("rising", 15, 2.5), ("falling", 5, 0), ("falling", 9, 2.5), ("falling", 9, 5))
    measured = evaluate("aws-trending-now", data)
    assert measured == {"coverage": 1.0, "trend_prediction_accuracy": pytest.approx(15 / 30)}


def test_one_window_of_data_has_no_past_to_predict_from():
    assert evaluate("aws-trending-now", events(("a", 3, 0), ("b", 2, 0)))["trend_prediction_accuracy"] == 0
