"""solutionConfig: what may be in it and what it does to the training."""

from __future__ import annotations

import pytest

from fakes.personalize_aws import avro, csv_bytes, two_tastes

V1, V2 = "aws-user-personalization", "aws-user-personalization-v2"
EVENT_FIELDS = ({"name": "EVENT_TYPE", "type": "string"}, {"name": "EVENT_VALUE", "type": "float"})


def arn(recipe):
    return f"arn:aws:personalize:::recipe/{recipe}"


def events(*entries):
    return {"eventsConfig": {"eventParametersList": list(entries)}}


def with_event_types(aws, rows):
    group = aws.group()
    job = aws.imported(
        aws.dataset(group, aws.schema(schema=avro(*EVENT_FIELDS))),
        csv_bytes(rows, "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE"),
    )
    assert job["status"] == "ACTIVE", job
    return group


@pytest.mark.parametrize(
    ("recipe", "options", "message"),
    [
        (
            V1,
            {"solutionConfig": events({"eventType": "watch"})},
            f"eventsConfig does not go with the recipe {V1}, only with {V2}, aws-personalized-ranking-v2",
        ),
        (
            V2,
            {"solutionConfig": events({"eventType": "watch"}), "eventType": "watch"},
            "eventType and solutionConfig.eventsConfig exclude each other: give one of them",
        ),
        (
            V2,
            {"solutionConfig": events()},
            "eventsConfig.eventParametersList: expected 1 to 10 events, got none",
        ),
        (
            V2,
            {"solutionConfig": events({"weight": 1.0})},
            "eventsConfig.eventParametersList: each event needs an eventType",
        ),
        (
            V2,
            {"solutionConfig": events({"eventType": "watch"}, {"eventType": "watch", "weight": 0.5})},
            "eventsConfig.eventParametersList: eventType watch is there 2 times",
        ),
    ],
)
def test_events_that_cannot_be_weighed_are_refused(aws, refused, recipe, options, message):
    assert refused(aws.solution, group=aws.group(), recipe=recipe, **options) == ("InvalidInputException", message)


def test_a_weight_is_between_zero_and_one_and_there_are_at_most_ten(aws, refused):
    group = aws.group()
    code, message = refused(aws.solution, group=group, solutionConfig=events({"eventType": "watch", "weight": 1.5}))
    assert code == "InvalidInputException"
    assert "Member must have value less than or equal to 1" in message
    many = events(*({"eventType": f"e{number}"} for number in range(11)))
    assert (
        "Member must have length less than or equal to 10" in refused(aws.solution, group=group, solutionConfig=many)[1]
    )


def test_events_of_no_weight_below_the_threshold_or_unnamed_are_not_learned_from(aws):
    watched = [(user, item, time, "watch", 5) for user, item, time in two_tastes(users=80)]
    others = [
        (user, item, time + place, kind, value)
        for user, _, time in two_tastes(users=80)[::10]
        for place, (item, kind, value) in enumerate(
            [("i-cheap", "watch", 1), ("i-ignored", "click", 5), ("i-unnamed", "share", 5), ("i-liked", "like", 1)]
        )
    ]
    group = with_event_types(aws, watched + others)
    config = events(
        {"eventType": "watch", "weight": 0.5, "eventValueThreshold": 3.0},
        {"eventType": "like", "weight": 0.5},
        {"eventType": "click", "weight": 0.0},
    )
    version = aws.trained(group, V2, solutionConfig=config)
    assert aws.describe("solution_version", version)["solutionConfig"] == config
    campaign = aws.campaign(version)
    items = aws.runtime.get_recommendations(campaignArn=campaign, userId="u0", numResults=500)["itemList"]
    assert {item["itemId"] for item in items} == {*(f"i{number}" for number in range(80)), "i-liked"}

    metrics = aws.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]
    gain = "normalized_discounted_cumulative_gain"
    for k in (5, 10, 25):  # weights that are equal weigh nothing
        assert metrics[f"{gain}_with_event_weights_at_{k}"] == metrics[f"{gain}_at_{k}"]


def test_events_that_weigh_differently_train_and_are_measured_by_weight(aws):
    rows = [
        (user, item, time, "buy" if place % 3 else "view", 5) for place, (user, item, time) in enumerate(two_tastes())
    ]
    config = events({"eventType": "buy", "weight": 1.0}, {"eventType": "view", "weight": 0.1})
    version = aws.trained(with_event_types(aws, rows), V2, solutionConfig=config)
    metrics = aws.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]
    gain = "normalized_discounted_cumulative_gain"
    for k in (5, 10, 25):
        assert 0 < metrics[f"{gain}_with_event_weights_at_{k}"] <= 1
    assert metrics[f"{gain}_with_event_weights_at_25"] != metrics[f"{gain}_at_25"]


def test_only_a_solution_with_weighted_events_has_metrics_with_weights(aws):
    version = aws.trained(aws.data(), V2)
    metrics = aws.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]
    assert not [name for name in metrics if "event_weights" in name]


def test_too_few_events_after_filtering_are_named(aws):
    rows = [(user, item, time, "watch", 5) for user, item, time in two_tastes()]
    group = with_event_types(aws, rows)
    version = aws.version(aws.solution(group, V2, solutionConfig=events({"eventType": "buy"}, {"eventType": "like"})))
    failed = aws.settled("solution_version", version)
    assert (failed["status"], failed["failureReason"]) == (
        "CREATE FAILED",
        "Dataset has fewer than 1000 interactions after filtering by event type: buy, like",
    )


def test_the_weights_of_events_can_be_updated(aws, refused):
    solution = aws.solution(aws.group(), V2)
    config = events({"eventType": "watch", "weight": 0.3})
    aws.personalize.update_solution(solutionArn=solution, solutionUpdateConfig=config)
    described = aws.describe("solution", solution)
    assert described["latestSolutionUpdate"]["solutionUpdateConfig"] == config
    assert described["solutionConfig"] == config
    other = aws.solution(described["datasetGroupArn"], V1)
    assert refused(aws.personalize.update_solution, solutionArn=other, solutionUpdateConfig=config)[0] == (
        "InvalidInputException"
    )
    with_type = aws.solution(described["datasetGroupArn"], V2, name="typed", eventType="watch")
    assert refused(aws.personalize.update_solution, solutionArn=with_type, solutionUpdateConfig=config) == (
        "InvalidInputException",
        f"The given solution has an eventType, which excludes eventsConfig: {with_type}",
    )


def test_auto_ml_takes_the_recipe_that_does_best(aws):
    config = {"autoMLConfig": {"recipeList": [arn("aws-popularity-count"), arn(V1)]}}
    solution = aws.personalize.create_solution(
        name="auto", datasetGroupArn=aws.data(), performAutoML=True, performAutoTraining=False, solutionConfig=config
    )["solutionArn"]
    described = aws.describe("solution", solution)
    assert (described["performAutoML"], described["performHPO"]) == (True, True)
    assert "recipeArn" not in described
    assert "autoMLResult" not in described
    version = aws.settled("solution_version", aws.version(solution))
    assert (version["status"], version["recipeArn"], version["performAutoML"]) == ("ACTIVE", arn(V1), True)
    assert aws.describe("solution", solution)["autoMLResult"] == {"bestRecipeArn": arn(V1)}
    assert aws.runtime.get_recommendations(campaignArn=aws.campaign(version["solutionVersionArn"]), userId="u0")[
        "itemList"
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"recipeArn": arn(V1)}, "recipeArn must be left out when performAutoML is true"),
        (
            {"solutionConfig": {"autoMLConfig": {"recipeList": [arn("aws-sims")]}}},
            f"autoMLConfig.recipeList: expected recipes of type USER_PERSONALIZATION, got {arn('aws-sims')}",
        ),
        (
            {"solutionConfig": {"autoMLConfig": {"metricName": "accuracy"}}},
            "autoMLConfig.metricName: expected one of coverage, mean_reciprocal_rank_at_25, "
            "normalized_discounted_cumulative_gain_at_5, normalized_discounted_cumulative_gain_at_10, "
            "normalized_discounted_cumulative_gain_at_25, precision_at_5, precision_at_10, precision_at_25, "
            "got accuracy",
        ),
    ],
)
def test_auto_ml_that_cannot_be_is_refused(aws, refused, options, message):
    create = aws.personalize.create_solution
    assert refused(create, name="x", datasetGroupArn=aws.group(), performAutoML=True, **options) == (
        "InvalidInputException",
        message,
    )


@pytest.mark.parametrize(
    ("recipe", "options", "code", "message"),
    [
        (
            V2,
            {"performIncrementalUpdate": True},
            "InvalidInputException",
            "performIncrementalUpdate goes with the recipe aws-semantic-similarity only",
        ),
        (
            V2,
            {"solutionConfig": {"optimizationObjective": {"itemAttribute": "PRICE"}}},
            "InvalidInputException",
            f"optimizationObjective does not go with the recipe {V2}, only with {V1}, aws-personalized-ranking",
        ),
        (
            "aws-vod-top-picks",
            {},
            "InvalidInputException",
            "The recipe aws-vod-top-picks is a use case of the domain VIDEO_ON_DEMAND: create a recommender with it",
        ),
        (
            V1,
            {"solutionConfig": {"autoMLConfig": {}}},
            "InvalidInputException",
            "solutionConfig.autoMLConfig goes with performAutoML only",
        ),
    ],
)
def test_what_a_recipe_does_not_take_is_refused(aws, refused, recipe, options, code, message):
    assert refused(aws.solution, group=aws.group(), recipe=recipe, **options) == (code, message)


def test_auto_ml_tries_the_hrnn_recipes_unless_told_which(aws):
    solution = aws.personalize.create_solution(
        name="auto", datasetGroupArn=aws.data(), performAutoML=True, performAutoTraining=False
    )["solutionArn"]
    version = aws.settled("solution_version", aws.version(solution))
    assert version["recipeArn"] in {arn(name) for name in ("aws-hrnn", "aws-hrnn-metadata", "aws-hrnn-coldstart")}
    assert set(version["tunedHPOParams"]["algorithmHyperParameters"]) == {"hidden_dimension", "bptt", "recency_mask"}
