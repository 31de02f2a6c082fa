"""The metrics, against the worked example of the Personalize guide and against small sums by hand."""

from __future__ import annotations

import math

import pytest

from personalize_sfn.engine.metrics import item_metrics

KEYS = [
    "coverage",
    "mean_reciprocal_rank_at_25",
    "normalized_discounted_cumulative_gain_at_5",
    "normalized_discounted_cumulative_gain_at_10",
    "normalized_discounted_cumulative_gain_at_25",
    "precision_at_5",
    "precision_at_10",
    "precision_at_25",
]


def test_the_example_of_the_guide():
    """Five items, of which the second and the fifth were chosen."""
    metrics = item_metrics([["a", "b", "c", "d", "e"]], [{"b", "e"}], catalogue=10)
    assert metrics["mean_reciprocal_rank_at_25"] == 0.5
    assert metrics["normalized_discounted_cumulative_gain_at_5"] == pytest.approx(0.6241, abs=5e-5)
    assert metrics["precision_at_5"] == pytest.approx(0.4)
    assert metrics["coverage"] == 0.5


def test_the_keys_are_those_of_the_service():
    assert list(item_metrics([["a"]], [{"a"}], catalogue=1)) == KEYS


def test_a_perfect_list_has_gain_one():
    metrics = item_metrics([["a", "b"]], [{"a", "b"}], catalogue=2)
    assert {metrics[key] for key in KEYS if "gain" in key} == {1.0}


def test_a_list_without_a_hit_counts_zero_and_only_for_its_share():
    metrics = item_metrics([["a"], ["b"]], [{"a"}, {"a"}], catalogue=4)
    assert metrics["mean_reciprocal_rank_at_25"] == 0.5
    assert metrics["normalized_discounted_cumulative_gain_at_10"] == 0.5
    assert metrics["precision_at_10"] == pytest.approx(0.05)
    assert metrics["coverage"] == 0.5


def test_a_hit_after_the_cut_does_not_count():
    items = [f"i{n}" for n in range(30)]
    metrics = item_metrics([items], [{"i7", "i28"}], catalogue=30)
    assert metrics["precision_at_5"] == 0
    assert metrics["normalized_discounted_cumulative_gain_at_10"] == pytest.approx(
        (1 / math.log2(9)) / (1 + 1 / math.log2(3))
    )
    assert metrics["mean_reciprocal_rank_at_25"] == pytest.approx(1 / 8)
    assert metrics["coverage"] == pytest.approx(25 / 30)


def test_no_test_user_gives_zeros():
    assert set(item_metrics([], [], catalogue=3).values()) == {0.0}


def test_the_margin_of_a_mean_is_half_of_its_interval_by_the_spread_over_users():
    """Hits of four users at place 1: yes, yes, no, no; the standard deviation is 0.577, of the mean 0.289."""
    metrics = item_metrics([["a"]] * 4, [{"a"}, {"a"}, {"b"}, {"b"}], catalogue=2)
    assert metrics.users == 4
    assert metrics["mean_reciprocal_rank_at_25"] == 0.5
    assert metrics.margins["mean_reciprocal_rank_at_25"] == pytest.approx(1.96 * 0.57735 / 2, abs=1e-4)
    assert "coverage" not in metrics.margins, "it is no mean over users"


def test_one_user_tells_nothing_of_a_spread():
    assert item_metrics([["a"]], [{"a"}], catalogue=2).margins == {}
