"""Filters of batch segment jobs: the users who may be in a segment, by what they are and by what they did."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from fakes.personalize_aws import BUCKET, ROLE, avro, csv_bytes, refusal, serving, two_tastes

EVENT_TYPE = {"name": "EVENT_TYPE", "type": "string"}
USERS = avro(
    name="Users",
    fields=[
        {"name": "USER_ID", "type": "string"},
        {"name": "MEMBERSHIP", "type": ["null", "string"], "categorical": True},
        {"name": "AGE", "type": ["null", "int"]},
    ],
)
ITEMS = avro(
    name="Items",
    fields=[{"name": "ITEM_ID", "type": "string"}, {"name": "GENRES", "type": "string", "categorical": True}],
)
GOLD = {f"u{number}" for number in range(0, 60, 3)}
WITHOUT_A_ROW = {"u57", "u58", "u59"}
BUYERS = {f"u{number}" for number in range(10)}


@pytest.fixture(scope="module")
def world():
    """u0, u3, ... are gold, the others silver; u0-u9 bought something; u57-u59 have no row in Users."""
    with serving() as aws:
        group = aws.group()
        rows = [
            (*row, "Buy" if row[0] in BUYERS and place % 25 == 0 else "view") for place, row in enumerate(two_tastes())
        ]
        dataset = aws.dataset(group, aws.schema(schema=avro(EVENT_TYPE)))
        assert aws.imported(dataset, csv_bytes(rows, "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"))["status"] == "ACTIVE"
        people = [
            (f"u{number}", "gold" if number % 3 == 0 else "silver", number)
            for number in range(60)
            if f"u{number}" not in WITHOUT_A_ROW
        ]
        users = aws.dataset(group, aws.schema("users", schema=USERS), "Users")
        assert aws.imported(users, csv_bytes(people, "USER_ID,MEMBERSHIP,AGE"), name="users")["status"] == "ACTIVE"
        items = aws.dataset(group, aws.schema("items", schema=ITEMS), "Items")
        titles = [(f"i{number}", "Western" if number < 40 else "Drama") for number in range(80)]
        assert aws.imported(items, csv_bytes(titles, "ITEM_ID,GENRES"), name="items")["status"] == "ACTIVE"
        names = [f"aws-item-{affinity}" for affinity in ("affinity", "attribute-affinity")]
        versions = {name: aws.trained(group, name) for name in names}
        yield SimpleNamespace(aws=aws, group=group, versions=versions, names=(f"n{number}" for number in range(99)))
        assert aws.broken_answers == []


def made(world, expression):
    arn = world.aws.personalize.create_filter(
        name=next(world.names), datasetGroupArn=world.group, filterExpression=expression
    )["filterArn"]
    assert world.aws.settled("filter", arn)["status"] == "ACTIVE"
    return arn


def request(world, filter_arn, recipe="aws-item-affinity", **options):
    return {
        "jobName": next(world.names),
        "solutionVersionArn": world.versions[recipe],
        "filterArn": filter_arn,
        "jobInput": {"s3DataSource": {"path": f"s3://{BUCKET}/in/queries.json"}},
        "jobOutput": {"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
        "roleArn": ROLE,
    } | options


def run(world, expression, *queries, **options):
    """The output lines of a job with a new filter of that expression."""
    objects = world.aws.environment.objects
    objects.clear()
    objects["in/queries.json"] = "\n".join(json.dumps(query) for query in queries).encode()
    wanted = request(world, made(world, expression), **options)
    job = world.aws.settled(
        "batch_segment_job", world.aws.personalize.create_batch_segment_job(**wanted)["batchSegmentJobArn"]
    )
    assert (job["status"], job["filterArn"]) == ("ACTIVE", wanted["filterArn"])
    return [json.loads(line) for line in objects["out/queries.json.out"].decode().splitlines()]


def segment(line):
    assert line["error"] is None
    return line["output"]["usersList"]


def test_users_are_taken_out_before_the_first_are_counted(world):
    [everybody] = run(world, "EXCLUDE UserID WHERE Users.AGE > 1000", {"itemId": "i3"}, numResults=60)
    [gold] = run(world, 'INCLUDE UserID WHERE Users.MEMBERSHIP IN ("gold")', {"itemId": "i3"}, numResults=10)
    assert segment(gold) == [user for user in segment(everybody) if user in GOLD - WITHOUT_A_ROW][:10]


def test_who_has_no_value_is_neither_included_nor_excluded(world):
    [included] = run(world, "INCLUDE UserID WHERE Users.AGE >= 0", {"itemId": "i3"}, numResults=60)
    [excluded] = run(world, "EXCLUDE UserID WHERE Users.AGE >= 0", {"itemId": "i3"}, numResults=60)
    assert set(segment(included)) == {f"u{number}" for number in range(60)} - WITHOUT_A_ROW
    assert set(segment(excluded)) == WITHOUT_A_ROW


def test_interactions_mean_users_who_had_such_an_event_with_any_item(world):
    [buyers] = run(world, 'INCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("buy")', {"itemId": "i3"}, numResults=60)
    [others] = run(world, 'EXCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("buy")', {"itemId": "i3"}, numResults=60)
    assert set(segment(buyers)) == BUYERS
    assert set(segment(others)) == {f"u{number}" for number in range(60)} - BUYERS


def test_each_line_has_filter_values_of_its_own(world):
    lines = run(
        world,
        "INCLUDE UserID WHERE Users.MEMBERSHIP IN ($LEVEL)",
        {"itemAttributes": 'ITEMS.genres = "Western"', "filterValues": {"LEVEL": '"gold"'}},
        {"itemAttributes": 'ITEMS.genres = "Western"', "filterValues": {"LEVEL": '"gold","silver"'}},
        {"itemAttributes": 'ITEMS.genres = "Western"'},
        {"itemAttributes": 'ITEMS.genres = "Western"', "filterValues": {"LEVEL": "gold"}},
        {"itemAttributes": 'ITEMS.genres = "Western"', "filterValues": ["gold"]},
        recipe="aws-item-attribute-affinity",
        numResults=60,
    )
    assert set(segment(lines[0])) == GOLD - WITHOUT_A_ROW
    assert len(segment(lines[1])) == 57
    assert [line["output"] for line in lines[2:]] == [None] * 3
    assert lines[2]["error"] == "filterValues: the filter's INCLUDE needs a value for LEVEL"
    assert lines[3]["error"] == 'filterValues: LEVEL: expected texts in quotes such as "drama","comedy", got gold'
    assert lines[4]["error"] == "Invalid input: filterValues: expected an object of texts by parameter name"


def test_an_exclude_without_its_value_is_switched_off(world):
    [line] = run(world, "EXCLUDE UserID WHERE Users.AGE < $AGE", {"itemId": "i3"}, numResults=60)
    assert len(segment(line)) == 60


def test_a_live_event_counts_from_the_next_job_on(world):
    aws = world.aws
    tracker = aws.personalize.create_event_tracker(name="t", datasetGroupArn=world.group)["trackingId"]
    event = {"eventType": "applaud", "itemId": "i1", "sentAt": 1_700_000_000}
    aws.events.put_events(trackingId=tracker, sessionId="anonymous", eventList=[event])
    aws.events.put_events(trackingId=tracker, sessionId="anonymous", userId="u7", eventList=[event])
    expression = 'INCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("Applaud")'
    [line] = run(world, expression, {"itemId": "i3"}, numResults=60)
    assert segment(line) == ["u7"]


@pytest.mark.parametrize(
    ("expression", "recipe", "message"),
    [
        (
            'INCLUDE ItemID WHERE Items.GENRES IN ("Western")',
            "aws-item-affinity",
            "The given filter is about ITEMID, user segments are about USERID",
        ),
        (
            'EXCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("buy")',
            "aws-item-attribute-affinity",
            "The given filter is about interactions, which aws-item-attribute-affinity cannot be filtered by",
        ),
        (
            "EXCLUDE UserID WHERE Users.AGE < 18 IF CurrentUser.AGE > 20",
            "aws-item-affinity",
            "The given filter is about CurrentUser, and user segments have none",
        ),
    ],
)
def test_a_filter_that_does_not_go_with_segments_is_refused(world, expression, recipe, message):
    wanted = request(world, made(world, expression), recipe=recipe)
    code, text = refusal(world.aws.personalize.create_batch_segment_job, **wanted)
    assert (code, text) == ("InvalidInputException", message)


def test_a_filter_that_is_not_there_is_not_found(world):
    arn = made(world, "EXCLUDE UserID WHERE Users.AGE < 18")
    world.aws.personalize.delete_filter(filterArn=arn)
    world.aws.gone("filter", arn)
    code, text = refusal(world.aws.personalize.create_batch_segment_job, **request(world, arn))
    assert (code, text) == ("ResourceNotFoundException", f"The given filter does not exist: {arn}")


def test_a_filter_of_users_does_not_go_with_batch_inference(world):
    wanted = request(world, made(world, "EXCLUDE UserID WHERE Users.AGE < 18"))
    wanted["solutionVersionArn"] = world.aws.trained(world.group, "aws-popularity-count")
    code, text = refusal(world.aws.personalize.create_batch_inference_job, **wanted)
    assert (code, text) == (
        "InvalidInputException",
        "The given filter is about USERID, the recommendations are about ITEMID",
    )
