"""The search for hyperparameters, and one trial for a version's metrics and its model."""

from __future__ import annotations

import pytest

from personalize_sfn.engine import Interactions, TrainingInput, evaluate_and_learn, fit, hpo, tunable, tune
from personalize_sfn.engine.split import held_out
from personalize_sfn.errors import ConfigError


def test_the_search_answers_strings_within_the_ranges_the_same_each_time(checkerboard: Interactions):
    ranges = {"popularity_discount_factor": (0.2, 0.4), "min_cointeraction_count": (1, 2)}
    best, reached = tune("aws-sims", checkerboard, ranges, 4, TrainingInput(seed=3))
    assert 0.2 <= float(best["popularity_discount_factor"]) <= 0.4
    assert best["min_cointeraction_count"] in {"1", "2"}
    assert reached > 0
    assert tune("aws-sims", checkerboard, ranges, 4, TrainingInput(seed=3)) == (best, reached)


def test_the_search_keeps_the_best_that_it_tried(checkerboard: Interactions, monkeypatch: pytest.MonkeyPatch):
    tried: list[float] = []

    def evaluate(
        _recipe: str, _data: Interactions, _given: TrainingInput, *, hyperparameters: dict[str, str]
    ) -> dict[str, float]:
        tried.append(float(hyperparameters["popularity_discount_factor"]))
        return {"normalized_discounted_cumulative_gain_at_25": 1 - abs(tried[-1] - 0.8)}

    monkeypatch.setattr(hpo, "evaluate", evaluate)
    best, reached = tune("aws-sims", checkerboard, {"popularity_discount_factor": (0.0, 1.0)}, 10)
    assert tried[0] == 0.5, "the first are the defaults"
    assert len(tried) == 10
    assert float(best["popularity_discount_factor"]) == min(tried, key=lambda value: abs(value - 0.8))
    assert reached == pytest.approx(1 - abs(float(best["popularity_discount_factor"]) - 0.8))


def test_the_search_never_sees_the_users_of_the_test(checkerboard: Interactions, monkeypatch: pytest.MonkeyPatch):
    seen: set[str] = set()

    def evaluate(_recipe: str, data: Interactions, *_: object, **__: object) -> dict[str, float]:
        seen.update(data.user_ids.tolist())
        return {"normalized_discounted_cumulative_gain_at_25": 0.1}

    monkeypatch.setattr(hpo, "evaluate", evaluate)
    tune("aws-sims", checkerboard, given=TrainingInput(seed=4), max_jobs=2)
    assert seen == set(held_out(checkerboard, seed=4).training.user_ids.tolist())


def test_what_cannot_be_tuned_is_refused_and_so_is_a_range_beyond_the_recipe_s(checkerboard: Interactions):
    with pytest.raises(ConfigError, match=r"ranges.max_user_history_length_percentile: aws-sims tunes popularity_dis"):
        tune("aws-sims", checkerboard, {"max_user_history_length_percentile": (0.1, 0.2)})
    with pytest.raises(ConfigError, match=r"expected a number from 0.0 to 1.0, got '3'"):
        tune("aws-sims", checkerboard, {"popularity_discount_factor": (0.5, 3)})
    with pytest.raises(ConfigError, match="expected a lowest and a highest value"):
        tune("aws-sims", checkerboard, {"popularity_discount_factor": (0.5, 0.1)})


def test_a_recipe_without_anything_to_tune_is_measured_once(checkerboard: Interactions):
    best, reached = tune("aws-popularity-count", checkerboard)
    assert best == {}
    assert 0 <= reached <= 1


def test_the_tunable_hyperparameters_are_those_of_the_service():
    sequence = {"hidden_dimension": (32, 256), "bptt": (2, 32), "recency_mask": ("true", "false")}
    for recipe in ("aws-user-personalization", "aws-personalized-ranking", "aws-hrnn", "aws-hrnn-coldstart"):
        assert tunable(recipe) == sequence
    assert tunable("aws-sims") == {"popularity_discount_factor": (0.0, 1.0), "min_cointeraction_count": (0, 10)}
    assert set(tunable("aws-similar-items")) == {"item_id_hidden_dim", "item_metadata_hidden_dim"}
    assert tunable("aws-user-personalization-v2") == tunable("aws-item-affinity") == {}


def test_a_model_takes_over_what_was_tried_for_the_metrics(shipped: Interactions, monkeypatch: pytest.MonkeyPatch):
    recipe = "aws-user-personalization"
    _, measured = evaluate_and_learn(recipe, shipped)

    def no_trial(*_: object, **__: object) -> None:
        pytest.fail("tried again")

    monkeypatch.setattr("personalize_sfn.engine.user_personalization.tune", no_trial)
    model = fit(recipe, shipped, like=measured)
    assert model.tuning == measured.tuning
    assert len(model.interactions) == len(shipped)


@pytest.mark.parametrize(
    ("recipe", "unread"),
    [
        ("aws-user-personalization", {"bptt": "20"}),
        ("aws-similar-items", {"item_id_hidden_dim": "50", "item_metadata_hidden_dim": "100"}),
    ],
)
def test_what_no_model_reads_is_not_drawn(checkerboard, recipe, unread, monkeypatch):
    tried = []

    def measured(name, data, given, *, hyperparameters):
        tried.append(hyperparameters)
        return {"normalized_discounted_cumulative_gain_at_25": 0.5}

    monkeypatch.setattr(hpo, "evaluate", measured)
    given = {name: value for name, value in unread.items() if value != "100"}
    best, _ = tune(recipe, checkerboard, max_jobs=10, hyperparameters=given)
    assert unread.items() <= best.items()
    assert {name: {setting[name] for setting in tried} for name in unread} == {n: {v} for n, v in unread.items()}
    assert len(tried) == (10 if recipe == "aws-user-personalization" else 1)
