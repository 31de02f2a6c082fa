"""Tests of ``local.moto.persistent_s3``."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.filled_buckets import BUCKET, filled_bucket, send_plan
from personalize_sfn.local import LocalAws, process
from personalize_sfn.session import connect

SCHEMA = {
    "type": "record",
    "name": "Interactions",
    "namespace": "n",
    "fields": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
    ],
    "version": "1.0",
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("PERSONALIZE_SFN_HOME", str(tmp_path / "home"))
    yield tmp_path / "home"
    process.stop()


def _kill(running: process.LocalProcess) -> None:
    os.kill(running.pid, signal.SIGKILL)
    assert process._wait(lambda: not process._is_alive(running.pid), 10)


def _role(session) -> str:
    trust = {"Effect": "Allow", "Principal": {"Service": "personalize.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam = session.client("iam")
    arn = iam.create_role(
        RoleName="movies-personalize",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    may = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    iam.put_role_policy(RoleName="movies-personalize", PolicyName="read", PolicyDocument=document)
    return arn


def test_an_import_outlives_a_kill_with_the_object_that_it_reads(tmp_path: Path):
    running = process.start(data_dir=tmp_path / "data")
    session = connect("local")
    filled_bucket(session.client("s3"))
    personalize = session.client("personalize")
    group = personalize.create_dataset_group(name="movies")["datasetGroupArn"]
    schema = personalize.create_schema(name="movies", schema=json.dumps(SCHEMA))["schemaArn"]
    dataset = personalize.create_dataset(
        name="movies", datasetGroupArn=group, schemaArn=schema, datasetType="INTERACTIONS"
    )["datasetArn"]
    send_plan(running.endpoint_url, {"durations": {"dataset_import_job": 3600}})
    job = personalize.create_dataset_import_job(
        jobName="movies",
        datasetArn=dataset,
        roleArn=_role(session),
        dataSource={"dataLocation": f"s3://{BUCKET}/interactions.csv"},
    )["datasetImportJobArn"]
    _kill(running)

    running = process.start(data_dir=tmp_path / "data")
    session = connect("local")
    assert session.client("s3").head_object(Bucket=BUCKET, Key="interactions.csv")["ContentType"] == "text/csv"
    assert "personalize.amazonaws.com" in session.client("s3").get_bucket_policy(Bucket=BUCKET)["Policy"]
    assert [role["RoleName"] for role in session.client("iam").list_roles()["Roles"]] == ["movies-personalize"]
    described = session.client("personalize").describe_dataset_import_job(datasetImportJobArn=job)["datasetImportJob"]
    assert described["status"] in ("CREATE PENDING", "CREATE IN_PROGRESS")  # for the rest of the hour
    assert "failureReason" not in described


def test_what_is_deleted_in_s3_stays_deleted(tmp_path: Path):
    with LocalAws(data_dir=tmp_path / "data") as aws:
        s3 = aws.session().client("s3")
        filled_bucket(s3)
        s3.put_object(Bucket=BUCKET, Key="kept", Body=b"old")
        s3.put_object(Bucket=BUCKET, Key="kept", Body=b"new", Metadata={"a": "b"})
        s3.delete_object(Bucket=BUCKET, Key="interactions.csv")
        s3.create_bucket(Bucket="gone-bucket")
        s3.delete_bucket(Bucket="gone-bucket")
    with LocalAws(data_dir=tmp_path / "data") as aws:
        s3 = aws.session().client("s3")
        assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == [BUCKET]
        assert [found["Key"] for found in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == ["kept"]
        found = s3.get_object(Bucket=BUCKET, Key="kept")
        assert (found["Body"].read(), found["Metadata"]) == (b"new", {"a": "b"})
        assert len(list((tmp_path / "data" / "files").iterdir())) == 1
