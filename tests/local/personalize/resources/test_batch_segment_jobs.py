"""Tests of ``local.personalize.resources.batch_segment_jobs``."""

from __future__ import annotations

from fakes.personalize_aws import BUCKET, ROLE
from fakes.segment_jobs import run


def test_only_recipes_of_user_segmentation_make_segments(aws, refused):
    version = aws.trained(aws.data(), "aws-popularity-count")
    code, message = refused(
        aws.personalize.create_batch_segment_job,
        jobName="segments",
        solutionVersionArn=version,
        jobInput={"s3DataSource": {"path": f"s3://{BUCKET}/in.json"}},
        jobOutput={"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
        roleArn=ROLE,
    )
    assert code == "InvalidInputException"
    assert message.startswith("A batch segment job needs a solution version with a recipe of type USER_SEGMENTATION;")
    assert aws.personalize.list_batch_segment_jobs()["batchSegmentJobs"] == []


def test_too_many_queries_fail_the_job(segments_world):
    queries = [{"itemAttributes": 'ITEMS.genres = "Western"'}] * 11
    job, lines = run(segments_world, "aws-item-attribute-affinity", *queries)
    assert job["status"] == "CREATE FAILED"
    assert job["failureReason"] == "The input file queries.json has 11 queries, at most 10 are allowed."
    assert lines == []


def test_a_bare_solution_of_user_segmentation_shows_no_config(aws):
    group = aws.data()
    bare = aws.describe("solution", aws.solution(group, "aws-item-affinity"))
    assert "solutionConfig" not in bare
    version = aws.settled("solution_version", aws.version(bare["solutionArn"]))
    assert (version["status"], "solutionConfig" in version) == ("ACTIVE", False)
    config = {"algorithmHyperParameters": {"hidden_dimension": "64"}}
    given = aws.solution(group, "aws-item-affinity", name="given", solutionConfig=config)
    assert aws.describe("solution", given)["solutionConfig"] == config
    assert aws.describe("solution", aws.solution(group, name="other"))["solutionConfig"] == {}
