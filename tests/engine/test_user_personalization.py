"""What recipes that answer items must do, whatever they are made of; every recipe: test_engine_every_recipe.py."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fakes.recipe_camps import EVEN, LEARNING, OF_ITEMS, PERSONAL, camp, ids
from personalize_sfn.engine import Model, Scored, load, save


def assert_same_but_for_ties(one: list[Scored], other: list[Scored]) -> None:
    """The two camps are symmetrical, so that many scores differ in their last bit only, by how sums were ordered."""
    if any(item.score is None for item in one):
        assert ids(one) == ids(other)
    assert [item.score for item in one] == [
        None if item.score is None else pytest.approx(item.score, rel=1e-4, abs=1e-9) for item in other
    ]
    scores = {item.item_id: item.score for item in other}
    last = one[-1].score if one else None
    for item in one:
        assert item.score == (None if item.score is None else pytest.approx(scores.get(item.item_id, last), rel=1e-4))


@pytest.mark.parametrize("recipe", LEARNING)
def test_who_chose_even_items_is_shown_even_items(models: dict[str, Model], recipe: str):
    answer = ids(models[recipe].recommend(EVEN, k=10))
    assert [camp(item) for item in answer] == [0] * 10
    assert len(set(answer)) == 10


@pytest.mark.parametrize("recipe", LEARNING)
def test_ranking_puts_the_own_camp_first(models: dict[str, Model], recipe: str):
    answer = ids(models[recipe].rank(EVEN, ["item-1", "item-2", "item-3", "item-6"]))
    assert set(answer[:2]) == {"item-2", "item-6"}


@pytest.mark.parametrize("recipe", OF_ITEMS)
def test_a_batch_equals_one_by_one(models: dict[str, Model], recipe: str):
    model = models[recipe]
    histories = [EVEN, [], ["item-3"], ["no such item", "item-5", "item-5", "item-9"]]
    lists = [["item-1", "item-2"], ["item-2", "?"], [], ["item-9", "item-0", "item-5"]]
    for together, alone in [
        (model.recommend_batch(histories, k=12), [model.recommend(history, k=12) for history in histories]),
        (model.rank_batch(histories, lists), list(map(model.rank, histories, lists))),
        (model.similar_batch(["item-1", "?"], 7), [model.similar("item-1", 7), model.similar("?", 7)]),
    ]:
        for one, other in zip(together, alone, strict=True):
            assert_same_but_for_ties(one, other)


@pytest.mark.parametrize("recipe", OF_ITEMS)
def test_a_saved_model_answers_as_before(models: dict[str, Model], tmp_path: Path, recipe: str):
    model = models[recipe]
    save(model, recipe, tmp_path / "model.npz")
    name, loaded = load(tmp_path / "model.npz")
    assert name == recipe
    assert loaded.recommend(EVEN, k=40) == model.recommend(EVEN, k=40)
    assert loaded.rank(EVEN, ["item-1", "item-2"]) == model.rank(EVEN, ["item-1", "item-2"])
    assert loaded.similar("item-1", 10) == model.similar("item-1", 10)
    assert loaded.history("user-5") == model.history("user-5")


@pytest.mark.parametrize("recipe", OF_ITEMS)
def test_items_unknown_to_training_say_nothing(models: dict[str, Model], recipe: str):
    model = models[recipe]
    assert model.recommend(["nothing", "such"], k=9) == model.recommend([], k=9)
    assert model.recommend([*EVEN, "nothing"], k=9) == model.recommend(EVEN, k=9)


@pytest.mark.parametrize("recipe", OF_ITEMS)
def test_unknown_items_are_ranked_last_without_score_in_the_order_given(models: dict[str, Model], recipe: str):
    answer = models[recipe].rank(EVEN, ["z", "item-3", "y", "item-2", "x"])
    assert ids(answer)[2:] == ["z", "y", "x"]
    assert [item.score for item in answer[2:]] == [None] * 3
    assert set(ids(answer)[:2]) == {"item-2", "item-3"}


@pytest.mark.parametrize("recipe", OF_ITEMS)
def test_only_candidates_are_answered(models: dict[str, Model], recipe: str):
    model = models[recipe]
    mask = np.isin(model.item_ids, ["item-1", "item-2", "item-30"])
    assert set(ids(model.recommend(EVEN, candidates=mask))) == {"item-1", "item-2", "item-30"}
    assert set(ids(model.similar("item-1", 5, candidates=mask))) == {"item-2", "item-30"}
    assert model.recommend(EVEN, candidates=np.zeros_like(mask)) == []
    other = np.isin(model.item_ids, ["item-7", "item-8"])
    each = model.recommend_batch([EVEN, EVEN], candidates=np.stack([mask, other]))
    assert [set(ids(answer)) for answer in each] == [{"item-1", "item-2", "item-30"}, {"item-7", "item-8"}]


@pytest.mark.parametrize("recipe", OF_ITEMS)
@pytest.mark.parametrize(("k", "length"), [(0, 0), (1, 1), (25, 25), (500, 40)])
def test_as_many_items_as_asked_or_as_there_are(models: dict[str, Model], recipe: str, k: int, length: int):
    answer = ids(models[recipe].recommend([], k=k))
    assert len(answer) == len(set(answer)) == length


@pytest.mark.parametrize("recipe", PERSONAL)
@pytest.mark.parametrize("history", [[], ["item-3"], EVEN, EVEN * 3])
def test_scores_are_probabilities_over_the_catalogue_best_first(
    models: dict[str, Model], recipe: str, history: list[str]
):
    scores = [item.score for item in models[recipe].recommend(history, k=500)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert sum(scores) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("recipe", PERSONAL)
def test_scores_of_a_ranking_sum_to_one_over_the_known_items(models: dict[str, Model], recipe: str):
    answer = models[recipe].rank(EVEN, ["item-3", "item-2", "item-0", "?"])
    assert sum(item.score for item in answer[:3]) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("recipe", PERSONAL)
def test_one_new_event_changes_the_very_next_answer(models: dict[str, Model], recipe: str):
    model = models[recipe]
    before = model.recommend(["item-1", "item-3", "item-5"], k=20)
    after = model.recommend(["item-1", "item-3", "item-5", "item-8"], k=20)
    assert sum(camp(item) == 0 for item in ids(after)) > sum(camp(item) == 0 for item in ids(before))
