"""What a user did with items, in the words of the data."""

from __future__ import annotations

import pandas as pd
import pytest

from fakes.solutions import served
from personalize_sfn.config import Config, DatasetConfig, DatasetsConfig
from personalize_sfn.recommendations.wording import did_of


@pytest.mark.parametrize(
    ("event_types", "did"),
    [
        (["Purchase"], "bought"),
        (["order", "ORDERED"], "bought"),
        (["watch"], "watched"),
        (["Read"], "read"),
        (["View", "Purchase"], "interacted with"),
        (["pondered"], "interacted with"),
    ],
)
def test_event_types_say_it_and_several_things_are_interactions(event_types: list[str], did: str) -> None:
    assert did_of(Config(), "for-you", pd.DataFrame({"EVENT_TYPE": event_types})) == did


def test_ratings_are_of_what_is_liked() -> None:
    assert did_of(Config(), "for-you", pd.DataFrame({"RATING": [5.0], "EVENT_TYPE": ["watch"]})) == "liked"


def test_the_events_that_a_solution_learns_from_come_first() -> None:
    config = Config(solutions=served(event_type="purchase"))

    assert did_of(config, "for-you", pd.DataFrame({"EVENT_TYPE": ["view", "purchase"]})) == "bought"


def test_without_rows_the_configuration_says_it() -> None:
    orders = DatasetsConfig(interactions=DatasetConfig(default_event_type="order"))

    assert did_of(Config(datasets=orders), "for-you") == "bought"
    assert did_of(Config(), "for-you") == "interacted with"
