"""Tests of ``inference``: what a batch inference job answers: the engine's batch methods, by the type of the recipe."""

from __future__ import annotations

import pytest

from fakes.batch_jobs import refused, run


@pytest.fixture(autouse=True)
def _clean(batches):
    yield  # afterwards, because the fixtures of the module are made before this one, whichever test asks for them first
    environment = batches.aws.environment
    environment.objects.clear()
    environment.denied, environment.trusts, environment.bucket_allows = set(), True, True


def odd_share(items):
    return sum(int(item[1:]) >= 40 for item in items) / len(items)


def test_each_user_gets_a_line_with_items_of_his_taste_and_scores_that_fall(batches):
    job, lines = run(batches, {"userId": "u0"}, {"userId": "u1"})
    assert job["status"] == "ACTIVE"
    assert (job["numResults"], job["batchInferenceJobMode"]) == (25, "BATCH_INFERENCE")
    assert "failureReason" not in job
    assert [line["input"] for line in lines] == [{"userId": "u0"}, {"userId": "u1"}]
    assert all(set(line) == {"input", "output", "error"} and line["error"] is None for line in lines)
    even, odd = (line["output"] for line in lines)
    assert set(even) == {"recommendedItems", "scores"}
    assert len(even["recommendedItems"]) == len(even["scores"]) == 25
    assert even["scores"] == sorted(even["scores"], reverse=True)
    assert odd_share(even["recommendedItems"][:10]) < 0.3 < 0.7 < odd_share(odd["recommendedItems"][:10])


def test_a_batch_says_what_get_recommendations_says(batches):
    version = batches.versions["aws-user-personalization-v2"]
    campaign = batches.aws.campaign(version, "beside")
    _, [line] = run(batches, {"userId": "u3"}, numResults=7)
    asked = batches.aws.runtime.get_recommendations(campaignArn=campaign, userId="u3", numResults=7)["itemList"]
    assert line["output"]["recommendedItems"] == [item["itemId"] for item in asked]
    assert line["output"]["scores"] == pytest.approx([item["score"] for item in asked], abs=1e-6)


def test_popularity_and_related_items_have_no_scores(batches):
    _, [line] = run(batches, {"userId": "u0"}, recipe="aws-popularity-count", numResults=3)
    assert list(line["output"]) == ["recommendedItems"]
    _, [line] = run(batches, {"itemId": "i41"}, recipe="aws-sims", numResults=5)
    assert list(line["output"]) == ["recommendedItems"]
    assert len(line["output"]["recommendedItems"]) == 5
    assert "i41" not in line["output"]["recommendedItems"]


def test_a_ranking_orders_the_items_of_its_line(batches):
    items = ["i70", "i1", "unheard-of"]
    _, [line] = run(batches, {"userId": "u0", "itemList": items}, recipe="aws-personalized-ranking-v2")
    assert line["input"] == {"userId": "u0", "itemList": items}
    assert sorted(line["output"]["recommendedItems"]) == sorted(items)
    assert line["output"]["recommendedItems"][-1] == "unheard-of"
    assert sum(line["output"]["scores"]) == pytest.approx(1, abs=1e-5)


def test_strangers_get_popular_items_and_empty_lines_are_passed_over(batches):
    _, lines = run(batches, {"userId": "nobody"}, "", {"itemId": "x", "userId": "u0"})
    assert len(lines) == 2
    assert len(lines[0]["output"]["recommendedItems"]) == 25


def test_more_lines_than_a_block_keep_their_order(batches):
    _, lines = run(batches, *({"userId": f"u{number}"} for number in range(1100)), numResults=1)
    assert [line["input"]["userId"] for line in lines] == [f"u{number}" for number in range(1100)]


def test_exploration_goes_only_with_recipes_that_have_it(batches):
    code, message = refused(
        batches, recipe="aws-sims", batchInferenceJobConfig={"itemExplorationConfig": {"explorationWeight": "0.3"}}
    )
    assert (code, message) == ("InvalidInputException", "itemExplorationConfig does not go with the recipe aws-sims")
