"""Tests of ``popularity``: aws-popularity-count: the same items for everyone, those that most users chose first."""

from __future__ import annotations

import pytest

from fakes.recipe_camps import EVEN, OF_ITEMS, ids
from personalize_sfn.engine import RECIPES, Interactions, Model
from personalize_sfn.engine.popularity import Popularity
from personalize_sfn.engine.similar_items import RelatedItems
from personalize_sfn.engine.trending import Trending

UNSCORED = [name for name, recipe in RECIPES.items() if recipe.model in (Popularity, Trending, RelatedItems)]


@pytest.mark.parametrize("recipe", OF_ITEMS)
def test_an_empty_history_is_shown_what_is_popular(models: dict[str, Model], checkerboard: Interactions, recipe: str):
    users = dict(zip(checkerboard.item_ids.tolist(), checkerboard.item_users.tolist(), strict=True))
    shown = [users[item] for item in ids(models[recipe].recommend([], k=12))]
    assert shown == sorted(users.values(), reverse=True)[:12]


@pytest.mark.parametrize("recipe", UNSCORED)
def test_counting_recipes_answer_no_scores(models: dict[str, Model], recipe: str):
    assert {item.score for item in models[recipe].recommend(EVEN)} == {None}
