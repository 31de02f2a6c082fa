"""Batch inference and batch segment jobs: JSON Lines from S3 to S3."""

from __future__ import annotations

import pytest

from fakes.batch_jobs import refused, run

INSUFFICIENT = "Insufficient privileges for accessing data in S3."


@pytest.fixture(autouse=True)
def _clean(batches):
    yield  # afterwards, because the fixtures of the module are made before this one, whichever test asks for them first
    environment = batches.aws.environment
    environment.objects.clear()
    environment.denied, environment.trusts, environment.bucket_allows = set(), True, True


@pytest.mark.parametrize(
    "change",
    [
        {"trusts": False},
        {"denied": {"s3:GetObject"}},
        {"denied": {"s3:ListBucket"}},
        {"denied": {"s3:PutObject"}},
        {"bucket_allows": False},
    ],
    ids=["trust", "get", "list", "put", "bucket-policy"],
)
def test_lacking_access_is_refused_when_the_job_is_created(batches, change):
    for name, value in change.items():
        setattr(batches.aws.environment, name, value)
    code, message = refused(batches)
    assert code == "InvalidInputException"
    assert message.startswith(INSUFFICIENT)


@pytest.mark.parametrize("count", [0, -1, 501])
def test_the_number_of_results_is_from_1_to_500(batches, count):
    expected = ("InvalidInputException", f"numResults must be from 1 to 500, got {count}")
    assert refused(batches, numResults=count) == expected


def test_themes_are_refused_by_name(batches):
    code, message = refused(
        batches,
        recipe="aws-sims",
        batchInferenceJobMode="THEME_GENERATION",
        themeGenerationConfig={"fieldsForThemeGeneration": {"itemName": "TITLE"}},
    )
    assert code == "UnsupportedOperation"
    assert message == "batchInferenceJobMode THEME_GENERATION is not supported by the embedded AWS."


def test_ranking_influence_goes_only_with_the_recipe_that_has_it(batches):
    assert refused(batches, recipe="aws-sims", batchInferenceJobConfig={"rankingInfluence": {"FRESHNESS": 0.5}}) == (
        "InvalidInputException",
        "rankingInfluence does not go with the recipe aws-sims, only with aws-semantic-similarity",
    )


def test_a_version_that_is_not_there_is_not_found(batches):
    arn = batches.versions["aws-sims"][:-8] + "ffffffff"
    code, message = refused(batches, solutionVersionArn=arn)
    assert (code, message) == ("ResourceNotFoundException", f"The given solution version does not exist: {arn}")


def test_a_version_in_training_is_in_use(batches):
    batches.aws.service.durations.set("solutionVersion", 1000)
    solution = batches.versions["aws-sims"].rsplit("/", 1)[0]
    try:
        arn = batches.aws.version(solution)
    finally:
        batches.aws.service.durations.clear()
    code, message = refused(batches, solutionVersionArn=arn)
    assert code == "ResourceInUseException"
    assert message.startswith("The given solution version is not ACTIVE, its status is CREATE")


def test_lists_are_narrowed_by_the_solution_version(batches):
    run(batches, {"userId": "u0"})
    job, _ = run(batches, {"itemId": "i1"}, recipe="aws-sims")
    jobs = batches.aws.personalize.list_batch_inference_jobs(solutionVersionArn=batches.versions["aws-sims"])
    listed = jobs["batchInferenceJobs"]
    assert job["batchInferenceJobArn"] in [one["batchInferenceJobArn"] for one in listed]
    assert {one["solutionVersionArn"] for one in listed} == {batches.versions["aws-sims"]}
    assert job["batchInferenceJobArn"].endswith(f":batch-inference-job/{job['jobName']}")


def test_a_second_job_of_the_same_name_is_refused(batches):
    job, _ = run(batches, {"userId": "u0"})
    code, message = refused(batches, jobName=job["jobName"])
    assert code == "ResourceAlreadyExistsException"
    assert message == f"Another resource with Arn {job['batchInferenceJobArn']} already exists."
