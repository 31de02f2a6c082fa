"""Solutions, solution versions and their metrics, campaigns and their updates."""

from __future__ import annotations

import pytest

from fakes.personalize_aws import avro, csv_bytes, two_tastes

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


def test_a_solution_trains_automatically_unless_told_otherwise(aws):
    create, group = aws.personalize.create_solution, aws.group()
    recipe = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
    arn = create(name="movies", datasetGroupArn=group, recipeArn=recipe)["solutionArn"]
    described = aws.describe("solution", arn)
    assert described["performAutoTraining"] is True
    assert (described["performHPO"], described["performAutoML"]) == (False, False)
    assert described["solutionConfig"] == {}
    assert "latestSolutionVersion" not in described


@pytest.mark.parametrize(
    ("request_", "code", "message"),
    [
        ({}, "InvalidInputException", "recipeArn is required unless performAutoML is true"),
        (
            {"recipeArn": "arn:aws:personalize:::recipe/none"},
            "ResourceNotFoundException",
            "The given recipe does not exist: arn:aws:personalize:::recipe/none",
        ),
    ],
)
def test_solutions_that_cannot_be_are_refused(aws, refused, request_, code, message):
    assert refused(aws.personalize.create_solution, name="x", datasetGroupArn=aws.group(), **request_) == (
        code,
        message,
    )


def test_hyperparameters_are_checked_by_recipe(aws, refused):
    def create(recipe, **parameters):
        config = {"algorithmHyperParameters": parameters}
        return refused(aws.solution, group=group, recipe=recipe, solutionConfig=config)

    group = aws.group()
    code, message = create("aws-user-personalization", hidden_dimension="7")
    assert code == "InvalidInputException"
    assert message.startswith("Invalid hyperparameters: hyperparameters.hidden_dimension")
    assert "'7'" in message
    code, message = create("aws-user-personalization-v2", bptt="32")
    assert code == "InvalidInputException"
    assert "bptt" in message


def test_a_threshold_is_a_number_and_needs_an_event_type(aws, refused):
    group, config = aws.group(), {"eventValueThreshold": "3"}
    code, message = refused(aws.solution, group=group, solutionConfig=config)
    assert (code, message) == ("InvalidInputException", "eventValueThreshold needs an eventType")
    code, message = refused(
        aws.solution, group=group, eventType="watch", solutionConfig={"eventValueThreshold": "high"}
    )
    assert message == "eventValueThreshold: expected a number such as '3.5', got 'high'"


def test_a_solution_can_be_updated(aws, refused):
    solution = aws.solution(aws.group())
    assert refused(aws.personalize.update_solution, solutionArn=solution, performAutoTraining=False) == (
        "InvalidInputException",
        f"The update changes nothing of the given solution: {solution}",
    )
    aws.personalize.update_solution(
        solutionArn=solution,
        performAutoTraining=True,
        solutionUpdateConfig={"autoTrainingConfig": {"schedulingExpression": "rate(3 days)"}},
    )
    described = aws.describe("solution", solution)
    assert described["latestSolutionUpdate"]["status"] == "ACTIVE"
    assert described["performAutoTraining"] is True
    assert described["solutionConfig"]["autoTrainingConfig"] == {"schedulingExpression": "rate(3 days)"}


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


def test_a_campaign_needs_an_active_version(aws, refused):
    aws.service.durations.set("solution_version", 3600)
    version = aws.version(aws.solution(aws.data()))
    code, message = refused(aws.campaign, version=version)
    assert code == "ResourceInUseException"
    assert message == f"The given solution version is not ACTIVE, its status is CREATE PENDING: {version}"


def test_a_campaign_of_a_bare_solution_is_not_found(aws, refused):
    solution = aws.solution(aws.group())
    assert refused(aws.campaign, version=solution) == (
        "ResourceNotFoundException",
        f"The given solution version does not exist: {solution}",
    )


def test_latest_means_the_newest_active_version(aws, refused):
    solution = aws.solution(aws.data())
    code, message = refused(aws.campaign, version=f"{solution}/$LATEST")
    assert (code, message) == (
        "ResourceNotFoundException",
        f"The given solution has no ACTIVE solution version: {solution}",
    )
    aws.settled("solution_version", aws.version(solution, name="old"))
    newest = aws.version(solution, name="new")
    aws.settled("solution_version", newest)
    aws.service.faults.fail("solution_version", reason="x")
    aws.settled("solution_version", aws.version(solution, name="failed"))
    campaign = aws.describe("campaign", aws.campaign(f"{solution}/$LATEST"))
    assert campaign["solutionVersionArn"] == newest


def test_a_campaign_shows_one_request_a_second_and_no_update(aws):
    campaign = aws.settled("campaign", aws.campaign(aws.trained(aws.data())))
    assert campaign["minProvisionedTPS"] == 1
    assert campaign["status"] == "ACTIVE"
    assert "latestCampaignUpdate" not in campaign


def test_an_update_that_changes_nothing_is_refused(aws, refused):
    campaign = aws.campaign(version := aws.trained(aws.data()))
    for same in ({}, {"minProvisionedTPS": 1}, {"solutionVersionArn": version}):
        assert refused(aws.personalize.update_campaign, campaignArn=campaign, **same) == (
            "InvalidInputException",
            f"The update changes nothing of the given campaign: {campaign}",
        )


def test_the_old_version_serves_until_the_update_is_active(aws, refused):
    solution = aws.solution(aws.data())
    old, new = aws.version(solution, name="old"), aws.version(solution, name="new")
    aws.settled("solution_version", old)
    aws.settled("solution_version", new)
    campaign = aws.campaign(old)
    aws.service.durations.set("campaign", 1000)
    aws.personalize.update_campaign(campaignArn=campaign, solutionVersionArn=new, minProvisionedTPS=2)

    during = aws.describe("campaign", campaign)
    assert (during["status"], during["solutionVersionArn"], during["minProvisionedTPS"]) == ("ACTIVE", old, 1)
    assert during["latestCampaignUpdate"]["status"] == "CREATE PENDING"
    assert during["latestCampaignUpdate"]["solutionVersionArn"] == new
    assert aws.runtime.get_recommendations(campaignArn=campaign, userId="u0")["itemList"]
    code, message = refused(aws.personalize.update_campaign, campaignArn=campaign, minProvisionedTPS=3)
    assert code == "ResourceInUseException"
    assert "the update is CREATE PENDING" in message
    assert refused(aws.personalize.delete_campaign, campaignArn=campaign)[0] == "ResourceInUseException"

    aws.environment.ahead = 1100
    after = aws.describe("campaign", campaign)
    assert (after["solutionVersionArn"], after["minProvisionedTPS"]) == (new, 2)
    assert after["latestCampaignUpdate"]["status"] == "ACTIVE"
    assert after["lastUpdatedDateTime"] == after["latestCampaignUpdate"]["lastUpdatedDateTime"]


def test_a_failed_update_leaves_the_campaign_as_it_was(aws):
    campaign = aws.campaign(aws.trained(aws.data()))
    aws.service.faults.fail("campaign", reason="no capacity")
    aws.personalize.update_campaign(campaignArn=campaign, minProvisionedTPS=2)
    described = aws.describe("campaign", campaign)
    assert (described["status"], described["minProvisionedTPS"]) == ("ACTIVE", 1)
    assert described["latestCampaignUpdate"]["status"] == "CREATE FAILED"
    assert described["latestCampaignUpdate"]["failureReason"] == "no capacity"


def test_exploration_goes_with_one_recipe(aws, refused):
    group, config = aws.data(), {"itemExplorationConfig": {"explorationWeight": "0.5"}}
    code, message = refused(aws.campaign, version=aws.trained(group), campaignConfig=config)
    assert (code, message) == (
        "InvalidInputException",
        "itemExplorationConfig does not go with the recipe aws-user-personalization-v2",
    )
    version = aws.trained(group, "aws-user-personalization")
    wrong = {"itemExplorationConfig": {"explorationWeight": "2"}}
    assert refused(aws.campaign, version=version, campaignConfig=wrong)[1] == (
        "explorationWeight: expected a number from 0 to 1, got '2'"
    )
    assert aws.describe("campaign", aws.campaign(version, campaignConfig=config))["campaignConfig"] == config


def test_a_group_has_five_campaigns(aws, refused):
    version = aws.trained(aws.data())
    for number in range(5):
        aws.campaign(version, f"campaign-{number}")
    assert refused(aws.campaign, version=version, name="one-more") == (
        "LimitExceededException",
        "More than 5 resources in ACTIVE state. Please delete some and try again.",
    )


def test_a_solution_goes_after_its_campaigns_and_takes_its_versions_along(aws, refused):
    version = aws.trained(aws.data())
    solution = version.rsplit("/", 1)[0]
    campaign = aws.campaign(version)
    code, message = refused(aws.personalize.delete_solution, solutionArn=solution)
    assert (code, message) == (
        "ResourceInUseException",
        f"The given solution has a campaign, delete it first: {campaign}",
    )
    aws.personalize.delete_campaign(campaignArn=campaign)
    aws.gone("campaign", campaign)
    aws.personalize.delete_solution(solutionArn=solution)
    aws.gone("solution", solution)
    assert refused(aws.personalize.describe_solution_version, solutionVersionArn=version)[0] == (
        "ResourceNotFoundException"
    )


def test_recipes_are_listed_and_described(aws):
    pages = aws.personalize.get_paginator("list_recipes").paginate()
    recipes = [recipe for page in pages for recipe in page["recipes"]]
    assert {recipe["lastUpdatedDateTime"].date().isoformat() for recipe in recipes} == {"2024-06-19"}
    names = [recipe["name"] for recipe in recipes]
    assert names == sorted(names)
    assert {"aws-user-personalization-v2", "aws-sims", "aws-vod-top-picks"} <= set(names)
    assert all("domain" in recipe for recipe in recipes if recipe["name"].startswith(("aws-ecomm", "aws-vod")))
    described = aws.personalize.describe_recipe(recipeArn="arn:aws:personalize:::recipe/aws-sims")["recipe"]
    assert described["recipeType"] == "RELATED_ITEMS"
    assert described["featureTransformationArn"] == "arn:aws:personalize:::feature-transformation/sims"


def test_recipes_are_filtered_by_domain_after_the_page_is_cut(aws):
    page = aws.personalize.list_recipes(domain="VIDEO_ON_DEMAND", maxResults=10)
    assert page["recipes"] == []
    assert "nextToken" in page
    pages = aws.personalize.get_paginator("list_recipes").paginate(domain="VIDEO_ON_DEMAND")
    assert sum(len(page["recipes"]) for page in pages) == 5
