"""Next best action: probabilities of actions, moved by what a user took before as far as that helped."""

from __future__ import annotations

import numpy as np
import pytest

from personalize_sfn.engine import Attributes, Interactions, TrainingInput, evaluate, fit, load, save, with_new_items
from personalize_sfn.engine.actions import Actions
from personalize_sfn.engine.metrics import action_metrics

BANK = ["account", "card", "loan", "mortgage"]
SHOP = ["newsletter", "coupon", "club", "app"]


@pytest.fixture(scope="module")
def taken() -> Interactions:
    """A hundred users: half take three of the bank's actions, half three of the shop's."""
    draw = np.random.default_rng(3)
    rows = [
        (f"user-{user}", action, time)
        for user in range(100)
        for time, action in enumerate(draw.permutation(BANK if user % 2 else SHOP)[:3].tolist())
    ]
    return Interactions.from_columns(*zip(*rows, strict=True))


@pytest.fixture(scope="module")
def model(taken: Interactions) -> Actions:
    trained = fit("aws-next-best-action", taken)
    assert isinstance(trained, Actions)
    return trained


def test_who_took_a_bank_action_will_take_another(model: Actions):
    answer = model.recommend(["account", "loan"], k=4)
    assert {action.item_id for action in answer} == set(BANK)
    assert model.weight > 0


def test_scores_are_probabilities_best_first(model: Actions):
    scores = [action.score or 0 for action in model.recommend(["coupon"], k=8)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score < 1 for score in scores)
    assert scores[0] > 2 * scores[-1]


def test_a_stranger_is_told_how_often_each_action_is_taken(model: Actions, taken: Interactions):
    shares = dict(zip(taken.item_ids.tolist(), ((taken.item_users + 0.5) / 101).tolist(), strict=True))
    for action in model.recommend([], k=8):
        assert action.score == pytest.approx(shares[action.item_id], abs=1e-5)


def test_histories_move_nothing_where_they_tell_nothing():
    draw = np.random.default_rng(5)
    rows = [
        (f"user-{user}", f"action-{action}", time)
        for user in range(200)
        for time, action in enumerate(draw.permutation(6)[:2].tolist())
    ]
    model = fit("aws-next-best-action", Interactions.from_columns(*zip(*rows, strict=True)))
    assert isinstance(model, Actions)
    assert model.weight <= 0.25


def test_an_action_that_nobody_took_is_known_and_comes_last(taken: Interactions, model: Actions, tmp_path):
    actions = Attributes.from_columns([*BANK, *SHOP, "brand-new"], {})
    larger = fit("aws-next-best-action", taken, TrainingInput(items=actions))
    assert isinstance(larger, Actions)
    before = {action.item_id: action.score for action in model.recommend(["account"], k=9)}
    *known, last = larger.recommend(["account", "brand-new"], k=9)
    assert {action.item_id: action.score for action in known} == pytest.approx(before, abs=1e-6)
    assert (last.item_id, last.score) == ("brand-new", pytest.approx(0.5 / 101))
    save(larger, "aws-next-best-action", tmp_path / "model.npz")
    assert load(tmp_path / "model.npz")[1].recommend(["account", "brand-new"], k=9) == [*known, last]


def test_new_actions_are_taken_up_without_training(model: Actions):
    larger = with_new_items(model, Attributes.from_columns(["another", "zeal"], {}))
    assert larger.item_ids.tolist() == sorted([*BANK, *SHOP, "another", "zeal"])
    assert larger.recommend(["coupon"], k=3) == model.recommend(["coupon"], k=3)


def test_without_any_event_all_actions_are_alike(tmp_path):
    nothing = Interactions.without_events()
    model = fit("aws-next-best-action", nothing, TrainingInput(items=Attributes.from_columns(["b", "a"], {})))
    answer = model.recommend(["a"], k=5)
    assert [action.item_id for action in answer] == ["a", "b"]
    assert len({action.score for action in answer}) == 1
    assert (
        evaluate("aws-next-best-action", nothing, TrainingInput(items=Attributes.from_columns(["b"], {})))["precision"]
        == 0.0
    )
    save(model, "aws-next-best-action", tmp_path / "model.npz")
    assert load(tmp_path / "model.npz")[1].recommend(["a"], k=5) == answer


def test_a_few_users_are_no_trial():
    model = fit("aws-next-best-action", Interactions.from_columns("aabb", "xyxz", range(4)))
    assert isinstance(model, Actions)
    assert model.weight == 0


def test_the_metrics_by_hand():
    scores = [{"a": 0.9, "b": 0.5, "c": 0.1}, {"a": 0.2, "b": 0.2, "c": 0.8}]
    measured = action_metrics(scores, [{"a"}, {"a", "c"}], shown=1)
    assert measured == {"precision": 1.0, "recall": 0.75, "area_under_the_curve": (1.0 + 0.75) / 2}


def test_the_held_out_action_is_told_from_the_others(taken: Interactions):
    measured = evaluate("aws-next-best-action", taken, seen="left out")
    assert measured["area_under_the_curve"] > 0.85
