from __future__ import annotations

import pytest

from personalize_sfn.datasets import csv_bytes, files, load_csv, prepare, schemas
from personalize_sfn.datasets.training_needs import TrainingNeeds, training_problems

SCHEMA = schemas.interactions("EVENT_TYPE", "EVENT_VALUE")
ITEMS = schemas.items(schemas.field("CATEGORY", nullable=True))


@pytest.fixture
def events(clicks):
    """1,200 events of 50 users, 300 of them purchases, of which 100 have a value of 5."""
    kinds = ["buy" if row % 4 == 0 else "view" for row in range(1_200)]
    return clicks.assign(EVENT_TYPE=kinds, EVENT_VALUE=[5.0 if row % 12 == 0 else 1.0 for row in range(1_200)])


@pytest.fixture(params=["frame", "file"])
def prepared(request, events, tmp_path, monkeypatch):
    """The events as a frame, and as a file that is read in parts."""
    if request.param == "frame":
        return prepare(events, SCHEMA)
    monkeypatch.setattr(files, "LARGE_BYTES", 0)
    path = tmp_path / "events.csv"
    path.write_bytes(csv_bytes(events))
    return load_csv(path, SCHEMA)


def test_nothing_is_said_of_data_that_can_be_trained_on(prepared):
    assert training_problems(prepared, {"for-you": TrainingNeeds(recipe="aws-user-personalization-v2")}) == []


def test_too_few_events_of_the_type_and_value_of_a_solution_are_named(prepared):
    needs = TrainingNeeds(recipe="aws-sims", event_type="buy", event_value_threshold=5)
    assert training_problems(prepared, {"similar": needs}) == [
        "solution similar: expected at least 1,000 interactions of type 'buy' with a value of 5 or more, found 100; "
        "training will fail: add data, or train on more events"
    ]


def test_too_few_users_with_two_such_events_are_named(prepared):
    needs = TrainingNeeds(recipe="aws-sims", event_type="sell")
    assert training_problems(prepared, {"similar": needs})[1] == (
        "solution similar: expected at least 25 users with 2 interactions or more of type 'sell', found 0 of 0; "
        "training will fail: add data, or train on more events"
    )


def test_items_that_items_lacks_are_counted(prepared, events):
    known = events[["ITEM_ID"]].head(1_000).assign(CATEGORY="x")
    needs = {"for-you": TrainingNeeds(recipe="aws-user-personalization-v2")}
    assert training_problems(prepared, needs, items=prepare(known, ITEMS)) == [
        "200 of 1,200 interactions (16.7%) are of items that Items lacks, such as '1000': nothing is known of these, "
        "and filters on Items leave them out; add their rows to Items"
    ]


def test_a_recipe_that_needs_items_says_so(prepared):
    needs = {"segments": TrainingNeeds(recipe="aws-item-attribute-affinity")}
    assert training_problems(prepared, needs) == [
        "solution segments: aws-item-attribute-affinity needs an Items dataset; upload items first"
    ]


def test_a_month_without_events_is_named(events):
    later = events["TIMESTAMP"].where(events.index < 600, events["TIMESTAMP"] + 40 * 86_400)
    assert training_problems(prepare(events.assign(TIMESTAMP=later), SCHEMA), {}) == [
        "there are no interactions from 2009-12-15 to 2010-01-22 (39 days): is a file missing?"
    ]
