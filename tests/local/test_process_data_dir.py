"""``--data-dir`` as a user has it: the background process is killed and started again."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from personalize_sfn.cli import main as command
from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local import LocalAws, process
from personalize_sfn.session import connect
from personalize_sfn.state_folder import keys_of

BUCKET = "movies-data"
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


def _filled_bucket(s3) -> None:
    s3.create_bucket(Bucket=BUCKET)
    let_in = {
        "Effect": "Allow",
        "Principal": {"Service": "personalize.amazonaws.com"},
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
    }
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [let_in]}))
    text = io.StringIO()
    rows = [(f"u{row % 50}", f"i{row % 70}", 1_600_000_000 + row) for row in range(1500)]
    csv.writer(text).writerows([("USER_ID", "ITEM_ID", "TIMESTAMP"), *rows])
    s3.put_object(Bucket=BUCKET, Key="interactions.csv", Body=text.getvalue().encode(), ContentType="text/csv")


def _plan(endpoint_url: str, plan) -> dict:
    secret = keys_of(endpoint_url).secret_access_key
    request = urllib.request.Request(
        f"{endpoint_url}/_personalize_sfn/plan",
        data=json.dumps(plan).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {secret}"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def test_an_import_outlives_a_kill_with_the_object_that_it_reads(tmp_path: Path):
    running = process.start(data_dir=tmp_path / "data")
    session = connect("local")
    _filled_bucket(session.client("s3"))
    personalize = session.client("personalize")
    group = personalize.create_dataset_group(name="movies")["datasetGroupArn"]
    schema = personalize.create_schema(name="movies", schema=json.dumps(SCHEMA))["schemaArn"]
    dataset = personalize.create_dataset(
        name="movies", datasetGroupArn=group, schemaArn=schema, datasetType="INTERACTIONS"
    )["datasetArn"]
    _plan(running.endpoint_url, {"durations": {"dataset_import_job": 3600}})
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
    assert session.client("iam").list_roles()["Roles"] == []
    described = session.client("personalize").describe_dataset_import_job(datasetImportJobArn=job)["datasetImportJob"]
    assert described["status"] in ("CREATE PENDING", "CREATE IN_PROGRESS")  # for the rest of the hour
    assert "failureReason" not in described


def test_one_that_runs_with_other_data_is_not_taken_for_it(tmp_path: Path):
    running = process.start()
    with pytest.raises(LocalAwsError, match="keeps its data in memory only: stop it first"):
        process.start(data_dir=tmp_path / "data")
    assert process.start() == running


def test_a_directory_that_is_in_use_is_said_by_who_wants_it_too(tmp_path: Path):
    with LocalAws(data_dir=tmp_path / "data"), pytest.raises(LocalAwsError, match="is in use by another embedded AWS"):
        process.start(data_dir=tmp_path / "data")


def test_a_start_that_finds_damage_names_it_and_leaves_nothing_running(tmp_path: Path):
    with LocalAws(data_dir=tmp_path / "data") as aws:
        _filled_bucket(aws.session().client("s3"))
    (file,) = (tmp_path / "data" / "files").iterdir()
    file.write_bytes(b"something else")
    with pytest.raises(LocalAwsError) as error:
        LocalAws(data_dir=tmp_path / "data").start()
    said = f"{file}, the content of s3://{BUCKET}/interactions.csv, is damaged: its SHA-256 is not the one on record"
    assert str(error.value) == said
    with LocalAws() as aws:
        assert aws.session().client("s3").list_buckets()["Buckets"] == []


def test_what_is_deleted_in_s3_stays_deleted(tmp_path: Path):
    with LocalAws(data_dir=tmp_path / "data") as aws:
        s3 = aws.session().client("s3")
        _filled_bucket(s3)
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


def test_the_plan_answers_at_its_path_and_says_what_is_wrong():
    with LocalAws() as aws:
        assert _plan(aws.endpoint_url, {"durations": {"campaign": 2}})["durations"] == {"scale": 0.0, "campaign": 2.0}
        assert aws.personalize.durations.creation("campaign") == 2.0
        with pytest.raises(urllib.error.HTTPError) as error:
            _plan(aws.endpoint_url, {"durations": {"campaign": -2}})
        expected = {"error": "durations.campaign: expected a number of at least 0, got -2"}
        assert json.load(error.value) == expected


def test_the_command_says_what_is_kept_and_what_is_not(tmp_path: Path, capsys):
    assert command(["local", "start", "--data-dir", str(tmp_path / "data")]) == 0
    captured = capsys.readouterr()
    said = " ".join((captured.out + captured.err).split())
    assert "Personalize and S3 are kept in" in said
    assert "roles, functions and state machines are not." in said
