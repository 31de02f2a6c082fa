"""The context of GetRecommendations and GetPersonalizedRanking, over the wire."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from fakes.personalize_aws import BUCKET, ROLE, Aws, avro, csv_bytes
from fakes.restarted_personalize import running

V1, V2, RANKING = "aws-user-personalization", "aws-user-personalization-v2", "aws-personalized-ranking"
DEVICE: dict[str, Any] = {"name": "DEVICE_TYPE", "type": ["string", "null"], "categorical": True}
HOUR: dict[str, Any] = {"name": "HOUR", "type": ["null", "int"]}
HEADER = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,DEVICE_TYPE,HOUR"


def evenings(event_type: str = "Watch", *, informed: bool = True) -> list[tuple[str, str, int, str, str, int | str]]:
    """Ninety users watch ten shows on the phone in the morning, or ten films on the television in the evening.

    Unless `informed`, device and hour are drawn by lot.
    """
    draw = random.Random(5)
    rows: list[tuple[str, str, int, str, str, int | str]] = []
    for user in range(90):
        for place in range(16):
            evening = draw.random() < 0.5
            told = evening if informed else draw.random() < 0.5
            what, device, hour = ("film" if evening else "show"), ("tv" if told else "phone"), (20 if told else 7)
            item = f"{what}-{2 * draw.randrange(10) + user % 2}"
            known: int | str = hour + place % 3 if place else ""
            rows.append((f"u{user}", item, 1_600_000_000 + 60 * place, event_type, device if place else "", known))
    return rows


def group_of(aws: Aws, rows: list[tuple[Any, ...]], **options: Any) -> str:
    group = aws.group(**options)
    schema = aws.schema(schema=avro({"name": "EVENT_TYPE", "type": "string"}, DEVICE, HOUR), **_domain(options))
    job = aws.imported(aws.dataset(group, schema), csv_bytes(rows, HEADER))
    assert job["status"] == "ACTIVE", job
    return group


def _domain(options: dict[str, Any]) -> dict[str, Any]:
    return {"domain": options["domain"]} if "domain" in options else {}


def ask(aws: Aws, campaign: str, context: dict[str, str] | None = None, **more: Any) -> list[str]:
    request = {"userId": "u0", "numResults": 5} | more | ({} if context is None else {"context": context})
    return [item["itemId"] for item in aws.runtime.get_recommendations(campaignArn=campaign, **request)["itemList"]]


def kinds(items: list[str]) -> set[str]:
    return {item.partition("-")[0] for item in items}


@pytest.mark.parametrize("recipe", [V1, V2])
def test_the_context_decides_what_comes_first(aws: Aws, recipe: str) -> None:
    campaign = aws.campaign(aws.trained(group_of(aws, evenings()), recipe))
    for context, what in (
        ({"DEVICE_TYPE": "phone"}, {"show"}),
        ({"DEVICE_TYPE": "tv"}, {"film"}),
        ({"deviceType": "tv"}, {"film"}),
        ({"hour": "20"}, {"film"}),
        ({"HOUR": "6", "DEVICE_TYPE": "phone"}, {"show"}),
    ):
        answer = ask(aws, campaign, context)
        assert kinds(answer) == what
        assert all(int(item.partition("-")[2]) % 2 == 0 for item in answer)  # of the user's camp
        assert kinds(ask(aws, campaign, context, userId="stranger")) == what


def test_a_context_that_is_not_known_is_passed_over(aws: Aws) -> None:
    campaign = aws.campaign(aws.trained(group_of(aws, evenings()), V1))
    plain = ask(aws, campaign)
    for context in ({}, {"DEVICE_TYPE": "radio"}, {"DEVICE_TYPE": ""}, {"HOUR": "noon"}, {"WEATHER": "rain"}):
        assert ask(aws, campaign, context) == plain
    assert kinds(ask(aws, campaign, {"WEATHER": "rain", "DEVICE_TYPE": "tv"})) == {"film"}


def test_a_value_has_at_most_1000_characters(aws: Aws, refused: Any) -> None:
    campaign = aws.campaign(aws.trained(group_of(aws, evenings()), V1))
    code, message = refused(
        aws.runtime.get_recommendations, campaignArn=campaign, userId="u0", context={"DEVICE_TYPE": "x" * 1001}
    )
    assert code == "InvalidInputException"
    assert message == (
        "1 validation error detected: Value at 'context.DEVICE_TYPE' failed to satisfy constraint: "
        "Member must have length less than or equal to 1000"
    )


def test_a_ranking_follows_the_context(aws: Aws) -> None:
    campaign = aws.campaign(aws.trained(group_of(aws, evenings()), RANKING))
    for device, first in (("phone", "show-4"), ("tv", "film-2")):
        ranking = aws.runtime.get_personalized_ranking(
            campaignArn=campaign, userId="u0", inputList=["film-2", "show-4"], context={"DEVICE_TYPE": device}
        )["personalizedRanking"]
        assert ranking[0]["itemId"] == first
        assert sum(item["score"] for item in ranking) == pytest.approx(1, abs=1e-5)


def test_columns_that_are_left_out_of_training_have_no_effect(aws: Aws) -> None:
    group = group_of(aws, evenings())
    config = {"trainingDataConfig": {"excludedDatasetColumns": {"INTERACTIONS": ["DEVICE_TYPE"]}}}
    campaign = aws.campaign(aws.trained(group, V1, solutionConfig=config))
    assert ask(aws, campaign, {"DEVICE_TYPE": "tv"}) == ask(aws, campaign)
    assert kinds(ask(aws, campaign, {"HOUR": "20"})) == {"film"}


def test_columns_that_tell_nothing_have_no_effect(aws: Aws) -> None:
    campaign = aws.campaign(aws.trained(group_of(aws, evenings(informed=False)), V1))
    assert ask(aws, campaign, {"DEVICE_TYPE": "tv", "HOUR": "20"}) == ask(aws, campaign)


def test_without_context_answers_and_metrics_are_those_of_data_without_the_columns(aws: Aws) -> None:
    with_columns = aws.trained(group_of(aws, evenings()), V2)
    plain = aws.group("plain")
    schema = aws.schema("plain", schema=avro({"name": "EVENT_TYPE", "type": "string"}))
    rows = [row[:4] for row in evenings()]
    aws.imported(aws.dataset(plain, schema), csv_bytes(rows, "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"), name="plain")
    without = aws.trained(plain, V2, name="plain")
    metrics = [
        aws.personalize.get_solution_metrics(solutionVersionArn=arn)["metrics"] for arn in (with_columns, without)
    ]
    assert metrics[0] == metrics[1]
    answers = [
        aws.runtime.get_recommendations(campaignArn=aws.campaign(arn, name), userId="u3")["itemList"]
        for name, arn in (("one", with_columns), ("other", without))
    ]
    assert answers[0] == answers[1]


def test_events_bring_their_context_by_their_properties(aws: Aws) -> None:
    """The imported rows say nothing of devices; what is learned comes from PutEvents."""
    group = group_of(aws, [(*row[:4], "", "") for row in evenings()])
    tracking_id = aws.personalize.create_event_tracker(name="t", datasetGroupArn=group)["trackingId"]
    rows = [row for row in evenings() if row[4]]
    for start in range(0, len(rows), 10):
        events = [
            {
                "itemId": item,
                "sentAt": 1_700_000_000 + start + place,
                "eventType": kind,
                "properties": json.dumps({"deviceType": device}),
            }
            for place, (_, item, _, kind, device, _) in enumerate(rows[start : start + 10])
        ]
        user = rows[start][0]
        aws.events.put_events(trackingId=tracking_id, userId=user, sessionId=user, eventList=events)
    campaign = aws.campaign(aws.trained(group, V1))
    assert kinds(ask(aws, campaign, {"DEVICE_TYPE": "tv"})) == {"film"}


def test_only_events_that_are_trained_on_tell_of_their_context(aws: Aws) -> None:
    """Of the trailers, all were seen on the other device than the films and shows themselves."""
    flipped = {"tv": "phone", "phone": "tv", "": ""}
    trailers = [
        (user, item, time + 1, "Trailer", flipped[device], "") for user, item, time, _, device, _ in evenings() * 2
    ]
    campaign = aws.campaign(aws.trained(group_of(aws, [*evenings(), *trailers]), V1, eventType="Watch"))
    assert kinds(ask(aws, campaign, {"DEVICE_TYPE": "tv"})) == {"film"}


def test_a_filter_and_a_promotion_hold_under_a_context(aws: Aws) -> None:
    group = group_of(aws, evenings())
    fields = [{"name": "ITEM_ID", "type": "string"}, {"name": "KIND", "type": "string", "categorical": True}]
    dataset = aws.dataset(group, aws.schema("items", schema=avro(name="Items", fields=fields)), "Items")
    rows = [(f"{what}-{number}", what) for what in ("show", "film") for number in range(20)]
    aws.imported(dataset, csv_bytes(rows, "ITEM_ID,KIND"), name="items")
    shows = aws.personalize.create_filter(
        name="shows", datasetGroupArn=group, filterExpression='INCLUDE ItemID WHERE Items.KIND IN ("show")'
    )["filterArn"]
    campaign = aws.campaign(
        aws.trained(group, V1), campaignConfig={"itemExplorationConfig": {"explorationWeight": "0"}}
    )
    assert kinds(ask(aws, campaign, {"DEVICE_TYPE": "tv"}, filterArn=shows)) == {"show"}
    promotion = {"name": "shows", "percentPromotedItems": 40, "filterArn": shows}
    answer = ask(aws, campaign, {"DEVICE_TYPE": "tv"}, promotions=[promotion])
    assert sorted(item.partition("-")[0] for item in answer) == ["film"] * 3 + ["show"] * 2


def test_a_recommender_of_top_picks_follows_the_context(aws: Aws) -> None:
    group = group_of(aws, evenings(event_type="Click"), domain="VIDEO_ON_DEMAND")
    fields = [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "GENRES", "type": "string", "categorical": True},
        {"name": "CREATION_TIMESTAMP", "type": "long"},
    ]
    schema = aws.schema("items", schema=avro(name="Items", fields=fields), domain="VIDEO_ON_DEMAND")
    rows = [(f"{what}-{number}", "any", 1) for what in ("show", "film") for number in range(20)]
    aws.imported(aws.dataset(group, schema, "Items"), csv_bytes(rows, "ITEM_ID,GENRES,CREATION_TIMESTAMP"), name="i")
    recommender = aws.personalize.create_recommender(
        name="picks", datasetGroupArn=group, recipeArn="arn:aws:personalize:::recipe/aws-vod-top-picks"
    )["recommenderArn"]
    assert aws.settled("recommender", recommender)["status"] == "ACTIVE"
    for device, what in (("phone", "show"), ("tv", "film")):
        answer = aws.runtime.get_recommendations(
            recommenderArn=recommender, userId="u0", numResults=5, context={"DEVICE_TYPE": device}
        )["itemList"]
        assert kinds([item["itemId"] for item in answer]) == {what}


def test_batch_jobs_answer_without_context(aws: Aws) -> None:
    version = aws.trained(group_of(aws, evenings()), V1)
    aws.environment.objects["in/users.json"] = b'{"userId": "u0"}\n'
    job = aws.personalize.create_batch_inference_job(
        jobName="batch",
        solutionVersionArn=version,
        numResults=5,
        jobInput={"s3DataSource": {"path": f"s3://{BUCKET}/in/users.json"}},
        jobOutput={"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
        roleArn=ROLE,
        batchInferenceJobConfig={"itemExplorationConfig": {"explorationWeight": "0"}},
    )["batchInferenceJobArn"]
    assert aws.settled("batch_inference_job", job)["status"] == "ACTIVE"
    line = json.loads(aws.environment.objects["out/users.json.out"])
    assert line["output"]["recommendedItems"] == ask(aws, aws.campaign(version))


def test_the_context_is_known_after_a_restart(tmp_path: Path) -> None:
    context = {"DEVICE_TYPE": "tv", "HOUR": "21"}
    with running(tmp_path) as aws:
        campaign = aws.campaign(aws.trained(group_of(aws, evenings()), V2))
        before = [ask(aws, campaign, each) for each in (None, context)]
    with running(tmp_path) as aws:
        assert [ask(aws, campaign, each) for each in (None, context)] == before
        assert kinds(before[1]) == {"film"}
