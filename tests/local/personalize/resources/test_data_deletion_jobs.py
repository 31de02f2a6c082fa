"""Data deletion jobs: users who ask to be forgotten."""

from __future__ import annotations

import json

import pytest

from fakes.deletion_jobs import deleted, done, people, request
from fakes.personalize_aws import ACCOUNT, BUCKET, REGION, ROLE, two_tastes


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
