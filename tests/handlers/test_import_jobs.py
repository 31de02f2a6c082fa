"""Imports and trainings: what is new is done, what was done is reused."""

from __future__ import annotations

import pytest

from fakes.virtual_personalize import ARNS
from personalize_sfn.errors import InvalidInputError, NotOursError
from personalize_sfn.ownership import PROJECT_TAG

DATASET = ARNS.personalize("dataset/movies/INTERACTIONS")
SCHEMA = ARNS.personalize("schema/movies-interactions-1")
SOLUTION = ARNS.personalize("solution/movies-v2")
GROUP = ARNS.personalize("dataset-group/movies")
TAGS = [{"tagKey": PROJECT_TAG, "tagValue": "movies"}]


@pytest.fixture
def dataset(personalize):
    personalize.create_schema(name="movies-interactions-1", schema='{"fields": []}')
    personalize.create_dataset(
        name="movies-interactions", datasetType="INTERACTIONS", datasetGroupArn=GROUP, schemaArn=SCHEMA, tags=TAGS
    )
    personalize.create_solution(name="movies-v2", datasetGroupArn=GROUP, tags=TAGS)
    return DATASET


def import_event(location="s3://bucket/movies/interactions.csv", mode="FULL", **more):
    request = {
        "datasetArn": DATASET,
        "dataSource": {"dataLocation": location},
        "importMode": mode,
        "roleArn": ARNS.role("movies-personalize"),
    }
    return {
        "request": request,
        "namePrefix": "movies-interactions",
        "tags": {PROJECT_TAG: "movies"},
        "adopt": False,
        "startedAt": "2026-01-01T00:00:00.000Z",
        **more,
    }


def train_event(train="auto", execution="arn:aws:states:us-east-1:123456789012:execution:movies-main:one"):
    return {
        "request": {"solutionArn": SOLUTION, "trainingMode": "FULL"},
        "train": train,
        "rootExecution": execution,
        "tags": {PROJECT_TAG: "movies"},
        "adopt": False,
        "startedAt": "2026-01-01T00:00:00.000Z",
    }


def imported(call):
    return call("create_dataset_import_job", import_event())["datasetImportJobArn"]


def trained(call, *arguments):
    return call("create_solution_version", train_event(*arguments))["solutionVersionArn"]


def test_the_same_data_is_imported_once(call, dataset, personalize):
    assert imported(call) == imported(call)
    assert len(personalize.list_dataset_import_jobs(datasetArn=dataset)["datasetImportJobs"]) == 1


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


def test_the_first_run_trains(call, dataset, personalize):
    assert trained(call).startswith(f"{SOLUTION}/run-")
    assert personalize.names("CreateSolutionVersion") == ["CreateSolutionVersion"]


def test_a_second_run_reuses_the_active_version(call, dataset):
    first = trained(call)
    assert trained(call, "auto", "another execution") == first


def test_a_second_run_goes_on_with_a_training_that_is_pending(call, dataset, personalize):
    personalize.seconds["solutionVersion"] = 3600
    first = trained(call)
    personalize.clock.advance(60)
    assert trained(call, "auto", "another execution") == first


def test_data_imported_since_is_trained_on(call, dataset, personalize):
    first = trained(call)
    personalize.clock.advance(60)
    imported(call)
    assert trained(call, "auto", "another execution") != first


def test_training_can_be_asked_for(call, dataset):
    first = trained(call)
    assert trained(call, "always", "another execution") != first


def test_a_lost_answer_does_not_train_twice(call, dataset, personalize):
    personalize.seconds["solutionVersion"] = 3600
    assert trained(call, "always") == trained(call, "always")
    assert len(personalize.list_solution_versions(solutionArn=SOLUTION)["solutionVersions"]) == 1


def test_a_version_is_found_by_its_name_where_the_arn_does_not_hold_it(call, dataset, personalize):
    first = trained(call, "always")
    other = f"{SOLUTION}/83cc95fc"
    item = personalize.found[first]
    personalize.found[other] = {**item, "members": {**item["members"], "solutionVersionArn": other}}
    item["members"] = {**item["members"], "solutionVersionArn": other}
    assert trained(call, "always") == other


def test_a_failed_training_is_not_reused(call, dataset, personalize):
    personalize.failing["solutionVersion"] = "Dataset has fewer than 25 users"
    first = trained(call)
    personalize.failing.clear()
    assert trained(call, "auto", "another execution") != first


def test_an_older_good_version_is_reused_after_a_failed_one(call, dataset, personalize):
    good = trained(call)
    personalize.clock.advance(60)
    personalize.failing["solutionVersion"] = "no luck"
    trained(call, "always", "another execution")
    assert trained(call, "auto", "a third execution") == good


def test_train_takes_two_words(call, dataset):
    with pytest.raises(InvalidInputError, match="train: expected 'auto' or 'always', got 'yes'"):
        trained(call, "yes")


def test_tags_that_changed_reach_a_training_and_an_import_that_are_reused(call, dataset, s3, personalize):
    job, version = imported(call), trained(call)
    tags = {PROJECT_TAG: "movies", "team": "films"}

    assert call("create_dataset_import_job", import_event(tags=tags))["datasetImportJobArn"] == job
    assert call("create_solution_version", {**train_event(), "tags": tags})["solutionVersionArn"] == version

    assert personalize.tags[job] == tags
    assert personalize.tags[version] == tags
    assert personalize.tags[DATASET] == tags
