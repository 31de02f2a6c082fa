"""Quality floors: the mean NDCG at 10 over ten folds that ask every user once, seen items left out."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from itertools import islice

import numpy as np
import pytest
from implicit.cpu.als import AlternatingLeastSquares
from threadpoolctl import threadpool_limits

from personalize_sfn.engine import Interactions, TrainingInput, cross_validate, evaluate
from personalize_sfn.engine.als import Factors, chosen
from personalize_sfn.engine.interactions import Codes
from personalize_sfn.engine.metrics import item_metrics
from personalize_sfn.engine.model import Scores
from personalize_sfn.engine.segment_evaluation import measure_segments
from personalize_sfn.engine.segments import Segments
from personalize_sfn.engine.sequences import encode_histories
from personalize_sfn.engine.split import HeldOut, folds, held_out_events
from personalize_sfn.engine.training import evaluate_on

V1, V2, POPULARITY = "aws-user-personalization", "aws-user-personalization-v2", "aws-popularity-count"
NDCG = "normalized_discounted_cumulative_gain_at_10"


def ndcg(recipe: str, data: Interactions) -> float:
    return cross_validate(recipe, data, seen="left out")[NDCG]


def plain_als(test: HeldOut) -> float:
    """The bare library, every event of a history weighing the same, at the settings that were best for it."""
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(factors=64, alpha=2.0, regularization=12.3, iterations=15, random_state=0)
        model.fit(chosen(test.training), show_progress=False)
    asked, names = encode_histories(test.training, test.histories), test.training.item_ids
    rows = asked.weighted(np.ones(len(asked.items)), len(names))
    rows.sort_indices()
    found, _ = model.recommend(np.arange(rows.shape[0]), rows, N=25, recalculate_user=True)
    return item_metrics(names[found].tolist(), test.targets, catalogue=len(names))[NDCG]


def assert_floors(data: Interactions, count: int) -> None:
    """The first `count` of ten folds: both generations above popularity and above the bare library."""
    tests = list(islice(folds(data), count))

    def of(recipe: str) -> float:
        return float(np.mean([evaluate_on(recipe, test, seen="left out")[NDCG] for test in tests]))

    popular, plain, v1, v2 = of(POPULARITY), float(np.mean([plain_als(test) for test in tests])), of(V1), of(V2)
    assert v1 >= 2.0 * popular
    assert v1 >= 1.15 * plain
    assert v2 >= 2.2 * popular
    assert v2 >= 1.25 * plain


@pytest.mark.slow
def test_personalization_reaches_its_floors_on_a_part_of_the_shipped_data(shipped: Interactions):
    assert_floors(shipped, 2)


@pytest.mark.slow
def test_personalization_reaches_its_floors_on_the_shipped_data(shipped: Interactions):
    assert_floors(shipped, 10)


@pytest.mark.slow
@pytest.mark.parametrize(("recipe", "floor"), [(V1, 0.170), (V2, 0.180)])
def test_personalization_reaches_its_floor_on_movielens_100k(ml_100k: Interactions, recipe: str, floor: float):
    assert ndcg(recipe, ml_100k) >= floor


def test_popularity_on_movielens_100k_is_what_others_measured(ml_100k: Interactions):
    """The protocol itself: another implementation of it measured 0.074."""
    assert ndcg("aws-popularity-count", ml_100k) == pytest.approx(0.074, abs=0.003)


def test_sims_reaches_its_floor_on_movielens_100k(ml_100k: Interactions):
    assert ndcg("aws-sims", ml_100k) >= 0.105


@pytest.mark.slow
def test_sims_is_above_popularity_on_the_shipped_data(shipped: Interactions):
    assert ndcg("aws-sims", shipped) > ndcg("aws-popularity-count", shipped)


def most_active_users(data: Interactions) -> dict[str, float]:
    """The metrics of segments that hold the most active users of those who do not know the item."""

    class MostActive(Segments):
        def _scores(self, groups: Sequence[Codes]) -> Scores:
            return np.tile(self._activity, (len(groups), 1))

    def trained(training: Interactions) -> MostActive:
        return MostActive(training, Factors(np.zeros((len(training.item_ids), 1), dtype=np.float32), 1, 1), {})

    return measure_segments(trained, held_out_events(data), by_value=False, seen="left out")[0]


def assert_segments_are_above(baseline: dict[str, float], data: Interactions) -> None:
    reached = evaluate("aws-item-affinity", data, seen="left out")
    assert reached["hits_at_1_percent"] > baseline["hits_at_1_percent"]
    assert reached["recall_at_1_percent"] > baseline["recall_at_1_percent"]


@pytest.mark.slow
def test_segments_are_above_the_most_active_users_on_the_shipped_data(shipped: Interactions):
    assert_segments_are_above(most_active_users(shipped), shipped)


def test_segments_are_above_the_most_active_users_on_movielens_100k(ml_100k: Interactions):
    assert_segments_are_above(most_active_users(ml_100k), ml_100k)


@pytest.mark.slow
def test_the_metrics_of_a_solution_version_beat_popularity(shipped: Interactions):
    popular = evaluate("aws-popularity-count", shipped)
    personal = evaluate("aws-user-personalization-v2", shipped)
    assert personal.keys() == popular.keys()
    assert all(personal[name] > popular[name] for name in popular)


def test_the_same_seed_gives_the_same_metrics(checkerboard: Interactions):
    recipe = "aws-user-personalization-v2"
    assert evaluate(recipe, checkerboard, TrainingInput(seed=5)) == evaluate(
        recipe, checkerboard, TrainingInput(seed=5)
    )


def test_importing_the_engine_does_not_load_implicit():
    code = "import sys, personalize_sfn.engine; sys.exit('implicit' in sys.modules or 'boto3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
