"""Data deletion jobs: users who ask to be forgotten."""

from __future__ import annotations

import json
import threading
import time

import pytest

from fakes.personalize_aws import ACCOUNT, BUCKET, REGION, ROLE, avro, csv_bytes, two_tastes

USERS = avro(name="Users", fields=[{"name": "USER_ID", "type": "string"}, {"name": "AGE", "type": ["null", "int"]}])


def request(group, name="forget", location="delete/users.csv", **options):
    location = {"dataLocation": f"s3://{BUCKET}/{location}"}
    return {"jobName": name, "datasetGroupArn": group, "dataSource": location, "roleArn": ROLE} | options


def done(aws, arn):
    deadline = time.monotonic() + 30
    while (job := aws.describe("data_deletion_job", arn))["status"] in ("PENDING", "IN_PROGRESS"):
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)
    return job


def deleted(aws, group, content="USER_ID\nu0\n", **options):
    if content is not None:
        aws.environment.objects["delete/users.csv"] = content.encode()
    arn = aws.personalize.create_data_deletion_job(**request(group, **options))["dataDeletionJobArn"]
    return done(aws, arn)


def people(aws, kind):
    """The users in the only dataset of that type, by rows."""
    record = aws.service._stores[ACCOUNT, REGION].find(f"arn:aws:personalize:{REGION}:{ACCOUNT}:dataset/movies/{kind}")
    return [user for part in record.content.parts for user in part["USER_ID"].tolist()]


def put(aws, tracker, items, *, session="s", **options):
    events = [{"eventType": "watch", "sentAt": time.time(), "itemId": item} for item in items]
    aws.events.put_events(trackingId=tracker, sessionId=session, eventList=events, **options)


def live(aws):
    record = aws.service._stores[ACCOUNT, REGION].find(f"arn:aws:personalize:{REGION}:{ACCOUNT}:dataset-group/movies")
    return record.content


def test_the_users_rows_and_events_go_and_the_job_says_how_many(aws):
    group = aws.data()
    users = aws.dataset(group, aws.schema("users", schema=USERS), "Users")
    aws.imported(users, csv_bytes([("u0", 30), ("u1", 40)], "USER_ID,AGE"), name="users")
    tracker = aws.personalize.create_event_tracker(name="clicks", datasetGroupArn=group)["trackingId"]
    put(aws, tracker, ["i1"], session="before")  # anonymous, and his as soon as the session has a user
    put(aws, tracker, ["i2"], session="before", userId="u0")
    put(aws, tracker, ["i3"], session="other", userId="u1")

    job = deleted(aws, group, "USER_ID\nu0\nunheard-of\n")
    assert job["status"] == "COMPLETED"
    assert job["numDeleted"] == 25 + 1 + 2
    assert "failureReason" not in job
    assert job["dataSource"] == {"dataLocation": f"s3://{BUCKET}/delete/users.csv"}
    assert "u0" not in people(aws, "INTERACTIONS")
    assert len(people(aws, "INTERACTIONS")) == 1475
    assert people(aws, "USERS") == ["u1"]
    assert [event.item_id for event in live(aws).events if event.item_id] == ["i3"]
    assert set(live(aws).by_person) == {"other", "u1"}


def test_until_it_is_completed_the_users_are_there(aws):
    group = aws.data()
    aws.service.durations.set("dataDeletionJob", 100)
    aws.environment.objects["delete/users.csv"] = b"USER_ID\nu0\n"
    arn = aws.personalize.create_data_deletion_job(**request(group))["dataDeletionJobArn"]
    assert aws.describe("data_deletion_job", arn)["status"] == "PENDING"
    aws.environment.ahead = 50
    job = aws.describe("data_deletion_job", arn)
    assert job["status"] == "IN_PROGRESS"
    assert "numDeleted" not in job
    assert "u0" in people(aws, "INTERACTIONS")
    aws.environment.ahead = 101
    assert done(aws, arn)["status"] == "COMPLETED"
    assert "u0" not in people(aws, "INTERACTIONS")


def test_versions_forget_the_users_too_and_what_they_do_later_counts(aws):
    group = aws.data()
    version = aws.trained(group)
    campaign = aws.campaign(version)
    tracker = aws.personalize.create_event_tracker(name="clicks", datasetGroupArn=group)["trackingId"]

    def answer(user):
        items = aws.runtime.get_recommendations(campaignArn=campaign, userId=user, numResults=10)["itemList"]
        return [item["itemId"] for item in items]

    assert answer("u1") != answer("nobody")
    deleted(aws, group, "USER_ID\nu1\n")
    assert answer("u1") == answer("nobody")
    put(aws, tracker, ["i1", "i2", "i3"], userId="u1")
    assert answer("u1") != answer("nobody")


def test_a_batch_knows_deleted_users_no_more(aws):
    group = aws.data()
    version = aws.trained(group)
    deleted(aws, group, "USER_ID\nu1\n")
    aws.environment.objects["in.json"] = b'{"userId":"u1"}\n{"userId":"nobody"}\n'
    job = aws.personalize.create_batch_inference_job(
        jobName="batch",
        solutionVersionArn=version,
        jobInput={"s3DataSource": {"path": f"s3://{BUCKET}/in.json"}},
        jobOutput={"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
        roleArn=ROLE,
    )
    assert aws.settled("batch_inference_job", job["batchInferenceJobArn"])["status"] == "ACTIVE"
    first, second = (json.loads(line)["output"] for line in aws.environment.objects["out/in.json.out"].splitlines())
    assert first == second


def test_a_folder_means_all_files_under_it(aws):
    group = aws.data()
    aws.environment.objects |= {
        "delete/": b"",
        "delete/a.csv": b"USER_ID\nu0\n",
        "delete/b/c.csv": b"USER_ID\r\nu1\r\n",
    }
    job = deleted(aws, group, None, location="delete/")
    assert (job["status"], job["numDeleted"]) == ("COMPLETED", 50)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("USER_ID,AGE\nu0,3\n", "delete/users.csv: expected a CSV file with the single column USER_ID, its header is"),
        ("u0\nu1\n", "delete/users.csv: expected a CSV file with the single column USER_ID, its header is ['u0']"),
        ("USER_ID\nu0,u1\n", "delete/users.csv, line 2: expected one user id, got 2 values"),
        ("", "delete/users.csv: expected a CSV file with the single column USER_ID, its header is []"),
        (None, "Invalid S3 input path"),
    ],
    ids=["columns", "no header", "two ids", "empty", "no file"],
)
def test_a_wrong_file_fails_the_job_and_deletes_nothing(aws, content, reason):
    group = aws.data()
    job = deleted(aws, group, content)
    assert job["status"] == "FAILED"
    assert job["failureReason"].startswith(reason)
    assert "numDeleted" not in job
    assert len(people(aws, "INTERACTIONS")) == 1500


@pytest.mark.parametrize(
    "change",
    [{"trusts": False}, {"denied": {"s3:GetObject"}}, {"denied": {"s3:ListBucket"}}, {"bucket_allows": False}],
    ids=["trust", "get", "list", "bucket-policy"],
)
def test_lacking_access_is_refused_when_the_job_is_created(aws, refused, change):
    group = aws.group()
    for name, value in change.items():
        setattr(aws.environment, name, value)
    code, message = refused(aws.personalize.create_data_deletion_job, **request(group))
    assert code == "InvalidInputException"
    assert message.startswith("Insufficient privileges for accessing data in S3.")


def test_five_jobs_of_a_group_may_be_pending(aws, refused):
    group, other = aws.group(), aws.group("others")
    aws.environment.objects["delete/users.csv"] = b"USER_ID\nu0\n"
    aws.service.durations.set("dataDeletionJob", 100)
    for number in range(5):
        aws.personalize.create_data_deletion_job(**request(group, f"job-{number}"))
    code, message = refused(aws.personalize.create_data_deletion_job, **request(group, "job-5"))
    assert (code, message) == ("LimitExceededException", "More than 5 resources with PENDING or IN_PROGRESS status.")
    aws.personalize.create_data_deletion_job(**request(other, "job-6"))


def test_a_location_is_needed(aws, refused):
    code, message = refused(aws.personalize.create_data_deletion_job, **request(aws.group()) | {"dataSource": {}})
    assert code == "InvalidInputException"
    assert message == "dataSource.dataLocation is required to read the data from Amazon S3"


def test_lists_are_newest_first_page_by_page_and_narrowed_by_the_group(aws, refused):
    group, other = aws.group(), aws.group("others")
    for name in ("one", "two", "three"):
        deleted(aws, group, name=name)
    deleted(aws, other, name="four")
    jobs = aws.personalize.list_data_deletion_jobs
    first = jobs(datasetGroupArn=group, maxResults=2)
    assert [job["jobName"] for job in first["dataDeletionJobs"]] == ["three", "two"]
    rest = jobs(datasetGroupArn=group, maxResults=2, nextToken=first["nextToken"])
    assert [job["jobName"] for job in rest["dataDeletionJobs"]] == ["one"]
    assert "nextToken" not in rest
    assert [job["jobName"] for job in jobs()["dataDeletionJobs"]] == ["four", "three", "two", "one"]
    assert refused(jobs, nextToken=first["nextToken"])[0] == "InvalidNextTokenException"


def test_what_was_deleted_is_not_trained_on_again(aws):
    group = aws.group()
    aws.imported(aws.dataset(group), two_tastes())
    deleted(aws, group, "USER_ID\nu1\n")
    record = aws.service._stores[ACCOUNT, REGION].find(aws.trained(group))
    assert record.content.model.history("u1") == []
    assert record.content.forgotten == frozenset()
