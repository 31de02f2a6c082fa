"""Tests of ``engine.serving``."""

from __future__ import annotations

import numpy as np
import pytest

from fakes.camps import V1, V2, camps, ids, ndcg_at_10
from personalize_sfn.engine import (
    Exploration,
    Interactions,
    TrainingInput,
    fit,
    rank_for_users,
    recommend_for_users,
)


def test_explored_answers_are_sorted_probabilities_that_obey_the_candidates(checkerboard: Interactions):
    model = fit(V2, checkerboard, TrainingInput(items=camps(checkerboard, "new-even", "new-odd")))
    allowed = ~np.isin(model.item_ids, ["new-even", "item-2"])
    histories = [["item-0", "item-4", "item-8"], []]
    for masks in (allowed, np.stack([allowed, allowed])):
        for answer in recommend_for_users(
            model, ["a", "b"], histories, k=42, candidates=masks, exploration=Exploration(1.0)
        ):
            scores = [item.score for item in answer]
            assert scores == sorted(scores, reverse=True)
            assert 0.5 < sum(scores) < 1
            assert len(answer) == 40
            assert not {"new-even", "item-2"} & set(ids(answer))


@pytest.mark.parametrize("recipe", [V1, V2])
def test_cold_start_users_are_answered_by_attributes_better_than_by_popularity(villages, recipe: str):
    data, about, wanted = villages
    model = fit(recipe, data, TrainingInput(users=about))
    nobody: list[list[str]] = [[] for _ in wanted]

    def quality(users: list[str | None]) -> float:
        answers = recommend_for_users(model, users, nobody, k=10)
        return float(np.mean([ndcg_at_10(ids(a), w) for a, w in zip(answers, wanted.values(), strict=True)]))

    personal, popular = quality(list(wanted)), quality([None] * len(wanted))
    assert personal > 1.3 * popular
    assert recommend_for_users(model, ["stranger"], [[]], k=10) == [model.recommend([], k=10)]


def test_a_ranking_for_a_cold_start_user_is_by_attributes(villages):
    data, about, _ = villages
    model = fit("aws-personalized-ranking", data, TrainingInput(users=about))
    items = [f"i{number}" for number in range(30)]
    [one], [other] = (rank_for_users(model, [user], [[]], [items]) for user in ("u201", "u202"))
    assert ids(one) != ids(other)
    assert sum(item.score for item in one) == pytest.approx(1, abs=1e-5)
    assert rank_for_users(model, ["stranger"], [[]], [items]) == [model.rank([], items)]
