"""Tests of ``local.personalize.training.columns``."""

from __future__ import annotations

import pytest

from fakes.personalize_aws import avro, csv_bytes

ITEM_FIELDS = [
    {"name": "ITEM_ID", "type": "string"},
    {"name": "GENRE", "type": ["null", "string"], "categorical": True},
    {"name": "PRICE", "type": "float"},
    {"name": "TITLE", "type": "string"},
]


def with_items(aws, rows=(), group=None):
    """A dataset group with interactions of two tastes, and an Items dataset with these rows, if any."""
    group = group or aws.data()
    schema = aws.schema("items", schema=avro(name="Items", fields=ITEM_FIELDS))
    dataset = aws.dataset(group, schema, kind="Items")
    if rows:
        job = aws.imported(dataset, csv_bytes(rows, "ITEM_ID,GENRE,PRICE,TITLE"), name="items")
        assert job["status"] == "ACTIVE", job
    return group


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            {"excludedDatasetColumns": {"USERS": ["AGE"]}},
            "trainingDataConfig: the dataset group has no dataset of type USERS",
        ),
        (
            {"includedDatasetColumns": {"ITEMS": ["COLOUR"]}},
            "trainingDataConfig: ITEMS has no column COLOUR; it has ITEM_ID, GENRE, PRICE, TITLE",
        ),
        (
            {"excludedDatasetColumns": {"ITEMS": ["ITEM_ID"]}},
            "trainingDataConfig: ITEM_ID of ITEMS cannot be excluded from training",
        ),
        (
            {"excludedDatasetColumns": {"ITEMS": ["PRICE"]}, "includedDatasetColumns": {"Items": ["GENRE"]}},
            "trainingDataConfig: ITEMS has both excluded and included columns: give one of them",
        ),
    ],
)
def test_columns_that_cannot_be_left_out_are_refused(aws, refused, columns, message):
    group = aws.group()
    aws.dataset(group)
    with_items(aws, group=group)
    assert refused(aws.solution, group=group, solutionConfig={"trainingDataConfig": columns}) == (
        "InvalidInputException",
        message,
    )


def test_columns_can_be_left_out(aws):
    config = {"trainingDataConfig": {"excludedDatasetColumns": {"ITEMS": ["PRICE"]}}}
    solution = aws.solution(with_items(aws), solutionConfig=config)
    assert aws.describe("solution", solution)["solutionConfig"] == config


def test_the_columns_left_out_are_not_trained_on(aws):
    rows = [(f"i{number}", "cheap" if number % 2 else "dear", 1.5, "a title") for number in range(80)]
    group = with_items(aws, rows)
    config = {"trainingDataConfig": {"excludedDatasetColumns": {"ITEMS": ["GENRE"]}}}
    for name, options, learned in (("all", {}, {"GENRE", "PRICE"}), ("one", {"solutionConfig": config}, {"PRICE"})):
        version = aws.trained(group, "aws-item-attribute-affinity", name=name, **options)
        (store,) = aws.service._stores.values()
        assert set(store.find(version).content.model.values) == learned
