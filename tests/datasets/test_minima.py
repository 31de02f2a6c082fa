"""What a table must have to be imported and trained on."""

from __future__ import annotations

import pandas as pd

from fakes.item_files import refusal
from personalize_sfn.datasets import prepare, schemas


def test_fewer_than_a_thousand_interactions_are_refused_with_the_account(clicks):
    frame = clicks.assign(RATING=[1] * 400 + [5] * 800)
    assert refusal(frame, name="mine") == (
        "mine: expected at least 1,000 interactions, found 800 (1,200 rows read; 400 dropped: rating of 2 or less); "
        "Personalize refuses to import fewer: add data"
    )


def test_duplicates_do_not_count_towards_the_thousand(clicks):
    half = clicks.head(600)
    assert "found 600 (1,200 rows read; 600 dropped: exact duplicate)" in refusal(pd.concat([half, half]))


def test_exactly_a_thousand_interactions_and_25_users_with_two_will_do(clicks):
    lonely = [f"u{row}" for row in range(950)]
    frame = clicks.head(1_000).assign(USER_ID=[f"v{row % 25}" for row in range(50)] + lonely)
    assert prepare(frame).report.rows_kept == 1_000
    fewer = frame.assign(USER_ID=["v1" if user == "v0" else user for user in frame["USER_ID"]])
    assert "expected at least 25 users with 2 interactions or more, found 24 of 974 users" in refusal(fewer)


def test_more_event_types_than_personalize_imports_are_refused(clicks):
    schema = schemas.interactions("EVENT_TYPE", schemas.field("SHOP", nullable=True))
    frame = clicks.assign(SHOP="x", EVENT_TYPE=[f"kind {row % 10}" for row in range(1_200)])
    assert refusal(frame, schema).startswith(
        "data, column EVENT_TYPE: expected at most 9 different event types beside 1 column of your own, "
        "found 10: kind 0"
    )
    assert prepare(frame, schemas.interactions("EVENT_TYPE")).report.rows_kept == 1_200
