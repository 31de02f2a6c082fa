"""Rows that come one by one, schemas that are replaced, and actions, over the wire."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from fakes.personalize_aws import Aws, avro, csv_bytes
from fakes.put_items import ITEM_FIELDS, exported, item

ACTION_FIELDS: list[dict[str, Any]] = [
    {"name": "ACTION_ID", "type": "string"},
    {"name": "VALUE", "type": ["null", "long"]},
]
TAKEN_FIELDS: list[dict[str, Any]] = [
    {"name": "USER_ID", "type": "string"},
    {"name": "ACTION_ID", "type": "string"},
    {"name": "EVENT_TYPE", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
]


@pytest.fixture
def items(aws: Aws) -> str:
    """An Items dataset."""
    return aws.dataset(aws.group(), aws.schema(schema=avro(name="Items", fields=ITEM_FIELDS)), "Items")


def test_a_row_that_is_put_replaces_the_one_with_its_id(aws: Aws, items: str) -> None:
    aws.events.put_items(datasetArn=items, items=[item("i1", genre="war", numRatings=3), item("i2", genre="love")])
    aws.events.put_items(datasetArn=items, items=[item("i1", genre="drama", price=2)])
    assert sorted(exported(aws, items)) == ["i1,drama,,2.0", "i2,love,,"]


def test_an_import_replaces_what_imports_brought_and_keeps_what_was_put(aws: Aws, items: str) -> None:
    header = "ITEM_ID,GENRE,NUM_RATINGS,PRICE"
    assert aws.imported(items, csv_bytes([("i1", "old", "", "")], header))["status"] == "ACTIVE"
    aws.events.put_items(datasetArn=items, items=[item("i2", genre="put")])
    assert aws.imported(items, csv_bytes([("i3", "new", "", "")], header), name="second")["status"] == "ACTIVE"
    assert sorted(exported(aws, items)) == ["i2,put,,", "i3,new,,"]
    more = csv_bytes([("i2", "came", "", "")], header)
    assert aws.imported(items, more, name="third", importMode="INCREMENTAL")["status"] == "ACTIVE"
    assert sorted(exported(aws, items, "f")) == ["i2,came,,", "i3,new,,"]


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({}, "the dataset's required columns are missing: GENRE"),
        ({"genre": None}, "the dataset's required columns are missing: GENRE"),
        ({"genre": 3}, "GENRE must be of type string, got 3"),
        ({"genre": "a", "numRatings": "three"}, "NUM_RATINGS must be of type int, got 'three'"),
        ({"genre": "a", "numRatings": 3.5}, "NUM_RATINGS must be of type int, got 3.5"),
        ({"genre": "a", "numRatings": 2**31}, "NUM_RATINGS must be of type int, got 2147483648"),
        ({"genre": "a", "price": float("nan")}, "PRICE must be of type float, got nan"),
        ({"genre": ["a", "b"]}, "GENRE must be of type string, got ['a', 'b']"),
        ({"genre": "a", "numRatings": True}, "NUM_RATINGS must be of type int, got True"),
        ({"genre": "a", "colour": "red"}, "the dataset's schema has no column for colour"),
        ({"genre": "a", "itemId": "i9"}, "the dataset's schema has no column for itemId"),
        ({"genre": "a" * 1001}, "GENRE must be at most 1000 characters, got 1001"),
    ],
)
def test_a_row_that_does_not_fit_the_schema_is_refused(
    aws: Aws, refused: Any, items: str, properties: dict[str, Any], message: str
) -> None:
    code, text = refused(aws.events.put_items, datasetArn=items, items=[item("i1", **properties)])
    assert code == "InvalidInputException"
    assert text == f"properties: {message}"


def test_numbers_may_stand_in_strings_as_in_the_guide(aws: Aws, items: str) -> None:
    aws.events.put_items(datasetArn=items, items=[item("i1", genre="war", numRatings="45", price="1.5")])
    assert exported(aws, items) == ["i1,war,45,1.5"]


def test_of_a_request_with_a_row_that_does_not_fit_nothing_is_kept(aws: Aws, refused: Any, items: str) -> None:
    refused(aws.events.put_items, datasetArn=items, items=[item("i1", genre="war"), item("i2")])
    assert exported(aws, items) == []


def test_at_most_ten_rows_come_at_once(aws: Aws, refused: Any, items: str) -> None:
    rows = [item(f"i{number}", genre="war") for number in range(11)]
    code, text = refused(aws.events.put_items, datasetArn=items, items=rows)
    assert code == "InvalidInputException"
    assert text.endswith("Member must have length less than or equal to 10")


def test_the_value_of_an_action_is_from_one_to_ten(aws: Aws, refused: Any) -> None:
    actions = aws.dataset(aws.group(), aws.schema(schema=avro(name="Actions", fields=ACTION_FIELDS)), "Actions")
    row = {"actionId": "a", "properties": '{"value": 11}'}
    code, text = refused(aws.events.put_actions, datasetArn=actions, actions=[row])
    assert (code, text) == ("InvalidInputException", "properties: VALUE: expected 1 to 10, got 11")
    job = aws.imported(actions, b"ACTION_ID,VALUE\na,11\n")
    assert job["failureReason"].endswith("row 2, VALUE: expected 1 to 10, got 11)")


def test_an_interaction_with_an_action_counts_once_for_its_event_id(aws: Aws) -> None:
    taken = aws.dataset(
        aws.group(), aws.schema(schema=avro(name="ActionInteractions", fields=TAKEN_FIELDS)), "Action_Interactions"
    )
    tracking_id = aws.describe("dataset", taken)["trackingId"]
    one = {"actionId": "a1", "userId": "u1", "sessionId": "s", "eventType": "Taken", "timestamp": 1_700_000_000}
    for user in ("u1", "u2"):
        aws.events.put_action_interactions(
            trackingId=tracking_id, actionInteractions=[one | {"userId": user, "eventId": "e"}]
        )
    assert exported(aws, taken, mode="PUT") == ["u1,a1,Taken,1700000000"]


def test_rows_go_to_a_dataset_of_their_type_that_is_there_and_active(aws: Aws, refused: Any, items: str) -> None:
    code, text = refused(aws.events.put_users, datasetArn=items, users=[{"userId": "u"}])
    assert (code, text) == ("InvalidInputException", f"Expected the ARN of a dataset of type USERS, got {items}")
    with pytest.raises(aws.events.exceptions.ResourceNotFoundException) as missing:
        aws.events.put_items(datasetArn=items.replace("ITEMS", "USERS"), items=[item("i1", genre="a")])
    assert missing.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    aws.service.durations.set("dataset", 3600)
    schema = aws.schema(
        "users", schema=avro(name="Users", fields=[{"name": "USER_ID", "type": "string"}, ACTION_FIELDS[1]])
    )
    pending = aws.dataset(aws.group("slow"), schema, "Users")
    with pytest.raises(aws.events.exceptions.ResourceInUseException) as busy:
        aws.events.put_users(datasetArn=pending, users=[{"userId": "u"}])
    assert busy.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409


def test_the_next_best_action_is_learned_from_what_users_took(aws: Aws, refused: Any) -> None:
    group = aws.data()
    actions = aws.dataset(group, aws.schema("actions", schema=avro(name="Actions", fields=ACTION_FIELDS)), "Actions")
    aws.events.put_actions(
        datasetArn=actions, actions=[{"actionId": f"a{n}", "properties": json.dumps({"value": n})} for n in range(1, 6)]
    )
    taken = aws.dataset(
        group, aws.schema("taken", schema=avro(name="ActionInteractions", fields=TAKEN_FIELDS)), "Action_Interactions"
    )
    draw = random.Random(1)
    rows = [
        (f"u{user}", f"a{draw.randrange(1, 3) if user % 2 else draw.randrange(3, 6)}", "Taken", 1_600_000_000 + n)
        for n, user in enumerate(list(range(60)) * 4)
    ]
    job = aws.imported(taken, csv_bytes(rows, "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP"), name="taken")
    assert job["status"] == "ACTIVE", job
    tracking_id = aws.describe("dataset", taken)["trackingId"]
    one = {"actionId": "a1", "userId": "u1", "sessionId": "s", "eventType": "Taken", "timestamp": 1_700_000_000}
    aws.events.put_action_interactions(trackingId=tracking_id, actionInteractions=[one])
    code, text = refused(
        aws.events.put_action_interactions, trackingId=tracking_id, actionInteractions=[one | {"eventType": "click"}]
    )
    assert (code, text) == ("InvalidInputException", "eventType: expected Taken, Not taken or Viewed, got click")

    campaign = aws.campaign(aws.trained(group, "aws-next-best-action"))
    answer = aws.runtime.get_action_recommendations(campaignArn=campaign, userId="u1", numResults=3)["actionList"]
    assert len(answer) == 3
    assert all(0 <= action["score"] <= 1 for action in answer)
    cheap = aws.personalize.create_filter(
        name="cheap", datasetGroupArn=group, filterExpression="INCLUDE ActionID WHERE Actions.VALUE < 2"
    )["filterArn"]
    answer = aws.runtime.get_action_recommendations(campaignArn=campaign, userId="u1", filterArn=cheap)["actionList"]
    assert [action["actionId"] for action in answer] == ["a1"]
    code, text = refused(aws.runtime.get_recommendations, campaignArn=campaign, userId="u1")
    assert code == "InvalidInputException"
    assert "answers GetActionRecommendations only" in text


def test_domain_groups_have_no_actions(aws: Aws, refused: Any) -> None:
    group = aws.group("shop", domain="ECOMMERCE")
    schema = aws.schema("actions", schema=avro(name="Actions", fields=ACTION_FIELDS), domain="ECOMMERCE")
    code, text = refused(
        aws.personalize.create_dataset, name="a", datasetGroupArn=group, schemaArn=schema, datasetType="Actions"
    )
    assert (code, text) == ("InvalidInputException", "A dataset group of the domain ECOMMERCE has no ACTIONS dataset")
