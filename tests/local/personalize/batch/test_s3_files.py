"""Tests of ``s3_files``: the files of jobs: what they read and write in S3, and whether they may."""

from __future__ import annotations

import pytest

from fakes.batch_jobs import run


@pytest.fixture(autouse=True)
def _clean(batches):
    yield  # afterwards, because the fixtures of the module are made before this one, whichever test asks for them first
    environment = batches.aws.environment
    environment.objects.clear()
    environment.denied, environment.trusts, environment.bucket_allows = set(), True, True


def test_a_prefix_means_all_files_under_it_each_with_an_output_of_its_own(batches):
    objects = batches.aws.environment.objects
    objects |= {"in/": b"", "in/a.json": b'{"userId":"u0"}', "in/b.json": b'{"userId":"u1"}', "other.json": b""}
    job, _ = run(batches, source="in/")
    assert job["status"] == "ACTIVE"
    assert sorted(key for key in objects if key.startswith("out/")) == [
        "out/_CHECK",
        "out/a.json.out",
        "out/b.json.out",
    ]


def test_the_bucket_itself_may_be_the_output_folder_and_outputs_are_no_input(batches):
    objects = batches.aws.environment.objects
    objects |= {"users.json": b'{"userId":"u0"}'}
    for _ in range(2):
        job, _ = run(batches, source="users.json", target="")
        assert job["status"] == "ACTIVE"
    assert sorted(objects) == ["_CHECK", "users.json", "users.json.out"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"source": "nothing/"}, "Invalid S3 input path"),
        ({"target": "out"}, "Invalid S3 output path"),
        ({"source": "in/", "target": "in/"}, "Invalid S3 output path"),
    ],
    ids=["no input", "no folder", "the same"],
)
def test_wrong_paths_fail_the_job(batches, options, reason):
    batches.aws.environment.objects["in/users.json"] = b'{"userId":"u0"}'
    job, _ = run(batches, **options)
    assert job["status"] == "CREATE FAILED"
    assert job["failureReason"].startswith(reason)
    assert not [key for key in batches.aws.environment.objects if key.endswith((".out", "_CHECK"))]
