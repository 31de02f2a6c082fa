"""Tuning: on training data only, the same each time, and defaults where a trial would be chance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from personalize_sfn.engine import Interactions, fit, history_scores, load, save
from personalize_sfn.engine.history_scores import ALPHAS, DECAYS, NEXT_ITEMS_WEIGHTS, TEMPERATURES, Tuning, tune
from personalize_sfn.engine.sequences import repeat_consumption
from personalize_sfn.engine.split import HeldOut
from personalize_sfn.engine.user_personalization import Personalization


def test_a_few_users_are_no_trial(checkerboard: Interactions):
    assert tune(checkerboard, use_next_items=True, recency=True, seed=0) == Tuning()


def test_of_more_data_than_a_trial_takes_the_trial_asks_its_own_share_of_users(
    shipped: Interactions, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(history_scores, "TRIAL_EVENTS", 20_000)  # about 120 of the 610 users
    monkeypatch.setattr(history_scores, "TRIAL_USERS", 30)
    asked = []
    held_out = history_scores.held_out

    def noted(*args: Any, **options: Any) -> HeldOut:
        asked.append(held_out(*args, **options))
        return asked[-1]

    monkeypatch.setattr(history_scores, "held_out", noted)
    tune(shipped, use_next_items=False, recency=True, seed=0)
    assert [len(test.histories) for test in asked] == [30]


def test_tuning_chooses_from_its_grid_and_the_same_each_time(shipped: Interactions):
    chosen = tune(shipped, use_next_items=True, recency=True, seed=1)
    assert chosen.alpha in ALPHAS
    assert chosen.decay in (Tuning().decay, *DECAYS)
    assert chosen.next_items_weight in (Tuning().next_items_weight, *NEXT_ITEMS_WEIGHTS)
    assert chosen.temperature in TEMPERATURES
    assert tune(shipped, use_next_items=True, recency=True, seed=1) == chosen


def test_films_are_not_seen_twice(shipped: Interactions):
    assert repeat_consumption(shipped).hazard.max() == 0


def hops() -> Interactions:
    """Four hundred users: half of the time the item that belongs to the last one, else one at random."""
    draw = np.random.default_rng(3)
    rows = []
    for user in range(400):
        item = 0
        for step in range(20):
            item = (item * 7 + 3) % 100 if step and draw.random() > 0.5 else int(draw.integers(100))
            rows.append((user, item, step))
    return Interactions.from_columns(*zip(*rows, strict=True))


def test_the_newest_item_weighs_more_where_it_says_nearly_all():
    assert tune(hops(), use_next_items=True, recency=True, seed=0).decay > Tuning().decay


def test_settings_that_a_recipe_does_not_use_stay_as_they_are():
    chosen = tune(hops(), use_next_items=False, recency=False, seed=0)
    assert (chosen.decay, chosen.next_items_weight) == (Tuning().decay, Tuning().next_items_weight)


def test_chance_does_not_move_a_setting():
    """Items at random: no setting is better than another."""
    draw = np.random.default_rng(5)
    users, items = np.repeat(np.arange(120), 10), draw.integers(200, size=1200)
    data = Interactions.from_columns(users, items, np.arange(1200))
    chosen = tune(data, use_next_items=True, recency=True, seed=0)
    assert (chosen.decay, chosen.next_items_weight) == (Tuning().decay, Tuning().next_items_weight)


def test_what_was_chosen_by_trial_is_used_and_kept_in_the_file(tmp_path: Path):
    model = fit("aws-user-personalization-v2", hops())
    assert isinstance(model, Personalization)
    assert model.tuning == tune(hops(), use_next_items=True, recency=True, seed=0)
    save(model, "aws-user-personalization-v2", tmp_path / "model")
    loaded = load(tmp_path / "model")[1]
    assert isinstance(loaded, Personalization)
    assert loaded.tuning == model.tuning


def test_the_tuning_of_a_model_can_be_taken_over(monkeypatch: pytest.MonkeyPatch):
    model = fit("aws-user-personalization-v2", hops())
    monkeypatch.setattr("personalize_sfn.engine.user_personalization.tune", lambda *_, **__: pytest.fail("tried again"))
    again = fit("aws-user-personalization-v2", hops(), like=model.learned)
    assert isinstance(model, Personalization)
    assert isinstance(again, Personalization)
    assert again.tuning == model.tuning
