"""Tests of ``engine.sequences``."""

from __future__ import annotations

import numpy as np
import pytest

from fakes.recipe_camps import EVEN, PERSONAL, ids
from personalize_sfn.engine import Interactions, Model, evaluate, fit


@pytest.mark.parametrize("recipe", PERSONAL)
def test_what_never_comes_again_goes_to_the_end(models: dict[str, Model], recipe: str):
    assert set(ids(models[recipe].recommend(EVEN, k=40))[-len(EVEN) :]) == set(EVEN)


@pytest.mark.parametrize("recipe", PERSONAL)
def test_what_comes_again_every_time_is_shown_again(recipe: str):
    """Thirty users who alternate between two favourites of their own: the next event is an old one."""
    users, items = [], []
    for user in range(30):
        for turn in range(12):
            users.append(f"user-{user}")
            items.append(f"item-{user % 10 * 2 + turn % 2}")
    model = fit(recipe, Interactions.from_columns(users, items, range(len(users))))
    assert set(ids(model.recommend(["item-4", "item-5", "item-4", "item-5"], k=2))) == {"item-4", "item-5"}


@pytest.mark.parametrize("recipe", PERSONAL)
def test_who_watches_what_he_clicked_is_shown_what_he_clicked(recipe: str):
    """As in AWS's proof of concept: each film is clicked and then watched, never again after that."""
    draw = np.random.default_rng(4)
    films = [film for _ in range(80) for film in draw.permutation(60)[:5].tolist() for _ in range(2)]
    data = Interactions.from_columns(np.repeat(np.arange(80), 10), films, range(len(films)))
    model = fit(recipe, data)
    assert ids(model.recommend(["7", "7", "9", "9", "12"], k=1)) == ["12"], "clicked, not yet watched"
    measured = [evaluate(recipe, data, seen=seen)["precision_at_5"] for seen in ("as recommended", "left out")]
    assert measured[0] > measured[1], "the next event is one with a film that was there before"


@pytest.mark.slow
def test_films_that_are_seen_once_are_not_shown_again(shipped: Interactions):
    model = fit("aws-user-personalization-v2", shipped)
    histories = [[event.item_id for event in shipped.history(user)] for user in shipped.user_ids[:50].tolist()]
    for history, answer in zip(histories, model.recommend_batch(histories, k=25), strict=True):
        assert not set(ids(answer)) & set(history)
