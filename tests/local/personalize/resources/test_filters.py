"""Filters, promotions and metadata in answers, over the wire."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.filtered_catalogue import ITEMS, catalogue, items, make
from fakes.personalize_aws import Aws


@pytest.fixture
def group(aws: Aws) -> str:
    return catalogue(aws)


@pytest.fixture
def campaign(aws: Aws, group: str) -> str:
    return aws.campaign(aws.trained(group), campaignConfig={"enableMetadataWithRecommendations": True})


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


def test_a_ranking_drops_what_the_filter_takes_out(aws: Aws, group: str) -> None:
    ranking = aws.campaign(aws.trained(group, "aws-personalized-ranking-v2"), "ranking")
    arn = make(aws, group, "EXCLUDE ItemID WHERE Items.PRICE >= 20")
    asked = {"campaignArn": ranking, "userId": "u0", "inputList": ["i1", "i79", "i5", "unknown"]}
    answer = aws.runtime.get_personalized_ranking(**asked, filterArn=arn)["personalizedRanking"]
    assert {item["itemId"] for item in answer[:2]} == {"i1", "i5"}
    assert answer[2:] == [{"itemId": "unknown"}]


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
