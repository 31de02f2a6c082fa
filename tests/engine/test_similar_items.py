"""Tests of ``similar_items``: aws-sims and aws-similar-items: items chosen by the same users."""

from __future__ import annotations

import pytest

from fakes.recipe_camps import LEARNING, OF_ITEMS, camp, ids
from personalize_sfn.engine import Interactions, Model, fit


@pytest.mark.parametrize("recipe", LEARNING)
def test_similar_items_are_of_the_same_camp_and_not_the_item_itself(models: dict[str, Model], recipe: str):
    answer = ids(models[recipe].similar("item-7", 10))
    assert [camp(item) for item in answer] == [1] * 10
    assert "item-7" not in answer


@pytest.mark.parametrize("recipe", OF_ITEMS)
def test_what_is_similar_to_an_unknown_item_is_what_is_popular(models: dict[str, Model], recipe: str):
    popular = models["aws-popularity-count"].recommend([], k=9)
    assert models[recipe].similar("nothing", 9) == popular


def test_sims_needs_enough_users_in_common():
    pairs = [
        ("u1", "ab"),
        ("u2", "ab"),
        ("u3", "ab"),
        ("u4", "ac"),
        ("u5", "ac"),
        ("u6", "d"),
        ("u7", "d"),
        ("u8", "d"),
    ]
    events = [(user, item) for user, items in pairs for item in items]
    data = Interactions.from_columns(*zip(*events, strict=True), range(len(events)))
    whole = {"min_user_history_length_percentile": "0", "max_user_history_length_percentile": "1"}
    strict = fit("aws-sims", data, hyperparameters=whole)
    assert ids(strict.similar("a", 3)) == ["b", "d", "c"], "c has two users in common with a, so popularity decides"
    loose = fit("aws-sims", data, hyperparameters=whole | {"min_cointeraction_count": "2"})
    assert ids(loose.similar("a", 3)) == ["b", "c", "d"]


def test_the_popularity_discount_prefers_the_rare_of_two_companions():
    pairs = (
        [(f"u{n}", "ab") for n in range(4)] + [(f"v{n}", "ac") for n in range(3)] + [(f"w{n}", "b") for n in range(9)]
    )
    events = [(user, item) for user, items in pairs for item in items]
    data = Interactions.from_columns(*zip(*events, strict=True), range(len(events)))
    whole = {"min_user_history_length_percentile": "0", "max_user_history_length_percentile": "1"}
    counted = fit("aws-sims", data, hyperparameters=whole | {"popularity_discount_factor": "0"})
    discounted = fit("aws-sims", data, hyperparameters=whole | {"popularity_discount_factor": "1"})
    assert ids(counted.similar("a", 2)) == ["b", "c"]
    assert ids(discounted.similar("a", 2)) == ["c", "b"]
