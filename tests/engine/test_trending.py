"""Trends: what grows, over windows that may be chosen, and what is shown when nothing grows."""

from __future__ import annotations

import pytest

from personalize_sfn.engine import Interactions, fit, parse_options
from personalize_sfn.errors import ConfigError

HOUR = 3_600


def events(*groups: tuple[str, int, float]) -> Interactions:
    """Groups of an item, how many users chose it, and how many hours ago."""
    rows = [(f"{item}-{n}", item, 1_000_000 - int(ago * HOUR) - n) for item, count, ago in groups for n in range(count)]
    return Interactions.from_columns(*zip(*rows, strict=True))


def shown(data: Interactions, **hyperparameters: str) -> list[str]:
    model = fit("aws-trending-now", data, hyperparameters=hyperparameters)
    return [item.item_id for item in model.recommend([], k=9)]


def test_what_grows_comes_first_and_then_what_is_popular():
    data = events(("old", 50, 30), ("steady", 20, 0), ("steady", 20, 2.5), ("new", 9, 0), ("fading", 30, 2.5))
    assert shown(data) == ["new", "old", "fading", "steady"]


def test_much_growth_on_much_outdoes_one_event_on_nothing():
    assert shown(events(("big", 200, 0), ("big", 100, 2.5), ("tiny", 1, 0.1))) == ["big", "tiny"]


def test_the_window_decides_what_is_now():
    data = events(("last hour", 5, 0), ("this morning", 9, 5), ("popular", 40, 60))
    assert shown(data, trend_discovery_frequency="1 hour")[0] == "last hour"
    assert shown(data, trend_discovery_frequency="1 day")[0] == "this morning"


def test_it_shows_everyone_the_same():
    model = fit("aws-trending-now", events(("a", 3, 0), ("b", 5, 9), ("c", 2, 9)))
    assert model.recommend(["b"]) == model.recommend([])
    assert [item.item_id for item in model.rank([], ["c", "?", "b", "a"])] == ["a", "b", "c", "?"]


def test_a_frequency_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(ConfigError, match=r"one of 30 minutes, 1 hour, 2 hours, 3 hours, 1 day, got '5 hours'"):
        parse_options("aws-trending-now", {"trend_discovery_frequency": "5 hours"})
