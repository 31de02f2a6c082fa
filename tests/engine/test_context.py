"""Context: the moment decides where the data say so, and nothing changes where they do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fakes.device_evenings import V1, V2, evenings, watched
from personalize_sfn.engine import (
    Attributes,
    Exploration,
    Interactions,
    Labels,
    TrainingInput,
    evaluate,
    fit,
    load,
    rank_for_users,
    recommend_for_users,
    save,
    with_new_items,
)
from personalize_sfn.engine.context import SHRINK, lifts_of
from personalize_sfn.engine.user_personalization import Personalization

EVEN = ["show-0", "film-0", "show-2", "film-4"]
"""What a user of the even camp watched: shows on the phone, films on the television."""


def top(model: Personalization, context: Mapping[str, str] | None, history: Sequence[str] = EVEN, k: int = 10):
    return recommend_for_users(model, [None], [list(history)], k=k, context=context)[0]


def test_the_context_decides_what_comes_first_and_the_history_which_of_them(context_model: Personalization):
    for device, what in (("phone", "show"), ("tv", "film")):
        answer = [item.item_id for item in top(context_model, {"DEVICE": device})]
        assert {name.partition("-")[0] for name in answer} == {what}
        assert all(int(name.partition("-")[2]) % 2 == 0 for name in answer[:5])


def test_a_user_without_a_history_is_answered_by_the_context(context_model: Personalization):
    assert {item.item_id[:4] for item in top(context_model, {"DEVICE": "tv"}, history=[])} == {"film"}


def test_a_ranking_follows_the_context(context_model: Personalization):
    asked = ["film-2", "show-4", "no such item"]
    for device, first in (("phone", "show-4"), ("tv", "film-2")):
        [ranked] = rank_for_users(context_model, [None], [EVEN], [asked], context={"DEVICE": device})
        assert ranked[0].item_id == first
        assert ranked[-1].item_id == "no such item"
        assert sum(item.score or 0 for item in ranked) == pytest.approx(1, abs=1e-5)


def test_scores_under_a_context_are_probabilities(context_model: Personalization):
    scores = [item.score for item in top(context_model, {"DEVICE": "tv"}, k=40)]
    assert len(scores) == 40
    assert sum(scores) == pytest.approx(1, abs=1e-4)
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("context", [None, {}, {"DEVICE": "radio"}, {"DEVICE": ""}, {"WEATHER": "rain"}])
def test_without_a_context_that_was_learned_answers_are_those_of_a_model_without(
    context_model: Personalization, context
):
    plain = fit(V1 if context_model.preferences.next_items is None else V2, watched({}))
    assert isinstance(plain, Personalization)
    assert plain.context is None
    assert top(context_model, context, k=40) == plain.recommend(EVEN, k=40)
    assert top(context_model, context, history=[]) == plain.recommend([], k=10)


def test_columns_are_named_in_any_case_and_with_or_without_underscores(devices: Labels):
    model = fit(V1, watched({"DEVICE_TYPE": devices}))
    answers = [top(model, {name: "tv"}) for name in ("DEVICE_TYPE", "device_type", "deviceType")]
    assert answers[0] == answers[1] == answers[2] != top(model, None)


def test_a_filter_holds_under_a_context(context_model: Personalization):
    shows = np.char.startswith(context_model.item_ids, "show")
    [answer] = recommend_for_users(context_model, [None], [EVEN], k=40, candidates=shows, context={"DEVICE": "tv"})
    assert len(answer) == 20
    assert all(item.item_id.startswith("show") for item in answer)


def test_hours_are_told_apart_and_any_number_belongs_to_a_range():
    users, items, times, _ = evenings()
    hours = [20 + len(item) % 3 if item.startswith("film") else 6 + len(item) % 3 for item in items]
    model = fit(V1, Interactions.from_columns(users, items, times, contexts={"HOUR": Labels.of(hours, numeric=True)}))
    for hour, what in (("7", "show"), ("21", "film"), ("23.5", "film"), ("-4", "show"), ("2.1e1", "film")):
        assert {item.item_id[:4] for item in top(model, {"HOUR": hour}, k=5)} == {what}
    for nonsense in ("noon", "nan", ""):
        assert top(model, {"HOUR": nonsense}) == top(model, None)


def test_many_numbers_become_ranges_of_equally_many_events():
    column = Labels.of([*range(1000), None, float("inf")], numeric=True)
    assert len(column.names) == 8
    assert column.names[0] == "-inf"
    assert np.bincount(column.codes[:1000]).tolist() == [125] * 8
    assert column.codes[1000:].tolist() == [-1, -1]


def test_few_numbers_keep_a_range_each():
    column = Labels.of([3, 1, None, 2, 3], numeric=True)
    assert column.codes.tolist() == [2, 0, -1, 1, 2]
    assert column.names.tolist() == ["-inf", "2.0", "3.0"]


def test_a_lift_is_the_share_under_a_value_over_the_share_in_all_shrunk_by_users():
    """Thirty users choose a at home and b at work; a text with two places counts for each of them."""
    users, items, places = [], [], []
    for user in range(30):
        users += [f"u{user}"] * 3
        items += ["a", "a", "b"]  # twice the same under one value: counted once
        places += ["home", "home", "work|train" if user < 10 else "work"]
    data = Interactions.from_columns(users, items, range(90), contexts={"PLACE": Labels.of(places)})
    values, lifts = lifts_of(data, data.contexts["PLACE"])
    of = dict(zip(values.tolist(), np.exp(lifts.toarray()).tolist(), strict=True))
    assert of["home"] == pytest.approx([(30 + SHRINK) / (15 + SHRINK), (0 + SHRINK) / (15 + SHRINK)], rel=1e-4)
    assert of["work"] == pytest.approx([(0 + SHRINK) / (15 + SHRINK), (30 + SHRINK) / (15 + SHRINK)], rel=1e-4)
    assert of["train"] == pytest.approx([(0 + SHRINK) / (5 + SHRINK), (10 + SHRINK) / (5 + SHRINK)], rel=1e-4)


def test_one_event_lifts_next_to_nothing():
    users = [f"u{user}" for user in range(1000)]
    places = ["home" if user else "moon" for user in range(1000)]
    data = Interactions.from_columns(users, users, range(1000), contexts={"PLACE": Labels.of(places)})
    _, lifts = lifts_of(data, data.contexts["PLACE"])
    assert np.abs(lifts.toarray()).max() < 0.1


def test_several_values_in_a_request_say_what_each_says(devices: Labels):
    model = fit(V1, watched({"DEVICE": devices}))
    assert isinstance(model, Personalization)
    assert model.context is not None
    tv, phone = (model.context.bias({"DEVICE": name}) for name in ("tv", "phone"))
    assert tv is not None
    assert phone is not None
    assert model.context.bias({"DEVICE": "tv|phone|tv|radio"}) == pytest.approx(tv + phone, abs=1e-5)


def test_a_saved_model_keeps_what_it_learned_of_context(tmp_path: Path, devices: Labels):
    users, items, times, _ = evenings()
    hours = Labels.of([20 if item.startswith("film") else 7 for item in items], numeric=True)
    data = Interactions.from_columns(users, items, times, contexts={"DEVICE": devices, "HOUR": hours})
    model = fit(V2, data)
    save(model, V2, tmp_path / "model")
    loaded = load(tmp_path / "model")[1]
    for context in (None, {"DEVICE": "tv"}, {"hour": "7"}, {"DEVICE": "phone", "HOUR": "20"}):
        assert top(loaded, context, k=40) == top(model, context, k=40)
    assert top(loaded, {"DEVICE": "tv"}) != top(loaded, None)


def test_new_items_are_lifted_by_no_value_and_the_others_as_before(devices: Labels):
    model = fit(V1, watched({"DEVICE": devices}))
    later = with_new_items(model, Attributes.from_columns(["a-new-one", "z-new-one"], {}))
    assert isinstance(model, Personalization)
    assert isinstance(later, Personalization)
    assert model.context is not None
    assert later.context is not None
    before, after = model.context.bias({"DEVICE": "tv"}), later.context.bias({"DEVICE": "tv"})
    assert after is not None
    assert after[1:-1].tolist() == np.asarray(before).tolist()
    assert (after[0], after[-1]) == (0, 0)
    [answer] = recommend_for_users(later, [None], [EVEN], exploration=Exploration(0.3), context={"DEVICE": "tv"})
    assert {item.item_id[:4] for item in answer[:10]} == {"film"}
    assert {"a-new-one", "z-new-one"} < {item.item_id for item in answer}


def test_recipes_without_context_pass_it_over(devices: Labels):
    data = watched({"DEVICE": devices})
    for recipe in ("aws-hrnn", "aws-popularity-count", "aws-sims"):
        with_column, without = fit(recipe, data), fit(recipe, watched({}))
        [answer] = recommend_for_users(with_column, [None], [EVEN], context={"DEVICE": "tv"})
        assert answer == without.recommend(EVEN)


def test_metrics_are_those_without_context(devices: Labels):
    data = watched({"DEVICE": devices})
    assert evaluate(V1, data) == evaluate(V1, watched({}))


def test_a_trained_model_holds_no_events_contexts(context_model: Personalization):
    assert context_model.interactions.contexts == {}


def test_rows_that_differ_in_context_alone_count_once(devices: Labels):
    users, items, times, device = evenings()
    doubled = Labels.of([*device, *("radio" for _ in device)])
    twice = Interactions.from_columns(users * 2, items * 2, times * 2, contexts={"DEVICE": doubled})
    once = watched({"DEVICE": devices})
    assert len(twice) == len(once)
    assert np.array_equal(
        twice.contexts["DEVICE"].names[twice.contexts["DEVICE"].codes], devices.names[once.contexts["DEVICE"].codes]
    )


def test_the_same_seed_learns_the_same(devices: Labels):
    one, other = (fit(V1, watched({"DEVICE": devices}), TrainingInput(seed=3)) for _ in range(2))
    assert top(one, {"DEVICE": "tv"}) == top(other, {"DEVICE": "tv"})


@pytest.mark.slow
def test_films_are_rated_at_any_hour(shipped: Interactions):
    """Hours and weekdays of ratings say nothing of the films: nobody noted when they were seen."""
    hours = Labels.of(shipped.timestamps // 3600 % 24, numeric=True)
    model = fit(V1, replace(shipped, contexts={"HOUR": hours}))
    assert isinstance(model, Personalization)
    assert model.context is None
