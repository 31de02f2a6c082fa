"""Tests of ``inference_filter``: a batch inference job's filter: which items each line may answer."""

from __future__ import annotations

import pytest

from fakes.batch_jobs import refused, run
from fakes.personalize_aws import avro, csv_bytes


@pytest.fixture(autouse=True)
def _clean(batches):
    yield  # afterwards, because the fixtures of the module are made before this one, whichever test asks for them first
    environment = batches.aws.environment
    environment.objects.clear()
    environment.denied, environment.trusts, environment.bucket_allows = set(), True, True


ITEMS = avro(
    name="Items",
    fields=[
        {"name": "ITEM_ID", "type": "string"},
        {"name": "COLOUR", "type": ["null", "string"], "categorical": True},
    ],
)


@pytest.fixture(scope="module")
def coloured(batches):
    """Items with a colour: i0-i19 and i40-i59 are red, the others blue; filters by colour."""
    aws = batches.aws
    dataset = aws.dataset(batches.group, aws.schema("items", schema=ITEMS), "Items")
    rows = [(f"i{number}", "red" if number % 40 < 20 else "blue") for number in range(80)]
    assert aws.imported(dataset, csv_bytes(rows, "ITEM_ID,COLOUR"), name="items")["status"] == "ACTIVE"
    made = {}
    for name, expression in {
        "red": 'INCLUDE ItemID WHERE Items.COLOUR IN ("red")',
        "colour": "INCLUDE ItemID WHERE Items.COLOUR IN ($COLOUR)",
    }.items():
        created = aws.personalize.create_filter(name=name, datasetGroupArn=batches.group, filterExpression=expression)
        made[name] = created["filterArn"]
        assert aws.settled("filter", created["filterArn"])["status"] == "ACTIVE"
    return made


def colours(line):
    return {"red" if int(item[1:]) % 40 < 20 else "blue" for item in line["output"]["recommendedItems"]}


@pytest.mark.parametrize(
    ("recipe", "query"),
    [("aws-user-personalization-v2", {"userId": "u0"}), ("aws-sims", {"itemId": "i30"})],
)
def test_a_filter_holds_for_every_line(batches, coloured, recipe, query):
    job, [line] = run(batches, query, recipe=recipe, filterArn=coloured["red"])
    assert job["filterArn"] == coloured["red"]
    assert colours(line) == {"red"}
    assert len(line["output"]["recommendedItems"]) == 25


def test_a_filter_drops_items_from_a_ranking(batches, coloured):
    query = {"userId": "u0", "itemList": ["i30", "i1", "i2", "unheard-of"]}
    _, [line] = run(batches, query, recipe="aws-personalized-ranking-v2", filterArn=coloured["red"])
    assert sorted(line["output"]["recommendedItems"]) == ["i1", "i2"]


def test_each_line_brings_its_own_filter_values(batches, coloured):
    _, lines = run(
        batches,
        {"userId": "u0", "filterValues": {"COLOUR": '"blue"'}},
        {"userId": "u0", "filterValues": {"COLOUR": '"red"'}},
        {"userId": "u0"},
        {"userId": "u0", "filterValues": {"COLOUR": '"green"'}},
        {"userId": "u0", "filterValues": "red"},
        filterArn=coloured["colour"],
    )
    assert [colours(line) for line in lines[:2]] == [{"blue"}, {"red"}]
    assert lines[2]["output"] is None
    assert "COLOUR" in lines[2]["error"]
    assert lines[3]["output"] == {"recommendedItems": []}
    assert lines[4]["error"] == "Invalid input: filterValues: expected an object of texts by parameter name"


def test_a_filter_that_is_not_there_is_not_found(batches):
    arn = "arn:aws:personalize:us-east-1:123456789012:filter/none"
    assert refused(batches, filterArn=arn) == ("ResourceNotFoundException", f"The given filter does not exist: {arn}")
