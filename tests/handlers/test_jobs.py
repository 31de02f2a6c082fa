"""Jobs whose names are a hash of their work: idempotency of every job row."""

from __future__ import annotations

import pytest

from fakes.virtual_personalize import ARNS, CONTEXT
from personalize_sfn.errors import InvalidInputError, QuotaError
from personalize_sfn.handlers.jobs import ATTEMPTS, job_handler
from personalize_sfn.ownership import PROJECT_TAG
from personalize_sfn.resources import BATCH_INFERENCE_JOB, DATASET_EXPORT_JOB

VERSION = ARNS.personalize("solution/movies-v2/1")


def event(path="s3://bucket/movies/interactions.csv", **more):
    request = {"solutionVersionArn": VERSION, "jobInput": {"s3DataSource": {"path": path}}}
    return {
        "request": request,
        "namePrefix": "movies-batch",
        "tags": {PROJECT_TAG: "movies"},
        "adopt": False,
        "startedAt": "2026-01-01T00:00:00.000Z",
        **more,
    }


@pytest.fixture
def batch(call):
    handler = job_handler(BATCH_INFERENCE_JOB, data="jobInput.s3DataSource.path")
    return lambda given: handler(given, CONTEXT)["batchInferenceJobArn"]


def test_a_retry_finds_the_job_and_new_data_make_another(batch, s3):
    first = batch(event())
    assert batch(event()) == first
    s3.etags["bucket/movies/interactions.csv"] = '"second"'
    assert batch(event()) != first


def test_each_root_execution_has_a_job_of_its_own_where_the_event_names_one(call, personalize):
    handler = job_handler(DATASET_EXPORT_JOB)
    one, other = (event(rootExecution=f"arn:{number}") for number in (1, 2))
    arns = [handler(given, CONTEXT)["datasetExportJobArn"] for given in (one, one, other)]
    assert arns[0] == arns[1] != arns[2]
    assert len(personalize.found) == 2


def test_a_job_that_failed_is_followed_by_another_up_to_a_limit(batch, personalize):
    personalize.failing["batchInferenceJob"] = "the bucket is not there"
    first = batch(event())
    personalize.clock.advance(100_000)
    assert batch(event()) == f"{first}-2"
    for _ in range(ATTEMPTS - 2):
        personalize.clock.advance(100_000)
        batch(event())
    personalize.clock.advance(100_000)
    with pytest.raises(QuotaError, match=r"^20 batch inference jobs movies-batch-\w{12} of the same data failed or"):
        batch(event())


def test_input_that_is_not_in_s3_is_refused_before_a_job_is_made(batch, personalize):
    with pytest.raises(InvalidInputError, match=r"^there is no data at s3://bucket/movies/none\.csv"):
        batch(event("s3://bucket/movies/none.csv"))
    assert personalize.found == {}
