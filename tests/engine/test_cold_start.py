"""Items and users without events: what attributes promise of them, and how far items are tried out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from fakes.camps import V1, V2, camps, ids, ndcg_at_10
from personalize_sfn.datasets import load_movielens
from personalize_sfn.engine import (
    Attributes,
    Exploration,
    Explored,
    Interactions,
    TrainingInput,
    fit,
    load,
    recommend_for_users,
    save,
    with_new_items,
)
from personalize_sfn.engine.cold_start import features, ridge
from personalize_sfn.engine.user_personalization import Personalization

DAY = 86_400


@dataclass(frozen=True)
class ColdFilms:
    training: Interactions
    films: Attributes
    cold: frozenset[str]
    wanted: dict[str, frozenset[str]]
    """By user, the cold items that he chose."""


@pytest.fixture(scope="module")
def films(shipped: Interactions) -> ColdFilms:
    table = load_movielens("shipped").items
    about = Attributes.from_columns(
        table["ITEM_ID"].astype(str),
        {"GENRES": table["GENRES"].tolist(), "YEAR": [float(year) for year in table["YEAR"].astype("float64")]},
        categorical={"GENRES"},
    )
    cold = np.random.default_rng(0).random(len(shipped.item_ids)) < 0.2
    of_cold = cold[shipped.items]
    users, items = shipped.user_ids[shipped.users[of_cold]].tolist(), shipped.item_ids[shipped.items[of_cold]].tolist()
    wanted: dict[str, set[str]] = {}
    for user, item in zip(users, items, strict=True):
        wanted.setdefault(user, set()).add(item)
    training = shipped.where(~of_cold)
    known = set(training.user_ids.tolist())
    of_users = {user: frozenset(chosen) for user, chosen in wanted.items() if user in known}
    return ColdFilms(training, about, frozenset(shipped.item_ids[cold].tolist()), of_users)


@pytest.fixture(scope="module")
def films_model(films: ColdFilms) -> Personalization:
    model = fit(V1, films.training, TrainingInput(items=films.films))
    assert isinstance(model, Personalization)
    return model


@pytest.mark.slow
def test_cold_start_items_are_ranked_by_attributes_far_better_than_by_popularity(films: ColdFilms, films_model):
    among_cold = np.isin(films_model.item_ids, list(films.cold))
    popularity = fit("aws-popularity-count", films.training)
    assert not set(popularity.item_ids.tolist()) & films.cold  # it can show none of them: any order is as good
    draw = np.random.default_rng(1)
    found, by_chance = [], []
    histories = [[event.item_id for event in films_model.history(user)] for user in films.wanted]
    answers = films_model.recommend_batch(histories, k=10, candidates=among_cold)
    for answer, wanted in zip(answers, films.wanted.values(), strict=True):
        found.append(ndcg_at_10(ids(answer), wanted))
        by_chance.append(ndcg_at_10(draw.choice(sorted(films.cold), 10, replace=False).tolist(), wanted))
    assert np.mean(found) > 3 * np.mean(by_chance)  # measured: 5 times


def test_what_events_say_stays_the_same_with_attributes(films: ColdFilms, films_model):
    plain = fit(V1, films.training)
    assert isinstance(plain, Personalization)
    warm = films_model.interactions.has_events
    assert np.array_equal(films_model.preferences.factors.items[warm], plain.preferences.factors.items)
    assert set(films_model.item_ids[~warm].tolist()) == set(films.films.ids.tolist()) - set(plain.item_ids.tolist())
    user = next(iter(films.wanted))
    history = [event.item_id for event in plain.history(user)]
    unseen = ~np.isin(films_model.item_ids, history)
    old, new = (
        plain.recommend(history, k=20, candidates=unseen[warm]),
        films_model.recommend(history, k=20, candidates=unseen & warm),
    )
    assert ids(new) == ids(old)


def test_exploration_shows_more_items_without_events_the_more_it_weighs(films: ColdFilms, films_model):
    users = list(films.wanted)[:100]
    histories = [[event.item_id for event in films_model.history(user)] for user in users]
    cold = set(films_model.item_ids[~films_model.interactions.has_events].tolist())

    def shown(exploration: Exploration | None) -> float:
        answers = recommend_for_users(films_model, users, histories, exploration=exploration)
        return float(np.mean([len(cold.intersection(ids(answer))) for answer in answers]))

    by_score = shown(None)
    assert by_score < 0.5
    assert shown(Exploration(0.0)) == by_score
    assert shown(Exploration(0.3)) == pytest.approx(3, abs=0.2)
    assert shown(Exploration(0.6)) == pytest.approx(9, abs=0.2)
    assert shown(Exploration(1.0)) == 25


def test_what_exploration_brought_in_is_marked(films: ColdFilms, films_model):
    history = [event.item_id for event in films_model.history(next(iter(films.wanted)))]
    [plain], [tried] = (
        recommend_for_users(films_model, [None], [history], exploration=way) for way in (None, Exploration())
    )
    assert [item for item in tried if isinstance(item, Explored)]
    assert {item.item_id for item in tried if isinstance(item, Explored)} == set(ids(tried)) - set(ids(plain))


@pytest.mark.parametrize(
    "recipe", [V1, V2, "aws-personalized-ranking", "aws-hrnn-metadata", "aws-ecomm-recommended-for-you"]
)
def test_a_new_item_is_shown_to_those_who_like_its_kind(checkerboard: Interactions, recipe: str):
    model = fit(recipe, checkerboard, TrainingInput(items=camps(checkerboard, "new-even", "new-odd")))
    even = ["item-0", "item-4", "item-8", "item-12"]
    chances = {item.item_id: item.score for item in model.recommend(even, k=42)}
    assert chances["new-even"] > 2 * chances["new-odd"]
    assert ids(model.rank(even, ["no such item", "new-odd", "new-even"])) == ["new-even", "new-odd", "no such item"]
    assert ids(model.similar("new-odd", 40)).index("item-1") < ids(model.similar("new-odd", 40)).index("item-2")
    assert sum(chances.values()) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("recipe", ["aws-hrnn", "aws-popularity-count", "aws-sims"])
def test_recipes_that_use_no_attributes_do_not_know_new_items(checkerboard: Interactions, recipe: str):
    model = fit(recipe, checkerboard, TrainingInput(items=camps(checkerboard, "new-even")))
    assert "new-even" not in model.item_ids.tolist()


def test_a_cold_start_item_without_attributes_is_like_any_other(checkerboard: Interactions):
    for about in (Attributes.from_columns(["new"], {}), Attributes.from_columns(["new"], {"N": [1.0]})):
        model = fit(V1, checkerboard, TrainingInput(items=about))
        assert isinstance(model, Personalization)
        factors = dict(zip(model.item_ids.tolist(), model.preferences.factors.items, strict=True))
        usual = np.mean([row for item, row in factors.items() if item != "new"], axis=0)
        assert factors["new"] == pytest.approx(usual, abs=1e-5)


def test_new_items_are_learned_without_training_again(checkerboard: Interactions):
    for recipe in (V1, V2):
        base = fit(recipe, checkerboard)
        later = with_new_items(base, camps(checkerboard, "new-even", "new-odd"))
        at_once = fit(recipe, checkerboard, TrainingInput(items=camps(checkerboard, "new-even", "new-odd")))
        assert later.recommend(["item-1", "item-3", "item-5"], k=42) == at_once.recommend(
            ["item-1", "item-3", "item-5"], k=42
        )
        again = with_new_items(later, camps(checkerboard, "new-even", "new-odd", "newer-odd"))
        assert len(again.item_ids) == 43
        assert "new-even" not in base.item_ids.tolist()


@pytest.mark.parametrize(("days", "explored"), [(2, True), (40, False)])
def test_an_item_older_than_the_cut_off_is_not_explored(checkerboard: Interactions, days: int, explored: bool):
    newest = int(checkerboard.timestamps.max())
    about = camps(checkerboard, "new-odd", created={"new-odd": newest - days * DAY})
    model = fit(V1, checkerboard, TrainingInput(items=about))
    even = ["item-0", "item-4", "item-8", "item-12"]
    plain, boldly = (
        next(item.score for item in answer if item.item_id == "new-odd")
        for answer in (
            model.recommend(even, k=41),
            recommend_for_users(model, ["?"], [even], k=41, exploration=Exploration(1.0, age_cut_off=30))[0],
        )
    )
    assert (boldly > 2 * plain) == explored
    if not explored:
        assert boldly == plain


def test_an_item_that_nobody_dates_or_dates_in_the_future_is_new(checkerboard: Interactions):
    newest = int(checkerboard.timestamps.max())
    about = camps(checkerboard, "new-odd", "new-even", created={"new-odd": newest + 9 * DAY, "item-1": 0})
    model = fit(V1, checkerboard, TrainingInput(items=about))
    assert isinstance(model, Personalization)
    ages = dict(zip(model.item_ids.tolist(), model.ages.tolist(), strict=True))
    assert (ages["new-odd"], ages["new-even"], ages["item-1"]) == (0, 0, np.inf)


def test_attributes_lose_their_say_as_a_history_grows(villages):
    data, about, _ = villages
    model = fit(V1, data, TrainingInput(users=about))
    history = ["i1", "i2", "i3"]
    parted = []
    for length in range(4):
        by_name, by_history = (
            recommend_for_users(model, [user], [history[:length]], k=60)[0] for user in ("u200", None)
        )
        other = {item.item_id: item.score for item in by_history}
        parted.append(sum(abs(item.score - other[item.item_id]) for item in by_name))
    assert parted[0] > parted[1] > parted[2] > parted[3] == 0


def test_a_saved_model_keeps_its_new_items_and_users(villages, tmp_path: Path):
    data, about, _ = villages
    kinds = Attributes.from_columns(
        [*data.item_ids.tolist(), "new"], {"N": [*map(float, range(len(data.item_ids))), 3.0]}
    )
    model = fit(V2, data, TrainingInput(items=kinds, users=about))
    save(model, V2, tmp_path / "model.npz")
    loaded = load(tmp_path / "model.npz")[1]

    def answers(asked) -> list:
        return recommend_for_users(asked, ["u200", "u1", "?"], [[], ["i1"], []], k=61, exploration=Exploration(0.5, 3))

    assert answers(loaded) == answers(model)
    assert "new" in ids(answers(loaded)[0])


def test_a_ridge_finds_the_mapping_that_made_the_factors():
    draw = np.random.default_rng(0)
    about = Attributes.from_columns(
        range(3000),
        {"C": draw.choice(["a", "b", "c"], 3000).tolist(), "N": draw.normal(size=3000).tolist()},
        categorical={"C"},
    )
    rows = features(about)
    factors = (rows @ draw.normal(size=(4, 5)) + 2).astype(np.float32)
    assert ridge(rows, factors).of(rows) == pytest.approx(factors, abs=0.05)
