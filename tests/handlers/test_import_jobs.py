"""Tests of ``handlers.import_jobs``."""

from __future__ import annotations

import pytest

from fakes.import_events import GROUP, SCHEMA, TAGS, import_event, imported
from personalize_sfn.errors import InvalidInputError, NotOursError


def test_import_is_idempotent_for_the_same_data(call, dataset, personalize):
    assert imported(call) == imported(call)
    assert len(personalize.list_dataset_import_jobs(datasetArn=dataset)["datasetImportJobs"]) == 1


def test_it_is_told_what_is_imported_and_how_many_rows_the_upload_said_it_has(call, dataset, s3):
    s3.metadata["bucket/movies/interactions.csv"] = {"personalize-sfn-rows": "38527", "personalize-sfn-users": "610"}
    answer = call("create_dataset_import_job", import_event())
    assert answer["made"] == {
        "resource": "datasetImportJob",
        "arn": answer["datasetImportJobArn"],
        "how": "created",
        "datasetType": "INTERACTIONS",
        "importMode": "FULL",
        "dataLocation": "s3://bucket/movies/interactions.csv",
        "rows": 38527,
        "users": 610,
    }


def test_new_data_is_imported(call, dataset, s3):
    first = imported(call)
    s3.etags["bucket/movies/interactions.csv"] = '"second"'
    assert imported(call) != first


def test_another_import_mode_is_another_import(call, dataset):
    full = imported(call)
    assert call("create_dataset_import_job", import_event(mode="INCREMENTAL"))["datasetImportJobArn"] != full


def test_a_dataset_that_was_made_anew_is_filled_anew(call, dataset, personalize):
    first = imported(call)
    personalize.delete_dataset(datasetArn=dataset)
    personalize.clock.advance(1)
    personalize.create_dataset(
        name="movies-interactions", datasetType="INTERACTIONS", datasetGroupArn=GROUP, schemaArn=SCHEMA, tags=TAGS
    )
    assert imported(call) != first


def test_a_failed_import_is_tried_again_under_another_name(call, dataset, personalize):
    personalize.failing["datasetImportJob"] = "Invalid Data location."
    first = imported(call)
    personalize.failing.clear()
    assert imported(call) == f"{first}-2"
    assert imported(call) == f"{first}-2"


def test_data_that_a_later_import_replaced_is_imported_again_when_it_comes_back(call, dataset, personalize, s3):
    first = imported(call)
    personalize.clock.advance(1)
    s3.etags["bucket/movies/interactions.csv"] = '"second"'
    assert imported(call) != first
    personalize.clock.advance(1)
    s3.etags["bucket/movies/interactions.csv"] = '"first"'
    assert imported(call) == f"{first}-2"
    assert imported(call) == f"{first}-2"


def test_a_failed_or_an_incremental_import_replaces_nothing(call, dataset, personalize, s3):
    first = imported(call)
    personalize.clock.advance(1)
    s3.etags["bucket/movies/interactions.csv"] = '"second"'
    call("create_dataset_import_job", import_event(mode="INCREMENTAL"))
    personalize.failing["datasetImportJob"] = "Invalid Data location."
    imported(call)
    s3.etags["bucket/movies/interactions.csv"] = '"first"'
    assert imported(call) == first


def test_every_object_of_a_folder_counts(call, dataset, s3):
    s3.etags |= {"bucket/folder/a.csv": '"a"', "bucket/folder/b.csv": '"b"'}
    first = call("create_dataset_import_job", import_event("s3://bucket/folder/"))
    s3.etags["bucket/folder/b.csv"] = '"c"'
    assert call("create_dataset_import_job", import_event("s3://bucket/folder/")) != first


@pytest.mark.parametrize("location", ["s3://bucket/nothing.csv", "s3://bucket/nothing/"])
def test_missing_data_is_named(call, dataset, location):
    with pytest.raises(InvalidInputError) as raised:
        call("create_dataset_import_job", import_event(location))
    assert str(raised.value) == f"there is no data at {location}: upload the CSV, or correct the bucket or key"


def test_nothing_is_imported_into_a_strangers_dataset(call, dataset, personalize):
    personalize.tags[dataset] = {}
    with pytest.raises(NotOursError, match="dataset/movies/INTERACTIONS exists and has no tag"):
        imported(call)
    assert "CreateDatasetImportJob" not in personalize.names()
