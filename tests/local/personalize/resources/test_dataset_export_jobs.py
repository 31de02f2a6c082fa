"""Dataset export jobs: rows as CSV in S3."""

from __future__ import annotations

import csv
import io

import pytest

from fakes.personalize_aws import BUCKET, ROLE, avro, csv_bytes, two_tastes

ITEMS = avro(
    name="Items",
    fields=[
        {"name": "ITEM_ID", "type": "string"},
        {"name": "GENRES", "type": ["null", "string"], "categorical": True},
        {"name": "NEW", "type": ["null", "boolean"]},
    ],
)


def request(dataset, name="export", target="exported/", **options):
    return {
        "jobName": name,
        "datasetArn": dataset,
        "roleArn": ROLE,
        "jobOutput": {"s3DataDestination": {"path": f"s3://{BUCKET}/{target}"}},
    } | options


def exported(aws, dataset, name="export", **options):
    """The job's description and the rows of its file."""
    arn = aws.personalize.create_dataset_export_job(**request(dataset, name, **options))["datasetExportJobArn"]
    job = aws.settled("dataset_export_job", arn)
    kind = dataset.rsplit("/")[-1]
    text = aws.environment.objects.get(f"exported/{name}-{kind}.csv", b"").decode()
    return job, list(csv.reader(io.StringIO(text)))


def put(aws, group, *items, user="u0"):
    tracker = aws.personalize.create_event_tracker(name="clicks", datasetGroupArn=group)
    events = [{"eventType": "watch", "sentAt": 1_700_000_000, "itemId": item} for item in items]
    options = {"userId": user} if user else {}
    aws.events.put_events(trackingId=tracker["trackingId"], sessionId="s", eventList=events, **options)


def test_bulk_exports_what_imports_brought_identical_rows_once(aws):
    dataset = aws.dataset()
    rows = two_tastes()
    aws.imported(dataset, [*rows, *rows[:100]])
    job, table = exported(aws, dataset, ingestionMode="BULK")
    assert job["status"] == "ACTIVE"
    assert job["ingestionMode"] == "BULK"
    assert job["jobOutput"] == {"s3DataDestination": {"path": f"s3://{BUCKET}/exported/"}}
    assert table[0] == ["USER_ID", "ITEM_ID", "TIMESTAMP"]
    assert table[1:] == [[user, item, str(timestamp)] for user, item, timestamp in rows]


def test_put_is_the_default_and_exports_live_events_only(aws):
    group = aws.group()
    dataset = aws.dataset(group)
    aws.imported(dataset)
    put(aws, group, "i1", "i2")
    job, table = exported(aws, dataset)
    assert job["ingestionMode"] == "PUT"
    assert table[1:] == [["u0", "i1", "1700000000"], ["u0", "i2", "1700000000"]]
    _, both = exported(aws, dataset, "both", ingestionMode="ALL")
    assert len(both) == 1 + 1500 + 2


def test_an_event_without_a_user_is_its_sessions(aws):
    group = aws.group()
    dataset = aws.dataset(group)
    put(aws, group, "i1", user=None)
    assert exported(aws, dataset)[1][1:] == [["s", "i1", "1700000000"]]


def test_of_an_item_the_newest_row_is_exported_in_the_form_of_an_import(aws):
    dataset = aws.dataset(schema=aws.schema("items", schema=ITEMS), kind="Items")
    aws.imported(dataset, csv_bytes([("a", "Drama|War", "true"), ("b", "", "")], "ITEM_ID,GENRES,NEW"), name="first")
    more = csv_bytes([("a", "Comedy, dark", "false")], "ITEM_ID,GENRES,NEW")
    aws.imported(dataset, more, name="second", importMode="INCREMENTAL")
    _, table = exported(aws, dataset, ingestionMode="ALL")
    assert table == [["ITEM_ID", "GENRES", "NEW"], ["a", "Comedy, dark", "false"], ["b", "", ""]]


def test_what_is_exported_can_be_imported_again(aws):
    dataset = aws.dataset()
    aws.imported(dataset)
    _, first = exported(aws, dataset, "first", ingestionMode="BULK")
    aws.imported(dataset, aws.environment.objects["exported/first-INTERACTIONS.csv"], name="again")
    assert exported(aws, dataset, "second", ingestionMode="BULK")[1] == first


def test_a_target_that_is_no_folder_fails_the_job(aws):
    job, _ = exported(aws, aws.dataset(), target="file.csv")
    assert job["status"] == "CREATE FAILED"
    assert job["failureReason"].startswith("Invalid S3 output path")


@pytest.mark.parametrize(
    "change",
    [{"trusts": False}, {"denied": {"s3:PutObject"}}, {"bucket_allows": False}],
    ids=["trust", "put", "bucket-policy"],
)
def test_lacking_access_is_refused_when_the_job_is_created(aws, refused, change):
    dataset = aws.dataset()
    for name, value in change.items():
        setattr(aws.environment, name, value)
    code, message = refused(aws.personalize.create_dataset_export_job, **request(dataset))
    assert code == "InvalidInputException"
    assert message.startswith("Insufficient privileges for accessing data in S3.")


def test_reading_is_no_right_that_an_export_needs(aws):
    aws.environment.denied = {"s3:GetObject", "s3:ListBucket"}
    assert exported(aws, aws.dataset())[0]["status"] == "ACTIVE"


def test_lists_are_narrowed_by_the_dataset(aws):
    group = aws.group()
    first = aws.dataset(group)
    second = aws.dataset(group, aws.schema("items", schema=ITEMS), "Items")
    exported(aws, first, "first")
    exported(aws, second, "second")
    jobs = aws.personalize.list_dataset_export_jobs(datasetArn=second)["datasetExportJobs"]
    assert [job["jobName"] for job in jobs] == ["second"]
    assert len(aws.personalize.list_dataset_export_jobs()["datasetExportJobs"]) == 2
