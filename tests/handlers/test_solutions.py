"""Imports and trainings: what is new is done, what was done is reused."""

from __future__ import annotations

import pytest

from fakes.import_events import DATASET, import_event, imported
from fakes.virtual_personalize import ARNS
from personalize_sfn.errors import InvalidInputError
from personalize_sfn.ownership import PROJECT_TAG

SOLUTION = ARNS.personalize("solution/movies-v2")


def train_event(train="auto", execution="arn:aws:states:us-east-1:123456789012:execution:movies-main:one"):
    return {
        "request": {"solutionArn": SOLUTION, "trainingMode": "FULL"},
        "train": train,
        "rootExecution": execution,
        "tags": {PROJECT_TAG: "movies"},
        "adopt": False,
        "startedAt": "2026-01-01T00:00:00.000Z",
    }


def trained(call, *arguments):
    return call("create_solution_version", train_event(*arguments))["solutionVersionArn"]


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


def test_an_update_adds_to_the_latest_version_where_the_recipe_can(call, dataset, personalize):
    personalize.found[SOLUTION]["members"]["recipeArn"] = ARNS.recipe("aws-user-personalization")
    full = trained(call, "update")
    updated = trained(call, "update", "another execution")
    assert updated != full
    modes = [personalize.found[arn]["members"]["trainingMode"] for arn in (full, updated)]
    assert modes == ["FULL", "UPDATE"], "the first one has nothing to add to"


def test_an_update_is_auto_where_the_recipe_cannot(call, dataset, personalize):
    personalize.found[SOLUTION]["members"]["recipeArn"] = ARNS.recipe("aws-sims")
    first = trained(call, "update")
    assert trained(call, "update", "another execution") == first


def test_of_a_training_it_is_told_why_and_what_was_there_before(call, dataset, personalize):
    def told(*arguments):
        made = call("create_solution_version", train_event(*arguments))["made"]
        return made["how"], made.get("because"), made.get("previous")

    assert told() == ("created", "first", None)
    first = trained(call)
    personalize.clock.advance(60)
    assert told("always", "another execution") == ("created", "asked", first)
    personalize.clock.advance(60)
    imported(call)
    assert told("auto", "a third execution") == ("created", "data", trained(call, "always", "another execution"))
    personalize.clock.advance(60)
    later = {**train_event("auto", "a fourth execution"), "startedAt": personalize.clock.now.isoformat()}
    assert call("create_solution_version", later)["made"]["how"] == "found"


def test_after_trainings_that_failed_it_is_told_so(call, dataset, personalize):
    personalize.failing["solutionVersion"] = "Dataset has fewer than 25 users"
    trained(call)
    personalize.failing.clear()
    made = call("create_solution_version", train_event("auto", "another execution"))["made"]
    assert (made["because"], made.get("previous")) == ("failed", None)


def test_training_can_be_asked_for(call, dataset):
    first = trained(call)
    assert trained(call, "always", "another execution") != first


def test_training_is_idempotent_after_a_lost_answer(call, dataset, personalize):
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
    with pytest.raises(InvalidInputError, match="train: expected 'auto', 'always' or 'update', got 'yes'"):
        trained(call, "yes")


def test_tags_that_changed_reach_a_training_and_an_import_that_are_reused(call, dataset, s3, personalize):
    job, version = imported(call), trained(call)
    tags = {PROJECT_TAG: "movies", "team": "films"}

    assert call("create_dataset_import_job", import_event(tags=tags))["datasetImportJobArn"] == job
    assert call("create_solution_version", {**train_event(), "tags": tags})["solutionVersionArn"] == version

    assert personalize.tags[job] == tags
    assert personalize.tags[version] == tags
    assert personalize.tags[DATASET] == tags
