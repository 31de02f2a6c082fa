"""Domain dataset groups and their recommenders, over the wire."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.personalize_aws import ROLE, Aws
from fakes.shop import RECIPE, items, make, shop


def test_a_recommender_trains_by_itself_shows_its_metrics_and_answers_without_scores(aws: Aws) -> None:
    arn = make(aws, shop(aws), "aws-ecomm-recommended-for-you")
    described = aws.settled("recommender", arn)
    assert described["status"] == "ACTIVE", described
    assert described["recommenderConfig"] == {"minRecommendationRequestsPerSecond": 1}
    assert 0 < described["modelMetrics"]["coverage"] <= 1
    answer = aws.runtime.get_recommendations(recommenderArn=arn, userId="u0", numResults=5)
    assert all("score" not in item and int(item["itemId"][1:]) < 40 for item in answer["itemList"])
    listed = aws.personalize.list_recommenders()["recommenders"]
    assert [(each["recommenderArn"], each["recipeArn"]) for each in listed] == [
        (arn, RECIPE + "aws-ecomm-recommended-for-you")
    ]


def test_what_a_user_purchased_is_left_out_by_itself_live_purchases_too(aws: Aws) -> None:
    group = shop(aws)
    arn = make(aws, group, "aws-ecomm-recommended-for-you")
    aws.settled("recommender", arn)
    tracker = aws.personalize.create_event_tracker(name="t", datasetGroupArn=group)["trackingId"]
    before = items(aws.runtime.get_recommendations(recommenderArn=arn, userId="u0", numResults=3))
    event = {"eventType": "purchase", "itemId": before[0], "sentAt": 1_700_000_000}
    aws.events.put_events(trackingId=tracker, userId="u0", sessionId="s", eventList=[event])
    assert before[0] not in items(aws.runtime.get_recommendations(recommenderArn=arn, userId="u0", numResults=80))


def test_a_use_case_learns_from_its_own_events_whatever_their_case(aws: Aws) -> None:
    arn = make(aws, shop(aws), "aws-ecomm-popular-items-by-views")
    assert aws.settled("recommender", arn)["status"] == "ACTIVE"
    assert len(items(aws.runtime.get_recommendations(recommenderArn=arn, userId="u1", numResults=4))) == 4


def test_most_viewed_items_need_a_user_though_they_answer_everybody_alike(aws: Aws, refused: Any) -> None:
    arn = make(aws, shop(aws), "aws-ecomm-popular-items-by-views")
    aws.settled("recommender", arn)
    code, message = refused(aws.runtime.get_recommendations, recommenderArn=arn)
    assert (code, message) == ("InvalidInputException", "userId is required by the use case of this recommender")
    ask = aws.runtime.get_recommendations
    assert items(ask(recommenderArn=arn, userId="u1")) == items(ask(recommenderArn=arn, userId="u2"))


def test_too_few_events_of_its_kind_fail_the_creation(aws: Aws) -> None:
    arn = make(aws, shop(aws, purchases=900), "aws-ecomm-popular-items-by-purchases")
    described = aws.settled("recommender", arn)
    assert described["status"] == "CREATE FAILED"
    expected = "Dataset has fewer than 1000 interactions after filtering by event type: Purchase"
    assert described["failureReason"] == expected


def test_items_that_other_viewers_viewed_need_an_item_and_a_user(aws: Aws, refused: Any) -> None:
    arn = make(aws, shop(aws), "aws-ecomm-customers-who-viewed-x-also-viewed")
    aws.settled("recommender", arn)
    code, message = refused(aws.runtime.get_recommendations, recommenderArn=arn, itemId="i1")
    assert code == "InvalidInputException"
    assert message.startswith("userId is required by this use case")
    assert items(aws.runtime.get_recommendations(recommenderArn=arn, itemId="i1", userId="u1", numResults=5))


def test_a_stopped_recommender_answers_no_more_until_it_is_started(aws: Aws, refused: Any) -> None:
    arn = make(aws, shop(aws), "aws-ecomm-popular-items-by-views")
    aws.settled("recommender", arn)
    assert refused(aws.personalize.start_recommender, recommenderArn=arn) == (
        "ResourceInUseException",
        f"The given recommender is not INACTIVE, its status is ACTIVE: {arn}",
    )
    aws.personalize.stop_recommender(recommenderArn=arn)
    assert [aws.describe("recommender", arn)["status"] for _ in range(2)] == ["STOP PENDING", "INACTIVE"]
    code, message = refused(aws.runtime.get_recommendations, recommenderArn=arn, userId="u1")
    assert code == "ResourceNotFoundException"
    assert message == f"The given recommender is not ACTIVE, its status is INACTIVE: {arn}"
    aws.personalize.start_recommender(recommenderArn=arn)
    assert [aws.describe("recommender", arn)["status"] for _ in range(2)] == ["START PENDING", "ACTIVE"]
    assert items(aws.runtime.get_recommendations(recommenderArn=arn, userId="u1"))


def test_an_update_is_told_apart_and_one_that_changes_nothing_is_refused(aws: Aws, refused: Any) -> None:
    arn = make(aws, shop(aws), "aws-ecomm-recommended-for-you")
    aws.settled("recommender", arn)
    update = aws.personalize.update_recommender
    update(recommenderArn=arn, recommenderConfig={"minRecommendationRequestsPerSecond": 2})
    described = aws.describe("recommender", arn)
    assert described["recommenderConfig"] == {"minRecommendationRequestsPerSecond": 2}
    assert described["latestRecommenderUpdate"]["status"] == "ACTIVE"
    code, message = refused(update, recommenderArn=arn, recommenderConfig={"minRecommendationRequestsPerSecond": 2})
    assert code == "InvalidInputException"
    assert message == f"The update changes nothing of the given recommender: {arn}"


def test_recommenders_are_for_domain_groups_and_their_own_recipes(aws: Aws, refused: Any) -> None:
    custom, video = aws.group("custom"), aws.group("video", domain="VIDEO_ON_DEMAND")
    create = aws.personalize.create_recommender
    shop_recipe = RECIPE + "aws-ecomm-recommended-for-you"
    assert refused(create, name="r", datasetGroupArn=custom, recipeArn=shop_recipe) == (
        "InvalidInputException",
        "Please use a domains-specific Dataset Group to create the Recommender",
    )
    code, message = refused(create, name="r", datasetGroupArn=video, recipeArn=shop_recipe)
    assert code == "InvalidInputException"
    assert message == "The recipe aws-ecomm-recommended-for-you is one of ECOMMERCE, the group is VIDEO_ON_DEMAND"


def test_a_use_case_that_needs_items_fails_without_them(aws: Aws) -> None:
    arn = make(aws, aws.group("video", domain="VIDEO_ON_DEMAND"), "aws-vod-more-like-x")
    described = aws.settled("recommender", arn)
    assert described["failureReason"] == (
        "Create failed. The recipe aws-vod-more-like-x needs a dataset of type ITEMS."
    )


def test_a_group_goes_only_after_its_recommenders(aws: Aws, refused: Any) -> None:
    group = aws.group("video", domain="VIDEO_ON_DEMAND")
    arn = make(aws, group, "aws-vod-more-like-x")
    aws.settled("recommender", arn)
    code, message = refused(aws.personalize.delete_dataset_group, datasetGroupArn=group)
    assert code == "ResourceInUseException"
    assert message == f"The given dataset group still has a recommender, delete it first: {arn}"
    aws.personalize.delete_recommender(recommenderArn=arn)
    aws.gone("recommender", arn)
    aws.personalize.delete_dataset_group(datasetGroupArn=group)


def test_a_recommender_that_is_being_deleted_shows_no_metrics_and_then_is_gone(aws: Aws, refused: Any) -> None:
    arn = make(aws, shop(aws), "aws-ecomm-popular-items-by-views")
    assert "modelMetrics" in aws.settled("recommender", arn)
    aws.service.durations.set("deletion", 100)
    aws.personalize.delete_recommender(recommenderArn=arn)
    described = aws.describe("recommender", arn)
    assert described["status"] == "DELETE PENDING"
    assert "modelMetrics" not in described
    aws.environment.ahead = 200
    assert refused(aws.personalize.describe_recommender, recommenderArn=arn) == (
        "ResourceNotFoundException",
        f"The given recommender does not exist: {arn}",
    )


def test_a_recommender_that_is_being_stopped_cannot_be_deleted(aws: Aws, refused: Any) -> None:
    arn = make(aws, shop(aws), "aws-ecomm-popular-items-by-views")
    aws.settled("recommender", arn)
    aws.service.durations.set("recommender", 100)
    aws.personalize.stop_recommender(recommenderArn=arn)
    assert aws.describe("recommender", arn)["status"] == "STOP PENDING"
    assert refused(aws.personalize.delete_recommender, recommenderArn=arn) == (
        "ResourceInUseException",
        f"The given recommender cannot be deleted while its status is STOP PENDING: {arn}",
    )
    aws.environment.ahead = 50
    assert aws.describe("recommender", arn)["status"] == "STOP IN_PROGRESS"


KEY = "arn:aws:kms:us-east-1:123456789012:key/abc"


@pytest.mark.parametrize("given", [{"kmsKeyArn": KEY}, {"roleArn": ROLE}])
def test_a_key_and_the_role_that_may_use_it_go_together(aws: Aws, refused: Any, given: dict[str, str]) -> None:
    code, message = refused(aws.personalize.create_dataset_group, name="g", **given)
    assert code == "InvalidInputException"
    assert message == f"kmsKeyArn and roleArn go together: the role may use the key. Got {next(iter(given))} alone"


def test_a_group_shows_its_domain_its_key_and_its_role(aws: Aws) -> None:
    made = aws.personalize.create_dataset_group(name="g", domain="ECOMMERCE", kmsKeyArn=KEY, roleArn=ROLE)
    assert made["domain"] == "ECOMMERCE"
    described = aws.describe("dataset_group", made["datasetGroupArn"])
    assert (described["domain"], described["kmsKeyArn"], described["roleArn"]) == ("ECOMMERCE", KEY, ROLE)


def test_a_role_of_another_account_is_refused(aws: Aws, refused: Any) -> None:
    foreign = "arn:aws:iam::999999999999:role/other"
    answer = refused(aws.personalize.create_dataset_group, name="g", kmsKeyArn=KEY, roleArn=foreign)
    assert answer == ("AccessDeniedException", "Cross-account pass role is not allowed.")


@pytest.mark.parametrize(
    ("name", "defaults"),
    [
        ("aws-sims", {"popularity_discount_factor": "0.5", "min_cointeraction_count": "3"}),
        ("aws-user-personalization", {"hidden_dimension": "149", "bptt": "32", "recency_mask": "true"}),
        ("aws-popularity-count", {}),
    ],
)
def test_an_algorithm_tells_its_defaults(aws: Aws, name: str, defaults: dict[str, str]) -> None:
    arn = aws.personalize.describe_recipe(recipeArn=RECIPE + name)["recipe"]["algorithmArn"]
    algorithm = aws.personalize.describe_algorithm(algorithmArn=arn)["algorithm"]
    assert algorithm["defaultHyperParameters"] == defaults


def test_every_recipe_has_an_algorithm_and_a_feature_transformation(aws: Aws) -> None:
    pages = aws.personalize.get_paginator("list_recipes").paginate()
    recipes = [recipe for page in pages for recipe in page["recipes"]]
    assert not any("hrnn" in found["name"] for found in recipes)
    for found in [*recipes, {"recipeArn": RECIPE + "aws-hrnn"}]:
        recipe = aws.personalize.describe_recipe(recipeArn=found["recipeArn"])["recipe"]
        algorithm = aws.personalize.describe_algorithm(algorithmArn=recipe["algorithmArn"])["algorithm"]
        assert algorithm["algorithmArn"] == recipe["algorithmArn"]
        transformation = aws.personalize.describe_feature_transformation(
            featureTransformationArn=recipe["featureTransformationArn"]
        )["featureTransformation"]
        assert transformation["status"] == "ACTIVE"
