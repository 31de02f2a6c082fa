"""Sixteen clients at once: nothing is lost, nothing is seen half made."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fakes.personalize_aws import BUCKET, ROLE, Aws, avro, csv_bytes, two_tastes
from fakes.restarted_personalize import running
from personalize_sfn.local.personalize import service
from personalize_sfn.resources import DATASET_GROUP, RESOURCE_TYPES

CLIENTS = 16


def at_once(work: Callable[[int], Any], count: int = CLIENTS) -> list[Any]:
    """What each of so many threads answers, which all begin at the same moment."""
    ready = threading.Barrier(count)

    def begin(number: int) -> Any:
        ready.wait(30)
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))


def _without_quotas(aws: Aws) -> None:
    for name in ("per_region", "per_dataset_group", "pending_per_region"):
        getattr(aws.service.quotas, name).clear()


@contextmanager
def _watched(aws: Aws, arns: list[tuple[str, str]]):
    """While it is open another client describes what there is; it yields the half-made things that were seen."""
    seen: list[str] = []
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            for kind, arn in list(arns):
                described = aws.describe(kind, arn)
                if described["status"].endswith("FAILED") or "failureReason" in described:
                    seen.append(f"{arn} has failed: {described}")
                if described["status"] == "ACTIVE" and kind == "solution_version" and "trainingHours" not in described:
                    seen.append(f"{arn} is ACTIVE without trainingHours")
                if described["status"] == "ACTIVE" and kind == "solution_version":
                    try:
                        aws.personalize.get_solution_metrics(solutionVersionArn=arn)
                    except ClientError as error:
                        seen.append(f"{arn} is ACTIVE without metrics: {error}")

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


def _pipeline(aws: Aws, number: int, made: list[tuple[str, str]]) -> tuple[str, str, list[str]]:
    """Everything from the schema to recommendations; answers the group, the campaign and what it recommends."""
    name = f"movies{number}"
    group, schema = aws.group(name), aws.schema(name)
    dataset = aws.personalize.create_dataset(
        name=name, datasetGroupArn=group, schemaArn=schema, datasetType="Interactions"
    )["datasetArn"]
    tracker = aws.personalize.create_event_tracker(name=name, datasetGroupArn=group)["trackingId"]
    job = aws.personalize.create_dataset_import_job(
        jobName=name, datasetArn=dataset, roleArn=ROLE, dataSource={"dataLocation": f"s3://{BUCKET}/interactions.csv"}
    )["datasetImportJobArn"]
    made.append(("dataset_import_job", job))
    assert aws.settled("dataset_import_job", job)["status"] == "ACTIVE"
    version = aws.version(aws.solution(group, "aws-sims", name=name))
    made.append(("solution_version", version))
    for event in range(5):
        events = [{"eventType": "w", "itemId": f"i{event}", "sentAt": 1_700_000_000}]
        aws.events.put_events(trackingId=tracker, userId="new", sessionId=name, eventList=events)
    assert aws.settled("solution_version", version)["status"] == "ACTIVE"
    campaign = aws.campaign(version, name)
    items = aws.runtime.get_recommendations(campaignArn=campaign, itemId="i1")["itemList"]
    return group, campaign, [item["itemId"] for item in items]


def test_sixteen_clients_make_their_pipelines_and_lose_nothing(tmp_path: Path):
    with running(tmp_path, **{"interactions.csv": csv_bytes(two_tastes())}) as aws:
        _without_quotas(aws)
        made: list[tuple[str, str]] = []
        with _watched(aws, made) as half_made:
            results = at_once(lambda number: _pipeline(aws, number, made))
        assert half_made == []
        groups, campaigns, recommended = zip(*results, strict=True)
        assert len(set(groups)) == len(set(campaigns)) == CLIENTS
        assert len({tuple(items) for items in recommended}) == 1  # the same data and seed: the same answer
        events = {record.arn: len(record.content.events) for record in _store(aws).of(DATASET_GROUP)}
        assert events == dict.fromkeys(groups, 5)
        counts = {row.key: len(list(_store(aws).of(row))) for row in RESOURCE_TYPES}
    with running(tmp_path) as aws:
        assert {row.key: len(list(_store(aws).of(row))) for row in RESOURCE_TYPES} == counts
        assert {record.arn: len(record.content.events) for record in _store(aws).of(DATASET_GROUP)} == events
        for campaign in campaigns[:2]:
            items = aws.runtime.get_recommendations(campaignArn=campaign, itemId="i1")["itemList"]
            assert [item["itemId"] for item in items] == recommended[0]


def _store(aws: Aws) -> Any:
    aws.personalize.list_schemas()
    (store,) = aws.service._stores.values()
    return store


def test_of_sixteen_clients_that_make_the_same_resource_one_makes_it(aws: Aws, refused):
    def create(_: int) -> str:
        try:
            aws.group("movies")
        except aws.personalize.exceptions.ResourceAlreadyExistsException:
            return "exists"
        return "made"

    assert sorted(at_once(create)) == ["exists"] * (CLIENTS - 1) + ["made"]
    assert len(aws.personalize.list_dataset_groups()["datasetGroups"]) == 1


def test_a_quota_holds_against_sixteen_clients_at_once(aws: Aws):
    def create(number: int) -> str:
        try:
            aws.group(f"movies{number}")
        except aws.personalize.exceptions.LimitExceededException:
            return "full"
        return "made"

    assert sorted(at_once(create)) == ["full"] * (CLIENTS - 5) + ["made"] * 5


def test_events_of_sixteen_clients_all_arrive_in_one_order(aws: Aws):
    group = aws.group()
    tracker = aws.personalize.create_event_tracker(name="t", datasetGroupArn=group)["trackingId"]

    def put(number: int) -> None:
        for event in range(10):
            aws.events.put_events(
                trackingId=tracker,
                userId=f"u{number}",
                sessionId=f"s{number}",
                eventList=[{"eventType": "w", "itemId": f"i{event}", "sentAt": 1_700_000_000}],
            )

    at_once(put)
    (record,) = _store(aws).of(DATASET_GROUP)
    assert [event.number for event in record.content.events] == list(range(1, 10 * CLIENTS + 1))
    for number in range(CLIENTS):
        assert [event.item_id for event in record.content.of(f"u{number}", after=0)] == [f"i{e}" for e in range(10)]


def test_a_description_is_never_half_way_between_two_states(aws: Aws):
    aws.service.durations.set("dataset_group", 0.05)
    torn: list[Any] = []

    def create_and_look(number: int) -> None:
        arn = aws.group(f"movies{number}")
        while True:
            described = aws.describe("dataset_group", arn)
            later = described["lastUpdatedDateTime"] > described["creationDateTime"]
            if (described["status"] == "CREATE PENDING") == later:
                torn.append(described)
            if described["status"] == "ACTIVE":
                return

    _without_quotas(aws)
    at_once(create_and_look)
    assert torn == []


@pytest.mark.parametrize("regions", [("us-east-1", "eu-west-1", "ap-southeast-2", "us-west-2")])
def test_clients_of_several_regions_train_at_once(aws: Aws, regions: tuple[str, ...]):
    aws.environment.objects["interactions.csv"] = csv_bytes(two_tastes())

    def train(number: int) -> str:
        mine = Aws.__new__(Aws)
        mine.service, mine.environment, mine.endpoint_url = aws.service, aws.environment, aws.endpoint_url
        for attribute, name in (("personalize", "personalize"), ("runtime", "personalize-runtime")):
            setattr(mine, attribute, aws.client(name, regions[number]))
        mine.events = aws.client("personalize-events", regions[number])
        return _pipeline(mine, number, [])[1]

    campaigns = at_once(train, len(regions))
    assert [arn.split(":")[3] for arn in campaigns] == list(regions)


def test_a_schema_is_there_for_all_as_soon_as_it_is_answered(aws: Aws):
    def create(number: int) -> int:
        arn = aws.personalize.create_schema(name=f"s{number}", schema=avro())["schemaArn"]
        return sum(schema["schemaArn"] == arn for schema in aws.personalize.list_schemas()["schemas"])

    assert at_once(create) == [1] * CLIENTS


def test_an_answer_is_of_one_moment_whatever_happens_before_it_is_sent(aws: Aws, monkeypatch):
    aws.service.durations.set("dataset_group", 100)
    arn = aws.group()
    answer = service.answer

    def later(operation, response):
        monkeypatch.setattr(service, "answer", answer)
        aws.environment.ahead = 101
        assert aws.describe("dataset_group", arn)["status"] == "ACTIVE"
        return answer(operation, response)

    monkeypatch.setattr(service, "answer", later)
    (listed,) = aws.personalize.list_dataset_groups()["datasetGroups"]
    assert listed["status"] == "CREATE PENDING"
