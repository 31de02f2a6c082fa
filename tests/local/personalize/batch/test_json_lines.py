"""Tests of ``local.personalize.batch.json_lines``."""

from __future__ import annotations

import pytest

from fakes.batch_jobs import run


@pytest.fixture(autouse=True)
def _clean(batches):
    yield  # afterwards, because the fixtures of the module are made before this one, whichever test asks for them first
    environment = batches.aws.environment
    environment.objects.clear()
    environment.denied, environment.trusts, environment.bucket_allows = set(), True, True


def test_a_bad_line_says_so_in_itself_and_the_others_are_answered(batches):
    job, lines = run(batches, "no json", {"itemId": "i1"}, {"userId": 7}, [1], {"userId": "u" * 257}, {"userId": "u0"})
    assert job["status"] == "ACTIVE"
    assert [line["output"] is None for line in lines] == [True] * 5 + [False]
    assert lines[0]["input"] == "no json"
    assert lines[0]["error"] == "Invalid input: the line is no JSON object"
    assert lines[1]["error"] == "Invalid input: userId: expected a text of 1 to 256 characters, got null"
    assert lines[2]["error"].endswith("got 7")
    assert lines[5]["error"] is None


def test_lines_of_a_ranking_need_a_list_of_items(batches):
    wrong = [{"userId": "u0"}, {"userId": "u0", "itemList": []}, {"userId": "u0", "itemList": ["i"] * 501}]
    _, lines = run(batches, *wrong, recipe="aws-personalized-ranking-v2")
    assert [line["error"] for line in lines] == [
        "Invalid input: itemList: expected a list of item ids (texts)",
        "Invalid input: itemList must hold 1 to 500 items, got 0",
        "Invalid input: itemList must hold 1 to 500 items, got 501",
    ]
