"""Tests of ``local.personalize.resources.dataset_import_jobs``."""

from __future__ import annotations

from io import BytesIO

import pytest

from fakes.personalize_aws import BUCKET, INTERACTIONS_FIELDS, ROLE, avro, csv_bytes, two_tastes
from personalize_sfn.local.personalize.data import csv_columns
from personalize_sfn.local.personalize.data.schemas import read_schema
from personalize_sfn.local.personalize.wire.errors import WorkFailed

INSUFFICIENT = (
    "Insufficient privileges for accessing data in S3. Please look at "
    "https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html "
    "and ensure your role is configured correctly."
)


def content(aws):
    """The parts of the only INTERACTIONS dataset, as row counts."""
    store = aws.service._stores[("123456789012", "us-east-1")]
    record = store.find("arn:aws:personalize:us-east-1:123456789012:dataset/movies/INTERACTIONS")
    return [len(part["USER_ID"]) for part in record.content.parts]


def test_an_import_job_ends_active_and_says_what_it_did(aws):
    dataset = aws.dataset()
    job = aws.imported(dataset, name="first")
    assert job["status"] == "ACTIVE"
    assert job["importMode"] == "FULL"
    assert job["roleArn"] == ROLE
    assert job["dataSource"] == {"dataLocation": f"s3://{BUCKET}/interactions.csv"}
    assert "failureReason" not in job
    assert content(aws) == [1500]


def test_two_jobs_that_run_at_once_lose_no_row_and_bring_none_twice(aws):
    dataset = aws.dataset()
    aws.imported(dataset, two_tastes(users=40), name="first")
    aws.service.durations.set("dataset_import_job", 10)
    aws.environment.objects |= {"all.csv": csv_bytes(two_tastes()), "other.csv": csv_bytes(two_tastes(seed=2))}
    jobs = [
        aws.start_import(dataset, name=name, importMode=mode, dataSource={"dataLocation": f"s3://{BUCKET}/{file}"})
        for name, mode, file in [
            ("again", "INCREMENTAL", "all.csv"),
            ("whole", "FULL", "other.csv"),
            ("more", "INCREMENTAL", "all.csv"),
        ]
    ]
    aws.environment.ahead = 60
    assert [aws.settled("dataset_import_job", job)["status"] for job in jobs] == ["ACTIVE"] * 3
    assert sum(content(aws)) == len({*two_tastes(seed=2), *two_tastes()})


@pytest.mark.parametrize("kinds", [10, 11])
def test_event_types_and_columns_are_ten_at_most(aws, kinds):
    schema = aws.schema(schema=avro({"name": "EVENT_TYPE", "type": "string"}))
    rows = [(*row, f"kind-{place % kinds}") for place, row in enumerate(two_tastes())]
    job = aws.imported(aws.dataset(schema=schema), csv_bytes(rows, "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"))
    if kinds == 10:
        assert job["status"] == "ACTIVE"
    else:
        assert job["failureReason"].endswith(
            "Input csv has 11 distinct event types; with the 0 metadata columns of the dataset they must be at most 10."
        )


def test_a_file_that_is_no_utf_8_names_the_byte():
    gathering = csv_columns.Gathering(read_schema(avro(fields=INTERACTIONS_FIELDS)))
    with pytest.raises(WorkFailed, match=r"\(a\.csv: byte 29 is no UTF-8\)"):
        gathering.add_file(BytesIO(b"USER_ID,ITEM_ID,TIMESTAMP\nu1,\xff,1\n"), "a.csv")


def test_the_first_import_is_full(aws, refused):
    code, message = refused(aws.start_import, dataset=aws.dataset(), importMode="INCREMENTAL")
    assert code == "InvalidInputException"
    assert message.startswith("importMode INCREMENTAL adds to what a FULL import brought")


@pytest.mark.parametrize(
    "change",
    [
        {"trusts": False},
        {"denied": {"s3:GetObject"}},
        {"denied": {"s3:ListBucket"}},
        {"bucket_allows": False},
    ],
    ids=["trust", "get", "list", "bucket-policy"],
)
def test_lacking_access_is_refused_at_once_in_aws_words(aws, refused, change):
    for name, value in change.items():
        setattr(aws.environment, name, value)
    assert refused(aws.start_import, dataset=aws.dataset()) == ("InvalidInputException", INSUFFICIENT)
    assert aws.personalize.list_dataset_import_jobs()["datasetImportJobs"] == []


def test_a_role_and_a_location_are_needed(aws, refused):
    create, dataset = aws.personalize.create_dataset_import_job, aws.dataset()
    code, message = refused(create, jobName="j", datasetArn=dataset, dataSource={"dataLocation": f"s3://{BUCKET}/x"})
    assert (code, message) == ("InvalidInputException", "roleArn is required to read the data from Amazon S3")
    code, message = refused(create, jobName="j", datasetArn=dataset, dataSource={}, roleArn=ROLE)
    assert message == "dataSource.dataLocation is required to read the data from Amazon S3"


def test_five_jobs_may_be_pending(aws, refused):
    dataset = aws.dataset()
    aws.service.durations.set("dataset_import_job", 3600)
    for number in range(5):
        aws.start_import(dataset, name=f"job-{number}")
    assert refused(aws.start_import, dataset=dataset, name="one-more") == (
        "LimitExceededException",
        "More than 5 resources with PENDING or IN_PROGRESS status.",
    )


def test_a_dataset_with_a_job_that_runs_cannot_be_deleted(aws, refused):
    dataset = aws.dataset()
    aws.service.durations.set("dataset_import_job", 3600)
    job = aws.start_import(dataset)
    code, message = refused(aws.personalize.delete_dataset, datasetArn=dataset)
    assert code == "ResourceInUseException"
    assert message == f"The given dataset is in use by a dataset import job that is CREATE PENDING: {job}"


def test_jobs_go_with_their_dataset(aws):
    dataset = aws.dataset()
    aws.imported(dataset)
    aws.personalize.delete_dataset(datasetArn=dataset)
    aws.gone("dataset", dataset)
    assert aws.personalize.list_dataset_import_jobs()["datasetImportJobs"] == []
