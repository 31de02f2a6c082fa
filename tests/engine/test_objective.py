"""An objective beside relevance: the more it counts, the more the answers bring, and the less relevant they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from personalize_sfn.engine import (
    Attributes,
    Interactions,
    Objective,
    TrainingInput,
    evaluate,
    fit,
    load,
    recommend_for_users,
    save,
    with_new_items,
)
from personalize_sfn.engine.metrics import reward_metrics
from personalize_sfn.engine.objective import WEIGHTS
from personalize_sfn.engine.user_personalization import Personalization
from personalize_sfn.errors import ConfigError

V1, RANKING = "aws-user-personalization", "aws-personalized-ranking"
EVEN = ["item-0", "item-4", "item-8", "item-12"]
NDCG, REWARD = "normalized_discounted_cumulative_gain_at_10", "average_rewards_at_k"


@pytest.fixture(scope="module")
def prices(checkerboard: Interactions) -> dict[str, float]:
    """Ten times the item's number: the even camp's dearest is item-38."""
    return {item: 10.0 * int(item.removeprefix("item-")) for item in checkerboard.item_ids.tolist()}


@pytest.fixture(scope="module")
def seeking(checkerboard: Interactions, prices: dict[str, float]) -> Callable[[str], Personalization]:
    models = {name: fit(V1, checkerboard, TrainingInput(objective=Objective(prices, name))) for name in WEIGHTS}

    def by_sensitivity(name: str) -> Personalization:
        model = models[name]
        assert isinstance(model, Personalization)
        return model

    return by_sensitivity


def mean_price(model: Personalization, prices: dict[str, float]) -> float:
    return float(np.mean([prices[item.item_id] for item in model.recommend(EVEN, k=10)]))


def test_the_more_sensitive_the_dearer_the_answer(checkerboard: Interactions, prices, seeking):
    plain = fit(V1, checkerboard)
    assert isinstance(plain, Personalization)
    shown = [mean_price(model, prices) for model in (plain, *map(seeking, ("LOW", "MEDIUM", "HIGH")))]
    assert shown == sorted(shown)
    assert shown[-1] > 1.2 * shown[0]


def test_relevance_still_counts(seeking):
    answer = [item.item_id for item in seeking("HIGH").recommend(EVEN, k=8)]
    assert all(int(item.removeprefix("item-")) % 2 == 0 for item in answer)


def test_a_deviation_makes_an_item_as_much_likelier_as_its_weight_says(checkerboard: Interactions, prices, seeking):
    plain = {item.item_id: item.score for item in fit(V1, checkerboard).recommend(EVEN, k=40)}
    for name, weight in WEIGHTS.items():
        found = {item.item_id: item.score for item in seeking(name).recommend(EVEN, k=40)}
        assert sum(found.values()) == pytest.approx(1, abs=1e-4)
        odds = np.log(found["item-30"] / found["item-10"]) - np.log(plain["item-30"] / plain["item-10"])
        deviations = (prices["item-30"] - prices["item-10"]) / np.std(list(prices.values()))
        assert odds == pytest.approx(weight * deviations, abs=1e-3)


def test_everything_that_is_asked_follows_the_objective(checkerboard: Interactions, prices):
    model = fit(RANKING, checkerboard, TrainingInput(objective=Objective(prices, "HIGH")))
    alike = ["item-16", "item-38"]
    plain, seeking = (dict(each.rank(EVEN, alike)) for each in (fit(RANKING, checkerboard), model))
    assert seeking["item-38"] > plain["item-38"]
    for together, history in zip(model.recommend_batch([EVEN, []], k=5), (EVEN, []), strict=True):
        assert [item.item_id for item in together] == [item.item_id for item in model.recommend(history, k=5)]
    assert recommend_for_users(model, ["?"], [EVEN], k=5) == [model.recommend(EVEN, k=5)]
    popular = [item.item_id for item in fit(RANKING, checkerboard).recommend([], k=5)]
    assert [item.item_id for item in model.recommend([], k=5)] != popular


def test_one_very_dear_item_counts_for_three_deviations(checkerboard: Interactions):
    prices = dict.fromkeys(checkerboard.item_ids.tolist(), 1.0) | {"item-1": 1e9}
    assert Objective(prices, "HIGH").bias(checkerboard.item_ids).max() == pytest.approx(3 * WEIGHTS["HIGH"])


def test_items_without_a_value_count_as_the_mean(checkerboard: Interactions, prices):
    known = {item: price for item, price in prices.items() if item != "item-38"}
    bias = Objective(known, "MEDIUM").bias(checkerboard.item_ids)
    assert bias[checkerboard.item_ids == "item-38"] == 0
    assert bias.sum() == pytest.approx(0, abs=1e-4)


def test_where_all_items_bring_the_same_nothing_changes(checkerboard: Interactions, prices):
    same = Objective(dict.fromkeys(prices, 7.0), "HIGH")
    model, plain = fit(V1, checkerboard, TrainingInput(objective=same)), fit(V1, checkerboard)
    assert [item.item_id for item in model.recommend(EVEN)] == [item.item_id for item in plain.recommend(EVEN)]


def test_new_items_bring_what_is_said_of_them_and_else_the_mean(checkerboard: Interactions, prices):
    model = fit(V1, checkerboard, TrainingInput(objective=Objective(prices, "HIGH")))
    new = Attributes.from_columns(["a-new-one"], {})
    assert isinstance(model, Personalization)
    for objective, sign in ((None, 0), (Objective(prices | {"a-new-one": 1e4}, "HIGH"), 1)):
        later = with_new_items(model, new, None, objective)
        assert isinstance(later, Personalization)
        assert later.objective_bias is not None
        assert np.sign(later.objective_bias[later.item_ids == "a-new-one"]) == sign
    unsaid = with_new_items(model, new)
    assert isinstance(unsaid, Personalization)
    assert np.array_equal(np.asarray(unsaid.objective_bias)[1:], np.asarray(model.objective_bias))


def test_a_saved_model_keeps_its_objective(tmp_path: Path, seeking):
    save(seeking("HIGH"), V1, tmp_path / "model")
    assert load(tmp_path / "model")[1].recommend(EVEN, k=40) == seeking("HIGH").recommend(EVEN, k=40)


def test_recipes_that_take_no_objective_refuse_it(checkerboard: Interactions, prices):
    with pytest.raises(ConfigError) as error:
        fit("aws-user-personalization-v2", checkerboard, TrainingInput(objective=Objective(prices, "LOW")))
    assert str(error.value) == (
        "objective: aws-user-personalization-v2 takes none; those that do: "
        "aws-user-personalization, aws-personalized-ranking"
    )


def test_an_unknown_sensitivity_is_an_error():
    with pytest.raises(ConfigError, match=r"objective\.sensitivity: expected one of OFF, LOW, MEDIUM, HIGH, got 'low'"):
        Objective({}, "low")


# The metric


def test_rewards_are_counted_where_a_chosen_item_was_recommended():
    """Of the first user's 5 + 3 the 5 were recommended, of the second's 4 all; the third's bring nothing to divide."""
    rewards = {"a": 5.0, "b": 3.0, "c": 4.0, "d": 0.0}
    targets = [frozenset({"a", "b"}), frozenset({"c"}), frozenset({"d"}), frozenset({"unknown"})]
    answers = [["x", "a"], ["c", "a"], ["d"], ["a"]]
    assert reward_metrics(answers, targets, rewards) == {REWARD: pytest.approx((5 / 8 + 1) / 2)}


def test_rewards_below_zero_count_from_the_lowest():
    """A cost as a negative number, as in AWS's own example of royalties."""
    names = np.array(["a", "b", "c"])
    assert Objective({"a": -3.0, "b": -1.0, "elsewhere": -9.0}, "LOW").rewards(names) == {"a": 0.0, "b": 2.0}
    assert Objective({"a": 3.0, "b": 1.0}, "LOW").rewards(names) == {"a": 3.0, "b": 1.0}


def test_the_metric_is_there_with_an_objective_only(checkerboard: Interactions, prices):
    assert REWARD not in evaluate(V1, checkerboard)
    measured = evaluate(V1, checkerboard, TrainingInput(objective=Objective(prices, "LOW")))
    assert 0 < measured[REWARD] <= 1
    assert list(measured)[-1] == REWARD


@pytest.mark.slow
def test_sensitivity_trades_relevance_for_rewards_on_films(shipped: Interactions):
    """At the price of a film drawn at random; the page on the recommender has the figures."""
    draw = np.random.default_rng(1)
    prices = dict(zip(shipped.item_ids.tolist(), draw.lognormal(2, 0.8, len(shipped.item_ids)).tolist(), strict=True))
    measured = {
        name: evaluate(V1, shipped, TrainingInput(seed=2, objective=Objective(prices, name))) for name in WEIGHTS
    }
    relevance, rewards = ([measured[name][key] for name in ("LOW", "MEDIUM", "HIGH")] for key in (NDCG, REWARD))
    assert relevance[0] > relevance[2] > 0.7 * relevance[0]
    assert rewards[2] > rewards[0]
