"""What the tests of data deletion jobs and its neighbours share."""

from __future__ import annotations

import threading
import time

from fakes.personalize_aws import ACCOUNT, BUCKET, REGION, ROLE

__all__ = ["deleted", "done", "people", "request"]


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
