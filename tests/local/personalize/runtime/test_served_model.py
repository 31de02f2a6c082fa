"""Tests of ``local.personalize.runtime.served_model``."""

from __future__ import annotations

import pytest

from fakes.asked_campaigns import ask, put, share_of_odd_taste


def test_scores_of_all_items_sum_to_one(runtime_world):
    assert sum(item["score"] for item in ask(runtime_world, userId="u0", numResults=500)["itemList"]) == pytest.approx(
        1, abs=1e-4
    )


def test_the_next_answer_knows_the_event(runtime_world):
    before = ask(runtime_world, userId="newcomer")
    put(runtime_world, ["i41", "i47", "i52", "i60"], user="newcomer")
    after = ask(runtime_world, userId="newcomer")
    assert before["itemList"] != after["itemList"]
    assert share_of_odd_taste(after) == 1


def test_a_session_without_a_user_is_asked_by_its_id(runtime_world):
    put(runtime_world, ["i41", "i47", "i52", "i60"], session="visitor-1")
    assert share_of_odd_taste(ask(runtime_world, userId="visitor-1")) == 1


def test_an_unknown_item_gets_popular_items(runtime_world):
    assert len(ask(runtime_world, "aws-sims", itemId="none", numResults=5)["itemList"]) == 5
