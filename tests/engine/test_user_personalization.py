"""What recipes that answer items must do, whatever they are made of; every recipe: test_engine_every_recipe.py."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from personalize_sfn.engine import RECIPES, Interactions, Model, Scored, evaluate, fit, load, save
from personalize_sfn.engine.popularity import Popularity
from personalize_sfn.engine.segments import Segments
from personalize_sfn.engine.similar_items import RelatedItems
from personalize_sfn.engine.trending import Trending
from personalize_sfn.engine.user_personalization import Personalization

OF_USERS = [name for name, recipe in RECIPES.items() if recipe.model is Segments]
OF_ITEMS = [name for name in RECIPES if name not in OF_USERS]
PERSONAL = [name for name, recipe in RECIPES.items() if recipe.model is Personalization]
RELATED = [name for name, recipe in RECIPES.items() if recipe.model is RelatedItems]
UNSCORED = [name for name, recipe in RECIPES.items() if recipe.model in (Popularity, Trending, RelatedItems)]
LEARNING = PERSONAL + RELATED
EVEN = [f"item-{n}" for n in (0, 4, 8, 12, 16, 20)]


@pytest.fixture(scope="module")
def models(checkerboard: Interactions) -> dict[str, Model]:
    return {name: fit(name, checkerboard) for name in OF_ITEMS}


def ids(answer: list) -> list[str]:
    return [item.item_id for item in answer]


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


def camp(item_id: str) -> int:
    return int(item_id.removeprefix("item-")) % 2


@pytest.mark.parametrize("recipe", LEARNING)
def test_who_chose_even_items_is_shown_even_items(models: dict[str, Model], recipe: str):
    answer = ids(models[recipe].recommend(EVEN, k=10))
    assert [camp(item) for item in answer] == [0] * 10
    assert len(set(answer)) == 10


@pytest.mark.parametrize("recipe", LEARNING)
def test_similar_items_are_of_the_same_camp_and_not_the_item_itself(models: dict[str, Model], recipe: str):
    answer = ids(models[recipe].similar("item-7", 10))
    assert [camp(item) for item in answer] == [1] * 10
    assert "item-7" not in answer


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
def test_an_empty_history_is_shown_what_is_popular(models: dict[str, Model], checkerboard: Interactions, recipe: str):
    users = dict(zip(checkerboard.item_ids.tolist(), checkerboard.item_users.tolist(), strict=True))
    shown = [users[item] for item in ids(models[recipe].recommend([], k=12))]
    assert shown == sorted(users.values(), reverse=True)[:12]


@pytest.mark.parametrize("recipe", OF_ITEMS)
def test_items_unknown_to_training_say_nothing(models: dict[str, Model], recipe: str):
    model = models[recipe]
    assert model.recommend(["nothing", "such"], k=9) == model.recommend([], k=9)
    assert model.recommend([*EVEN, "nothing"], k=9) == model.recommend(EVEN, k=9)


@pytest.mark.parametrize("recipe", OF_ITEMS)
def test_what_is_similar_to_an_unknown_item_is_what_is_popular(models: dict[str, Model], recipe: str):
    popular = models["aws-popularity-count"].recommend([], k=9)
    assert models[recipe].similar("nothing", 9) == popular


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


@pytest.mark.parametrize("recipe", UNSCORED)
def test_counting_recipes_answer_no_scores(models: dict[str, Model], recipe: str):
    assert {item.score for item in models[recipe].recommend(EVEN)} == {None}


@pytest.mark.parametrize("recipe", PERSONAL)
def test_one_new_event_changes_the_very_next_answer(models: dict[str, Model], recipe: str):
    model = models[recipe]
    before = model.recommend(["item-1", "item-3", "item-5"], k=20)
    after = model.recommend(["item-1", "item-3", "item-5", "item-8"], k=20)
    assert sum(camp(item) == 0 for item in ids(after)) > sum(camp(item) == 0 for item in ids(before))


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


def test_films_that_are_seen_once_are_not_shown_again(shipped: Interactions):
    model = fit("aws-user-personalization-v2", shipped)
    histories = [[event.item_id for event in shipped.history(user)] for user in shipped.user_ids[:50].tolist()]
    for history, answer in zip(histories, model.recommend_batch(histories, k=25), strict=True):
        assert not set(ids(answer)) & set(history)


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
