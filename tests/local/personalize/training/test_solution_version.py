"""Solutions, solution versions and their metrics, campaigns and their updates."""

from __future__ import annotations

import json

import pytest

from fakes.personalize_aws import avro, csv_bytes, two_tastes
from personalize_sfn.local.personalize.wire.protocol import MEASURED

METRICS = {
    "coverage",
    "mean_reciprocal_rank_at_25",
    *(f"normalized_discounted_cumulative_gain_at_{k}" for k in (5, 10, 25)),
    *(f"precision_at_{k}" for k in (5, 10, 25)),
}


def with_event_types(aws, rows):
    """A dataset group whose interactions have EVENT_TYPE and EVENT_VALUE."""
    group = aws.group()
    schema = aws.schema(schema=avro({"name": "EVENT_TYPE", "type": "string"}, {"name": "EVENT_VALUE", "type": "float"}))
    job = aws.imported(aws.dataset(group, schema), csv_bytes(rows, "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE"))
    assert job["status"] == "ACTIVE", job
    return group


def test_a_threshold_is_a_number_and_needs_an_event_type(aws, refused):
    group, config = aws.group(), {"eventValueThreshold": "3"}
    code, message = refused(aws.solution, group=group, solutionConfig=config)
    assert (code, message) == ("InvalidInputException", "eventValueThreshold needs an eventType")
    code, message = refused(
        aws.solution, group=group, eventType="watch", solutionConfig={"eventValueThreshold": "high"}
    )
    assert message == "eventValueThreshold: expected a number such as '3.5', got 'high'"


def test_a_version_trains_and_shows_what_its_solution_says(aws):
    solution = aws.solution(
        aws.data(), name="movies", solutionConfig={"algorithmHyperParameters": {"apply_recency_bias": "true"}}
    )
    arn = aws.version(solution)
    version = aws.settled("solution_version", arn)
    assert version["status"] == "ACTIVE"
    assert version["name"] == "movies/" + arn.rsplit("/", 1)[1]
    assert (version["trainingMode"], version["trainingType"]) == ("FULL", "MANUAL")
    assert version["solutionConfig"] == {"algorithmHyperParameters": {"apply_recency_bias": "true"}}
    assert 0 < version["trainingHours"] < 1
    latest = aws.describe("solution", solution)["latestSolutionVersion"]
    assert (latest["solutionVersionArn"], latest["status"]) == (arn, "ACTIVE")


def test_a_version_with_a_name_is_not_made_twice(aws, refused):
    solution = aws.solution(aws.data(), name="movies")
    arn = aws.version(solution, name="run-1")
    assert arn.endswith(":solution/movies/run-1")
    assert refused(aws.version, solution=solution, name="run-1") == (
        "ResourceAlreadyExistsException",
        f"Another resource with Arn {arn} already exists.",
    )
    assert aws.settled("solution_version", arn)["name"] == "run-1"


@pytest.mark.parametrize(
    "recipe",
    [
        "aws-user-personalization-v2",
        "aws-user-personalization",
        "aws-personalized-ranking-v2",
        "aws-personalized-ranking",
        "aws-popularity-count",
        "aws-sims",
        "aws-similar-items",
    ],
)
def test_every_recipe_that_we_train_has_the_eight_metrics(aws, recipe):
    version = aws.trained(aws.data(), recipe)
    answer = aws.personalize.get_solution_metrics(solutionVersionArn=version)
    assert answer["solutionVersionArn"] == version
    assert set(answer["metrics"]) == METRICS
    assert all(0 <= value <= 1 and value == round(value, 4) for value in answer["metrics"].values())


def test_metrics_are_there_when_the_version_is_active(aws, refused):
    aws.service.durations.set("solution_version", 3600)
    version = aws.version(aws.solution(aws.data()))
    code, message = refused(aws.personalize.get_solution_metrics, solutionVersionArn=version)
    assert code == "ResourceInUseException"
    assert message == f"The given solution version is not ACTIVE, its status is CREATE PENDING: {version}"


def failed(aws, group, **options):
    version = aws.settled("solution_version", aws.version(aws.solution(group, **options)))
    assert version["status"] == "CREATE FAILED"
    assert "trainingHours" not in version
    return version["failureReason"]


def test_the_metrics_tell_in_a_header_how_many_users_they_are_means_over(aws):
    version = aws.trained(aws.data(), "aws-popularity-count")
    answer = aws.personalize.get_solution_metrics(solutionVersionArn=version)
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-personalize-sfn-test-users"] == "6"  # a tenth of 60
    assert set(answer) == {"solutionVersionArn", "metrics", "ResponseMetadata"}


def test_another_header_has_the_margins_and_what_popularity_reaches_in_the_same_test(aws):
    group = aws.data()
    popular = aws.personalize.get_solution_metrics(solutionVersionArn=aws.trained(group, "aws-popularity-count"))
    personal = aws.personalize.get_solution_metrics(solutionVersionArn=aws.trained(group, "aws-user-personalization"))
    beside = [json.loads(each["ResponseMetadata"]["HTTPHeaders"][MEASURED]) for each in (popular, personal)]

    assert beside[0]["popularity"] == beside[1]["popularity"] == popular["metrics"]
    assert set(beside[1]["margins"]) == set(personal["metrics"]) - {"coverage"}
    assert set(personal) == {"solutionVersionArn", "metrics", "ResponseMetadata"}


def test_metrics_that_are_no_means_over_users_have_no_such_header(aws):
    answer = aws.personalize.get_solution_metrics(solutionVersionArn=aws.trained(aws.data(), "aws-trending-now"))
    assert MEASURED not in answer["ResponseMetadata"]["HTTPHeaders"]


def test_without_data_training_fails_with_a_reason(aws):
    assert failed(aws, aws.group()) == "Dataset has fewer than 1000 interactions"


@pytest.mark.parametrize("kind", ["", "EVENT_TYPE"])
def test_event_types_that_are_all_null_fail_in_aws_words(aws, kind):
    group = aws.group()
    schema = aws.schema(schema=avro({"name": "EVENT_TYPE", "type": ["null", "string"]}))
    rows = csv_bytes([(*row, kind) for row in two_tastes()], "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE")
    assert aws.imported(aws.dataset(group, schema), rows)["status"] == "ACTIVE"
    version = aws.settled("solution_version", aws.version(aws.solution(group)))
    assert version["status"] == "CREATE FAILED"
    assert version["failureReason"] == "All values in the event_type column are either reserved keywords or null"


def test_one_event_type_is_enough(aws):
    group = aws.group()
    schema = aws.schema(schema=avro({"name": "EVENT_TYPE", "type": ["null", "string"]}))
    rows = [(*row, "" if place else "watch") for place, row in enumerate(two_tastes())]
    aws.imported(aws.dataset(group, schema), csv_bytes(rows, "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"))
    aws.trained(group)


def test_too_few_interactions_of_the_event_type_fail_in_aws_words(aws):
    rows = [(*row, "watch" if place < 999 else "click", 1) for place, row in enumerate(two_tastes())]
    reason = failed(aws, with_event_types(aws, rows), eventType="watch")
    assert reason == "Dataset has fewer than 1000 interactions after filtering by event type: watch"


def test_too_few_users_with_two_interactions_fail_in_aws_words(aws):
    rows = [(f"u{number % 24}", f"i{number}", number) for number in range(1200)]
    group = aws.group()
    aws.imported(aws.dataset(group), rows)
    assert failed(aws, group) == "Create failed. Dataset has fewer than 25 users with at least 2 interactions each."


def test_only_events_of_the_type_and_above_the_threshold_are_learned(aws):
    liked = [(user, item, time, "watch", 5) for user, item, time in two_tastes(users=80)]
    disliked = [(user, "i-bad", time + 1, "watch", 1) for user, _, time in two_tastes(users=80)[::10]]
    clicked = [(user, "i-clicked", time + 2, "click", 5) for user, _, time in two_tastes(users=80)[::10]]
    group = with_event_types(aws, liked + disliked + clicked)
    version = aws.trained(group, "aws-popularity-count", eventType="watch", solutionConfig={"eventValueThreshold": "3"})
    campaign = aws.campaign(version)
    items = aws.runtime.get_recommendations(campaignArn=campaign, userId="u0", numResults=500)["itemList"]
    known = {item["itemId"] for item in items}
    assert known == {f"i{number}" for number in range(80)}


def test_only_the_service_itself_trains_automatically(aws, refused):
    solution = aws.solution(aws.group())
    assert refused(aws.version, solution=solution, trainingMode="AUTOTRAIN") == (
        "InvalidInputException",
        "trainingMode AUTOTRAIN is set by the service itself; expected FULL or UPDATE",
    )
