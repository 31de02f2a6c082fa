"""Quality floors: the mean NDCG at 10 over ten folds that ask every user once, seen items left out."""

from __future__ import annotations

import subprocess
import sys

import pytest

from personalize_sfn.engine import Interactions, cross_validate, evaluate


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
