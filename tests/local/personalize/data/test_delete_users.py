"""Tests of ``delete_users``: a data deletion job's work: which users are meant, and what of them goes."""

from __future__ import annotations

import time

import pytest

from fakes.deletion_jobs import deleted, people
from fakes.personalize_aws import ACCOUNT, BUCKET, REGION, avro, csv_bytes

USERS = avro(name="Users", fields=[{"name": "USER_ID", "type": "string"}, {"name": "AGE", "type": ["null", "int"]}])


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
