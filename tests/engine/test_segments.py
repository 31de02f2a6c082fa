"""User segments: who takes to an item, or to items of some attributes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from personalize_sfn.engine import RECIPES, Attributes, Interactions, TrainingInput, fit, load, save
from personalize_sfn.engine.segments import Segments
from personalize_sfn.errors import ConfigError

ITEM, VALUE = "aws-item-affinity", "aws-item-attribute-affinity"


def camps(user_ids: list[str]) -> set[int]:
    return {int(user.removeprefix("user-")) % 2 for user in user_ids}


@pytest.fixture(scope="module")
def model(checkerboard: Interactions, about: Attributes) -> Segments:
    trained = fit(VALUE, checkerboard, TrainingInput(items=about))
    assert isinstance(trained, Segments)
    return trained


def test_a_segment_of_an_item_is_of_its_camp(model: Segments):
    assert camps(model.segment("item-7", 20)) == {1}
    assert camps(model.segment("item-8", 20)) == {0}
    assert len(set(model.segment("item-8", 20))) == 20


def test_a_segment_of_a_value_is_of_its_camp(model: Segments):
    assert camps(model.segment_attributes({"LOOK": ["square"]}, 20)) == {1}
    assert camps(model.segment_attributes({"LOOK": ["round", "red"], "YEAR": ["1990"]}, 20)) == {0}


def test_several_values_are_of_one_item(model: Segments):
    both = model.item_ids[model.items_with({"LOOK": ["round", "red"]})].tolist()
    assert both == sorted(f"item-{n}" for n in range(0, 40, 4))
    assert not len(model.items_with({"LOOK": ["round", "square"]}))


def test_an_unknown_item_and_a_value_without_events_get_the_most_active_users(about: Attributes):
    users = ["a"] * 4 + ["b"] * 2 + ["c"] * 3
    data = Interactions.from_columns(users, [f"item-{n}" for n in range(9)], range(9))
    model = fit(VALUE, data, TrainingInput(items=about))
    assert isinstance(model, Segments)
    assert model.segment("nothing", 3) == ["a", "c", "b"]
    assert model.segment_attributes({"LOOK": ["blue"]}, 2) == ["a", "c"]


def test_a_column_that_is_not_there_is_an_error_that_lists_the_others(model: Segments):
    with pytest.raises(ConfigError, match="no column 'SIZE'; there are LOOK, YEAR"):
        model.segment_attributes({"SIZE": ["9"]}, 3)


def test_only_candidates_are_in_a_segment_and_never_more_than_there_are(model: Segments):
    mask = np.isin(model.user_ids, ["user-3", "user-5"])
    assert set(model.segment("item-8", 9, candidates=mask)) == {"user-3", "user-5"}
    assert len(model.segment("item-8", 500)) == 60


def test_a_batch_of_segments_equals_one_by_one(model: Segments):
    groups = [model.interactions.known([item]) for item in ("item-1", "nothing", "item-30")]
    assert model.segment_batch(groups, 7) == [model.segment(item, 7) for item in ("item-1", "nothing", "item-30")]
    assert model.segment_batch([], 7) == []


def test_the_same_seed_gives_the_same_segments(checkerboard: Interactions, about: Attributes, model: Segments):
    again = fit(VALUE, checkerboard, TrainingInput(items=about))
    assert isinstance(again, Segments)
    assert again.segment("item-7", 60) == model.segment("item-7", 60)


def test_a_saved_model_answers_the_same_segments(model: Segments, tmp_path: Path):
    save(model, VALUE, tmp_path / "model.npz")
    name, loaded = load(tmp_path / "model.npz")
    assert (name, isinstance(loaded, Segments)) == (VALUE, True)
    assert loaded.segment("item-7", 60) == model.segment("item-7", 60)
    assert loaded.segment_attributes({"LOOK": ["red"]}, 60) == model.segment_attributes({"LOOK": ["red"]}, 60)


def test_it_recommends_no_items(model: Segments):
    with pytest.raises(ConfigError, match=r"answer users, not items: ask segment\(\)"):
        model.recommend([])


def test_attributes_are_passed_over_by_recipes_that_learn_nothing_from_them(
    checkerboard: Interactions, about: Attributes
):
    assert RECIPES["aws-sims"].metadata == ()
    with_them = fit("aws-sims", checkerboard, TrainingInput(items=about))
    assert with_them.similar("item-1", 9) == fit("aws-sims", checkerboard).similar("item-1", 9)
