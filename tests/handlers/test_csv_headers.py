"""Tests of ``csv_headers``: the first line of a CSV in S3, looked at before an import is paid."""

from __future__ import annotations

import json

import pytest

from fakes.virtual_personalize import ARNS
from personalize_sfn.config_datasets import INTERACTIONS_SCHEMA, INTERACTIONS_SCHEMA_OF_THE_POST
from personalize_sfn.errors import InvalidInputError
from personalize_sfn.ownership import PROJECT_TAG

GROUP = ARNS.personalize("dataset-group/movies")


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


def import_event(arn, mode="INCREMENTAL", location="s3://bucket/movies/interactions.csv"):
    request = {"datasetArn": arn, "dataSource": {"dataLocation": location}, "importMode": mode}
    return event(request, namePrefix="movies-interactions")


@pytest.mark.parametrize("header", ["USER_ID,ITEM_ID,TIMESTAMP", '\ufeff"USER_ID","ITEM_ID","TIMESTAMP"\r\n1,2,3'])
def test_a_file_without_event_types_fails_before_anything_is_imported(call, dataset, personalize, s3, header):
    arn = dataset("INTERACTIONS", INTERACTIONS_SCHEMA)["datasetArn"]
    s3.headers["bucket/movies/interactions.csv"] = header
    with pytest.raises(InvalidInputError) as raised:
        call("create_dataset_import_job", import_event(arn, "FULL"))
    assert str(raised.value).startswith(
        "s3://bucket/movies/interactions.csv has no column EVENT_TYPE, which the schema of the dataset has; "
        "its columns are USER_ID, ITEM_ID, TIMESTAMP. "
    )
    assert personalize.names("CreateDatasetImportJob") == []


def test_a_file_without_event_types_is_imported_where_the_schema_has_none(call, dataset, s3):
    arn = dataset("INTERACTIONS", INTERACTIONS_SCHEMA_OF_THE_POST)["datasetArn"]
    s3.headers["bucket/movies/interactions.csv"] = "USER_ID,ITEM_ID,TIMESTAMP"
    assert call("create_dataset_import_job", import_event(arn, "FULL"))["datasetImportJobArn"]
