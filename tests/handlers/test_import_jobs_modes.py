"""Tests of ``handlers.import_jobs``."""

from __future__ import annotations

import json

import pytest

from fakes.virtual_personalize import ARNS
from personalize_sfn.config_datasets import INTERACTIONS_SCHEMA
from personalize_sfn.errors import TransientError
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


def test_the_first_import_is_full_and_what_follows_is_added(call, dataset, personalize, s3):
    arn = dataset("INTERACTIONS", INTERACTIONS_SCHEMA)["datasetArn"]
    first = call("create_dataset_import_job", import_event(arn))
    assert call("create_dataset_import_job", import_event(arn)) == first
    s3.etags["bucket/movies/interactions.csv"] = '"second"'
    call("create_dataset_import_job", import_event(arn))
    jobs = personalize.list_dataset_import_jobs(datasetArn=arn)["datasetImportJobs"]
    assert [job["importMode"] for job in jobs] == ["FULL", "INCREMENTAL"]


def test_a_first_import_that_failed_is_full_again(call, dataset, personalize):
    arn = dataset("INTERACTIONS", INTERACTIONS_SCHEMA)["datasetArn"]
    personalize.failing["datasetImportJob"] = "no luck"
    call("create_dataset_import_job", import_event(arn))
    personalize.failing.clear()
    call("create_dataset_import_job", import_event(arn))
    jobs = personalize.list_dataset_import_jobs(datasetArn=arn)["datasetImportJobs"]
    assert [job["importMode"] for job in jobs] == ["FULL", "FULL"]


def test_nothing_is_added_while_the_first_import_runs(call, dataset, personalize, s3):
    arn = dataset("INTERACTIONS", INTERACTIONS_SCHEMA)["datasetArn"]
    personalize.seconds["datasetImportJob"] = 60
    call("create_dataset_import_job", import_event(arn))
    s3.etags["bucket/movies/interactions.csv"] = '"second"'
    with pytest.raises(TransientError, match="the first import of the dataset is running"):
        call("create_dataset_import_job", import_event(arn))
