"""Quality floors: the mean NDCG at 10 over ten folds that ask every user once, seen items left out."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from personalize_sfn.engine import Interactions, cross_validate, evaluate
from personalize_sfn.engine.factors import Factors
from personalize_sfn.engine.interactions import Codes
from personalize_sfn.engine.model import Scores
from personalize_sfn.engine.segment_tests import measure_segments
from personalize_sfn.engine.segments import Segments
from personalize_sfn.engine.split import held_out_events


def ndcg(recipe: str, data: Interactions) -> float:
    return cross_validate(recipe, data, seen="left out")["normalized_discounted_cumulative_gain_at_10"]


def test_v2_is_at_least_2_2_times_popularity_on_the_shipped_data(shipped: Interactions):
    assert ndcg("aws-user-personalization-v2", shipped) >= 2.2 * ndcg("aws-popularity-count", shipped)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("recipe", "floor"), [("aws-user-personalization", 0.170), ("aws-user-personalization-v2", 0.180)]
)
def test_personalization_reaches_its_floor_on_movielens_100k(ml_100k: Interactions, recipe: str, floor: float):
    assert ndcg(recipe, ml_100k) >= floor


def test_popularity_on_movielens_100k_is_what_others_measured(ml_100k: Interactions):
    """The protocol itself: another implementation of it measured 0.074."""
    assert ndcg("aws-popularity-count", ml_100k) == pytest.approx(0.074, abs=0.003)


def test_sims_reaches_its_floor_on_movielens_100k(ml_100k: Interactions):
    assert ndcg("aws-sims", ml_100k) >= 0.105


def test_sims_is_above_popularity_on_the_shipped_data(shipped: Interactions):
    assert ndcg("aws-sims", shipped) > ndcg("aws-popularity-count", shipped)


def most_active_users(data: Interactions) -> dict[str, float]:
    """The metrics of segments that hold the most active users of those who do not know the item."""

    class MostActive(Segments):
        def _scores(self, items: Codes) -> Scores:
            return self._activity

    def trained(training: Interactions) -> MostActive:
        return MostActive(training, Factors(np.zeros((len(training.item_ids), 1), dtype=np.float32), 1, 1), {})

    return measure_segments(trained, held_out_events(data), by_value=False, seen="left out")[0]


def assert_segments_are_above(baseline: dict[str, float], data: Interactions) -> None:
    reached = evaluate("aws-item-affinity", data, seen="left out")
    assert reached["hits_at_1_percent"] > baseline["hits_at_1_percent"]
    assert reached["recall_at_1_percent"] > baseline["recall_at_1_percent"]


def test_segments_are_above_the_most_active_users_on_the_shipped_data(shipped: Interactions):
    assert_segments_are_above(most_active_users(shipped), shipped)


def test_segments_are_above_the_most_active_users_on_movielens_100k(ml_100k: Interactions):
    assert_segments_are_above(most_active_users(ml_100k), ml_100k)


def test_the_metrics_of_a_solution_version_beat_popularity(shipped: Interactions):
    popular = evaluate("aws-popularity-count", shipped)
    personal = evaluate("aws-user-personalization-v2", shipped)
    assert personal.keys() == popular.keys()
    assert all(personal[name] > popular[name] for name in popular)


def test_the_same_seed_gives_the_same_metrics(checkerboard: Interactions):
    recipe = "aws-user-personalization-v2"
    assert evaluate(recipe, checkerboard, seed=5) == evaluate(recipe, checkerboard, seed=5)


def test_importing_the_engine_does_not_load_implicit():
    code = "import sys, personalize_sfn.engine; sys.exit('implicit' in sys.modules or 'boto3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
