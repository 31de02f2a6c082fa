"""Filters, promotions and metadata in answers, over the wire."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fakes.personalize_aws import BUCKET, ROLE, Aws, avro, csv_bytes, two_tastes
from personalize_sfn.local.personalize.filters import dataset_group, parse

ITEMS = [f"i{number}" for number in range(80)]
EVENTS = {"name": "EVENT_TYPE", "type": "string"}
ITEM_FIELDS = [
    {"name": "ITEM_ID", "type": "string"},
    {"name": "GENRE", "type": ["null", "string"], "categorical": True},
    {"name": "PRICE", "type": "float"},
    {"name": "ADULT", "type": "boolean"},
]


def genre(number: int) -> str:
    return "" if number == 0 else "even|all" if number % 2 == 0 else "odd|all"


def catalogue(aws: Aws) -> str:
    """A dataset group of interactions with event types and of items with a genre and a price."""
    group = aws.group()
    rows = [(*row, "view" if place % 5 else "buy") for place, row in enumerate(two_tastes())]
    dataset = aws.dataset(group, aws.schema(schema=avro(EVENTS)))
    job = aws.imported(dataset, csv_bytes(rows, "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"))
    assert job["status"] == "ACTIVE", job
    items = aws.dataset(group, aws.schema("items", schema=avro(name="Items", fields=ITEM_FIELDS)), "Items")
    content = csv_bytes(
        [(item, genre(number), number / 2, "false") for number, item in enumerate(ITEMS)], "ITEM_ID,GENRE,PRICE,ADULT"
    )
    job = aws.imported(items, content, name="items")
    assert job["status"] == "ACTIVE", job
    return group


@pytest.fixture
def group(aws: Aws) -> str:
    return catalogue(aws)


@pytest.fixture
def campaign(aws: Aws, group: str) -> str:
    return aws.campaign(aws.trained(group), campaignConfig={"enableMetadataWithRecommendations": True})


def make(aws: Aws, group: str, expression: str, name: str = "f") -> str:
    return aws.personalize.create_filter(name=name, datasetGroupArn=group, filterExpression=expression)["filterArn"]


def items(answer: dict[str, Any]) -> list[str]:
    return [item["itemId"] for item in answer["itemList"]]


def test_a_filter_is_described_listed_and_deleted(aws: Aws, refused: Any, group: str) -> None:
    arn = make(aws, group, "INCLUDE ItemID WHERE Items.PRICE < 10")
    described = aws.settled("filter", arn)
    assert (described["status"], described["filterExpression"]) == ("ACTIVE", "INCLUDE ItemID WHERE Items.PRICE < 10")
    assert [each["filterArn"] for each in aws.personalize.list_filters(datasetGroupArn=group)["Filters"]] == [arn]
    aws.personalize.delete_filter(filterArn=arn)
    aws.gone("filter", arn)
    code, message = refused(aws.personalize.describe_filter, filterArn=arn)
    assert (code, message) == ("ResourceNotFoundException", f"The given filter does not exist: {arn}")


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("INCLUDE ItemID WHERE Items.COLOUR IN ('red')", "the ITEMS dataset has no column COLOUR"),
        ("INCLUDE ItemID WHERE Items.ADULT = 1", "ITEMS.ADULT is boolean and cannot be filtered by"),
        ("INCLUDE ItemID WHERE Items.GENRE > 1", "GENRE is a string; > compares numbers, use IN"),
        ("INCLUDE ItemID WHERE Items.PRICE IN ('1')", "PRICE is a float; IN compares texts"),
        (
            "INCLUDE ItemID WHERE Items.PRICE = '1'",
            "it is compared with a number, not with the text '1'",
        ),
        ("INCLUDE ItemID WHERE Items.GENRE = 1", 'GENRE is a string; it is compared with a text in quotes such as "5"'),
        ("INCLUDE ItemID WHERE Items.GENRE = CurrentItem.PRICE", "GENRE is a string; CurrentItem.PRICE is a float"),
        ("INCLUDE ItemID WHERE Interactions.EVENT_TYPE > 'a'", "EVENT_TYPE is a string; > compares numbers, use IN"),
        ("INCLUDE ItemID WHERE Items.PRICE > 1 IF CurrentUser.AGE > 1", "the dataset group has no USERS dataset"),
    ],
)
def test_a_filter_is_checked_against_the_schemas(
    aws: Aws, refused: Any, group: str, expression: str, message: str
) -> None:
    code, text = refused(aws.personalize.create_filter, name="f", datasetGroupArn=group, filterExpression=expression)
    assert code == "InvalidInputException"
    assert text.startswith("Could not create filter. Invalid Expression")
    assert message in text


def test_only_what_the_filter_lets_through_is_recommended(aws: Aws, group: str, campaign: str) -> None:
    arn = make(aws, group, "INCLUDE ItemID WHERE Items.GENRE IN ($GENRE) AND Items.PRICE < 15")
    values = {"GENRE": '"even"'}
    answer = aws.runtime.get_recommendations(campaignArn=campaign, userId="u0", filterArn=arn, filterValues=values)
    assert sorted(items(answer)) == sorted(ITEMS[2:30:2])


def test_a_filter_that_lets_nothing_through_answers_an_empty_list(aws: Aws, group: str, campaign: str) -> None:
    arn = make(aws, group, "INCLUDE ItemID WHERE Items.PRICE < 0")
    answer = aws.runtime.get_recommendations(campaignArn=campaign, userId="u0", filterArn=arn)
    assert answer["itemList"] == []


def test_what_a_user_bought_is_left_out_and_a_live_event_counts_at_once(aws: Aws, group: str, campaign: str) -> None:
    arn = make(aws, group, 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy")')
    tracker = aws.personalize.create_event_tracker(name="t", datasetGroupArn=group)["trackingId"]
    bought = {row[1] for place, row in enumerate(two_tastes()) if row[0] == "u0" and place % 5 == 0}

    def ask() -> list[str]:
        return items(aws.runtime.get_recommendations(campaignArn=campaign, userId="u0", filterArn=arn, numResults=100))

    before = ask()
    assert bought
    assert bought.isdisjoint(before)
    event = {"eventType": "Buy", "itemId": before[0], "sentAt": 1_700_000_000}
    aws.events.put_events(trackingId=tracker, userId="u0", sessionId="s", eventList=[event])
    assert before[0] not in ask()


def test_a_ranking_drops_what_the_filter_takes_out(aws: Aws, group: str) -> None:
    ranking = aws.campaign(aws.trained(group, "aws-personalized-ranking-v2"), "ranking")
    arn = make(aws, group, "EXCLUDE ItemID WHERE Items.PRICE >= 20")
    asked = {"campaignArn": ranking, "userId": "u0", "inputList": ["i1", "i79", "i5", "unknown"]}
    answer = aws.runtime.get_personalized_ranking(**asked, filterArn=arn)["personalizedRanking"]
    assert {item["itemId"] for item in answer[:2]} == {"i1", "i5"}
    assert answer[2:] == [{"itemId": "unknown"}]


def test_promoted_items_have_their_share_their_name_and_their_reason(aws: Aws, group: str, campaign: str) -> None:
    cheap, dear = (
        make(aws, group, f"INCLUDE ItemID WHERE Items.PRICE {sign} 20", name)
        for sign, name in (("<", "cheap"), (">=", "dear"))
    )
    promotion = {"name": "sale", "percentPromotedItems": 30, "filterArn": dear}
    answer = aws.runtime.get_recommendations(
        campaignArn=campaign, userId="u0", numResults=10, filterArn=cheap, promotions=[promotion]
    )["itemList"]
    promoted = [item for item in answer if item.get("promotionName") == "sale"]
    assert (len(answer), len(promoted)) == (10, 3)
    assert all(item["reason"] == ["Promoted item"] for item in promoted)
    assert all(int(item["itemId"][1:]) >= 40 for item in promoted)
    assert all(int(item["itemId"][1:]) < 40 for item in answer if item not in promoted)


def test_metadata_comes_as_texts_under_small_names_without_nulls(aws: Aws, group: str, campaign: str) -> None:
    asked = {"campaignArn": campaign, "userId": "u0", "metadataColumns": {"ITEMS": ["GENRE", "price"]}}
    arn = make(aws, group, "INCLUDE ItemID WHERE Items.PRICE <= 1")
    answer = aws.runtime.get_recommendations(**asked, filterArn=arn)["itemList"]
    assert {item["itemId"]: item["metadata"] for item in answer} == {
        "i0": {"price": "0.0"},
        "i1": {"genre": "odd|all", "price": "0.5"},
        "i2": {"genre": "even|all", "price": "1.0"},
    }


def test_truth_values_are_texts_in_small_letters(aws: Aws, group: str, campaign: str) -> None:
    adult = {"itemId": "i1", "properties": '{"price": 1, "adult": true}'}
    aws.events.put_items(datasetArn=f"{group.replace(':dataset-group/', ':dataset/')}/ITEMS", items=[adult])
    asked = {"campaignArn": campaign, "userId": "u0", "metadataColumns": {"ITEMS": ["Adult"]}}
    arn = make(aws, group, "INCLUDE ItemID WHERE Items.PRICE <= 1")
    answer = aws.runtime.get_recommendations(**asked, filterArn=arn)["itemList"]
    assert {item["itemId"]: item["metadata"]["adult"] for item in answer} == {
        "i0": "false",
        "i1": "true",
        "i2": "false",
    }


def test_a_metadata_column_that_is_not_there_is_refused(aws: Aws, refused: Any, campaign: str) -> None:
    ask = aws.runtime.get_recommendations
    code, message = refused(ask, campaignArn=campaign, userId="u0", metadataColumns={"ITEMS": ["GENRE", "Colour"]})
    assert (code, message) == ("InvalidInputException", "metadataColumns: the Items dataset has no column Colour")


def test_what_a_filter_needs_and_does_not_get_is_said(aws: Aws, refused: Any, group: str, campaign: str) -> None:
    ask = aws.runtime.get_recommendations
    parameter = make(aws, group, "INCLUDE ItemID WHERE Items.PRICE < $PRICE")
    of_item = make(aws, group, "INCLUDE ItemID WHERE Items.GENRE IN CurrentItem.GENRE", "item")
    missing = parameter + "-none"
    for more, code, message in (
        ({"filterArn": parameter}, "InvalidInputException", "needs a value for PRICE"),
        ({"filterArn": of_item}, "InvalidInputException", "goes with recipes of type RELATED_ITEMS only"),
        (
            {"promotions": [{"percentPromotedItems": 10, "filterArn": of_item}], "itemId": "i1"},
            "InvalidInputException",
            "The given filter is about CurrentItem, which goes with recipes of type RELATED_ITEMS only",
        ),
        ({"filterArn": missing}, "ResourceNotFoundException", f"The given filter does not exist: {missing}"),
        ({"filterValues": {"A": "1"}}, "InvalidInputException", "filterValues needs a filterArn"),
        ({"promotions": [{"name": "p"}]}, "InvalidInputException", "needs a filterArn and percentPromotedItems"),
        ({"metadataColumns": {"USERS": ["AGE"]}}, "InvalidInputException", "expected the key ITEMS, got USERS"),
    ):
        found, text = refused(ask, campaignArn=campaign, userId="u0", **more)
        assert found == code
        assert message in text


def test_a_filter_on_the_current_item_needs_it(aws: Aws, refused: Any, group: str) -> None:
    campaign = aws.campaign(aws.trained(group, "aws-sims"), "sims")
    arn = make(aws, group, "INCLUDE ItemID WHERE Items.GENRE IN CurrentItem.GENRE")
    answer = aws.runtime.get_recommendations(campaignArn=campaign, itemId="i3", filterArn=arn, numResults=100)
    assert set(items(answer)) == {item for item in ITEMS if item not in ("i0", "i3")}
    version = aws.trained(group, "aws-popularity-count")
    job = {
        "jobName": "j",
        "solutionVersionArn": version,
        "filterArn": arn,
        "jobInput": {"s3DataSource": {"path": f"s3://{BUCKET}/in.json"}},
        "jobOutput": {"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
        "roleArn": ROLE,
    }
    code, message = refused(aws.personalize.create_batch_inference_job, **job)
    assert (code, message) == (
        "InvalidInputException",
        "The given filter is about CurrentItem, which goes with recipes of type RELATED_ITEMS only; "
        "this one is of type USER_PERSONALIZATION",
    )


@pytest.mark.parametrize(("about", "most"), [(dataset_group.ITEMS, 100), (dataset_group.ACTIONS, 300)])
def test_only_the_newest_events_of_a_type_count(about: dataset_group.About, most: int) -> None:
    names = [f"n{number:03}" for number in range(400)]
    table = {
        "USER_ID": np.array(["u"] * 400, dtype=object),
        about.id_column: np.array(names, dtype=object),
        "EVENT_TYPE": np.array(["Viewed"] * 400, dtype=object),
        "TIMESTAMP": np.arange(400),
    }
    found = parse(f'INCLUDE {about.subject} WHERE {about.events}.EVENT_TYPE IN ("viewed")')
    data = dataset_group.Data({about.events: (table,)})
    model: Any = SimpleNamespace(item_ids=np.array(names))
    mask = dataset_group.item_mask(found, {}, data, model, user_id="u", about=about)
    assert np.flatnonzero(mask).tolist() == list(range(400 - most, 400))


def test_a_filter_of_another_dataset_group_is_refused(aws: Aws, refused: Any, campaign: str) -> None:
    other = aws.group("other")
    items_dataset = aws.personalize.create_dataset(
        name="other-items",
        datasetGroupArn=other,
        schemaArn=aws.personalize.list_schemas()["schemas"][1]["schemaArn"],
        datasetType="Items",
    )
    assert items_dataset["datasetArn"]
    arn = make(aws, other, "INCLUDE ItemID WHERE Items.PRICE < 1")
    code, text = refused(aws.runtime.get_recommendations, campaignArn=campaign, userId="u0", filterArn=arn)
    assert (code, text) == ("InvalidInputException", f"The given filter belongs to another dataset group: {arn}")
