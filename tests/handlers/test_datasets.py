"""Datasets that are there and get another schema, or keep theirs; the first import; files without EVENT_TYPE."""

from __future__ import annotations

import json

import pytest

from fakes.virtual_personalize import ARNS
from personalize_sfn.config_datasets import INTERACTIONS_SCHEMA, INTERACTIONS_SCHEMA_OF_THE_POST
from personalize_sfn.datasets.schemas import field, interactions, items
from personalize_sfn.errors import DefinitionConflictError
from personalize_sfn.ownership import PROJECT_TAG

GROUP = ARNS.personalize("dataset-group/movies")
GENRES, YEAR = field("GENRES", categorical=True, nullable=True), field("YEAR", "int", nullable=True)


def event(request, **more):
    return {"request": request, "tags": {PROJECT_TAG: "movies"}, "adopt": False, "startedAt": None, **more}


@pytest.fixture
def dataset(call, personalize):
    """``dataset("ITEMS", schema)``: what the function answers for a dataset with that schema."""

    def made(kind, schema):
        name = f"movies-{kind.lower()}-{len(personalize.names('CreateSchema'))}"
        arn = personalize.create_schema(name=name, schema=json.dumps(schema))["schemaArn"]
        request = {"name": f"movies-{kind.lower()}", "datasetType": kind, "datasetGroupArn": GROUP, "schemaArn": arn}
        return call("create_dataset", event(request))

    return made


def status(call, arn, **more):
    start = "2026-01-01T00:00:00.000Z"
    waits = {"waitedSeconds": 0, "since": start, "startedAt": start, "typicalSeconds": 10, "timeoutSeconds": 10**9}
    return call("describe_dataset", {"datasetArn": arn, **waits, **more})


@pytest.mark.parametrize("kind", ["ITEMS", "USERS"])
def test_new_columns_that_may_be_null_come_by_an_update_and_the_stage_waits_for_it(call, dataset, personalize, kind):
    before = {**items(GENRES), "name": kind.title()}
    arn = dataset(kind, before)["datasetArn"]
    personalize.seconds["datasetUpdate"] = 60
    after = {**before, "fields": [*before["fields"], YEAR]}
    told = dataset(kind, after)
    assert (told["updating"], told["since"]) == (True, "2026-01-01T00:00:00+00:00")
    assert told["made"] == {"resource": "dataset", "arn": arn, "how": "updated"}
    assert status(call, arn, updating=True)["waitSeconds"] > 0
    personalize.clock.advance(61)
    assert status(call, arn, updating=True)["status"] == "ACTIVE"
    told = dataset(kind, after)
    assert (told["datasetArn"], told["updating"], told["since"]) == (arn, False, "2026-01-01T00:01:01+00:00")
    assert len(personalize.names("UpdateDataset")) == 1
    assert personalize.names("DeleteDataset") == []


@pytest.mark.parametrize("pending", ["UPDATE PENDING", "UPDATE IN_PROGRESS"])
def test_a_dataset_that_is_being_updated_is_waited_for_and_never_deleted(call, dataset, personalize, pending):
    arn = dataset("ITEMS", items(GENRES))["datasetArn"]
    view = personalize._view
    personalize._view = lambda each: {**view(each), **({"status": pending} if each == arn else {})}
    answer = status(call, arn, updating=False)
    assert answer["status"] == pending
    assert answer["waitSeconds"] > 0
    dataset("ITEMS", items(GENRES))
    assert personalize.names("DeleteDataset") == []


@pytest.mark.parametrize(
    ("after", "problem"),
    [
        (items(YEAR), "column GENRES is gone, and what a schema has it keeps: put it back"),
        (items(field("GENRES", nullable=True)), "column GENRES is changed, and columns stay as they were"),
        (
            items(GENRES, field("PRICE", "float")),
            "column PRICE is new and may not be null, but the rows that are there have no value for it: "
            "make its type ['null', 'float']",
        ),
    ],
)
def test_what_an_update_cannot_do_is_told_by_column_with_what_to_do(dataset, personalize, after, problem):
    dataset("ITEMS", items(GENRES))
    with pytest.raises(DefinitionConflictError) as raised:
        dataset("ITEMS", after)
    assert problem in str(raised.value)
    assert "Correct datasets.items.schema, or clean up first" in str(raised.value)
    assert personalize.names("UpdateDataset") == []


def test_interactions_need_a_new_dataset_group_for_another_schema(dataset, personalize):
    dataset("INTERACTIONS", INTERACTIONS_SCHEMA)
    with pytest.raises(DefinitionConflictError, match="a new dataset group is needed: choose another project name"):
        dataset("INTERACTIONS", interactions("EVENT_TYPE", field("CHANNEL", nullable=True)))
    assert personalize.names("UpdateDataset") == []


def test_interactions_from_before_the_default_schema_had_event_types_are_kept(dataset):
    kept = dataset("INTERACTIONS", INTERACTIONS_SCHEMA_OF_THE_POST)
    assert dataset("INTERACTIONS", INTERACTIONS_SCHEMA) == kept


def test_event_types_are_not_taken_away(dataset):
    dataset("INTERACTIONS", INTERACTIONS_SCHEMA)
    with pytest.raises(DefinitionConflictError, match="a new dataset group is needed"):
        dataset("INTERACTIONS", INTERACTIONS_SCHEMA_OF_THE_POST)
