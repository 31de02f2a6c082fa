"""The main workflow on the embedded AWS: runs, runs again, fails, goes on."""

from __future__ import annotations

import contextlib

import pytest

from fakes.pipelines import Pipeline, interactions
from personalize_sfn.clean_up import ours
from personalize_sfn.errors import WorkflowError
from personalize_sfn.execution import Execution, run

METRICS = {
    "coverage",
    "mean_reciprocal_rank_at_25",
    "normalized_discounted_cumulative_gain_at_5",
    "normalized_discounted_cumulative_gain_at_10",
    "normalized_discounted_cumulative_gain_at_25",
    "precision_at_5",
    "precision_at_10",
    "precision_at_25",
}


_OF_A_SOLUTION = ["solution", "solutionVersion", "campaign"]


def test_the_main_workflow_makes_a_campaign_that_recommends(pipeline: Pipeline):
    output = pipeline.run()
    campaign = pipeline.personalize().describe_campaign(campaignArn=output["campaignArn"])["campaign"]
    assert campaign["status"] == "ACTIVE"
    assert campaign["solutionVersionArn"] == output["solutionVersionArn"]
    assert set(output["metrics"]) == METRICS

    answer = pipeline.run("recommendation", userId="u4", numResults=10)
    assert len(answer["itemList"]) == 10
    even = [item for item in answer["itemList"] if int(item["itemId"][1:]) % 2 == 0]
    assert len(even) >= 8, "an even user likes even items"


@pytest.mark.slow
def test_no_solution_trains_by_itself(pipeline: Pipeline):
    solution_arn = pipeline.run()["solutionArn"]
    solution = pipeline.personalize().describe_solution(solutionArn=solution_arn)["solution"]
    assert solution["performAutoTraining"] is False


@pytest.mark.slow
def test_a_second_run_reuses_all_that_is_active(pipeline: Pipeline):
    first, second = pipeline.run(), pipeline.run()
    assert second == first
    assert len(pipeline.versions(first["solutionArn"])) == 1
    jobs = pipeline.personalize().list_dataset_import_jobs()["datasetImportJobs"]
    assert len(jobs) == 1


@pytest.mark.slow
def test_new_data_is_imported_trained_and_served(pipeline: Pipeline):
    first = pipeline.run()
    pipeline.upload(interactions(seed=5))
    second = pipeline.run()
    assert second["solutionVersionArn"] != first["solutionVersionArn"]
    assert second["campaignArn"] == first["campaignArn"]
    campaign = pipeline.personalize().describe_campaign(campaignArn=second["campaignArn"])["campaign"]
    assert campaign["solutionVersionArn"] == second["solutionVersionArn"]
    assert campaign["latestCampaignUpdate"]["status"] == "ACTIVE"
    assert len(pipeline.personalize().list_dataset_import_jobs()["datasetImportJobs"]) == 2


@pytest.mark.slow
def test_a_run_tells_what_it_made_and_the_next_what_it_found(pipeline: Pipeline):
    told = []
    for again in (False, True):
        execution = run(pipeline.session, pipeline.config)
        execution.wait(timeout=60)
        card = execution.card()
        assert card is not None
        told.append({each["resource"]: each for each in card.to_dicts()})
        assert card.title.startswith("Nothing had to be made") is again
    first, second = told
    assert {name: each["how"] for name, each in first.items()} == dict.fromkeys(first, "created")
    assert {name: each["how"] for name, each in second.items()} == dict.fromkeys(first, "found")
    assert list(first) == ["datasetGroup", "schema", "dataset", "datasetImportJob", *_OF_A_SOLUTION]
    assert first["solutionVersion"]["because"] == "first"
    assert first["solutionVersion"]["metrics"].keys() == first["solutionVersion"]["popularityMetrics"].keys() == METRICS


@pytest.mark.slow
def test_training_can_be_asked_for(pipeline: Pipeline):
    first = pipeline.run()
    second = pipeline.run(train="always")
    assert pipeline.versions(first["solutionArn"]) == [first["solutionVersionArn"], second["solutionVersionArn"]]


STAGES = [
    ("dataset_group", "DatasetGroupFailed"),
    ("dataset_import_job", "DatasetImportJobFailed"),
    ("solution_version", "SolutionVersionFailed"),
    ("campaign", "CampaignFailed"),
]


@pytest.mark.parametrize(("kind", "error"), STAGES, ids=[kind for kind, _ in STAGES])
def test_a_stage_that_fails_says_why_and_the_next_run_goes_on(pipeline: Pipeline, kind: str, error: str):
    pipeline.aws.personalize.faults.fail(kind, reason="the service is out of rabbits")
    with pytest.raises(WorkflowError) as failed:
        pipeline.start().wait(timeout=60)
    assert failed.value.error == error
    assert failed.value.cause.endswith(" is CREATE FAILED: the service is out of rabbits")
    assert "the service is out of rabbits" in str(failed.value)
    assert failed.value.stage

    output = pipeline.run()
    assert pipeline.personalize().describe_campaign(campaignArn=output["campaignArn"])["campaign"]["status"] == "ACTIVE"


@pytest.mark.slow
@pytest.mark.parametrize(
    "operation",
    [
        "CreateSchema",
        "CreateDatasetGroup",
        "CreateDataset",
        "CreateDatasetImportJob",
        "CreateSolution",
        "CreateCampaign",
    ],
)
def test_a_lost_answer_does_no_harm(pipeline: Pipeline, operation: str):
    pipeline.aws.personalize.faults.lose_response_once(operation)
    pipeline.run()


def test_training_is_idempotent_after_a_lost_answer(pipeline: Pipeline):
    pipeline.aws.personalize.faults.lose_response_once("CreateSolutionVersion")
    assert len(pipeline.versions(pipeline.run()["solutionArn"])) == 1


@pytest.mark.slow
def test_throttling_passes(pipeline: Pipeline):
    for operation in ("DescribeDatasetGroup", "CreateDataset", "DescribeSolutionVersion"):
        pipeline.aws.personalize.faults.throttle(operation, times=4)
    pipeline.run()


def test_a_full_quota_is_not_retried_and_says_what_to_do(pipeline: Pipeline):
    for number in range(5):
        pipeline.personalize().create_dataset_group(name=f"other-{number}")
    with pytest.raises(WorkflowError) as failed:
        pipeline.start().wait(timeout=60)
    assert failed.value.error == "QuotaError"
    assert "Delete what is not needed, or ask AWS for a higher quota" in str(failed.value)


@pytest.mark.slow
def test_a_strangers_dataset_group_of_the_same_name_is_left_alone(pipeline: Pipeline):
    pipeline.personalize().create_dataset_group(name="movies")
    with pytest.raises(WorkflowError) as failed:
        pipeline.start().wait(timeout=60)
    assert failed.value.error == "NotOursError"
    assert "set adopt: true" in str(failed.value)
    assert pipeline.personalize().list_datasets()["datasets"] == []


def test_missing_data_says_which_object_is_missing(pipeline: Pipeline):
    bucket = pipeline.config.bucket_name(pipeline.session.region, pipeline.session.account_id)
    pipeline.session.client("s3").delete_object(Bucket=bucket, Key="movies/interactions.csv")
    with pytest.raises(WorkflowError, match=f"s3://{bucket}/movies/interactions.csv"):
        pipeline.start().wait(timeout=60)


@pytest.mark.slow
def test_a_stopped_run_stops_what_it_started_and_the_next_one_goes_on(pipeline: Pipeline):
    pipeline.aws.personalize  # noqa: B018
    execution = pipeline.start()
    while not execution.children():
        assert execution.status == "RUNNING"
    execution.stop(cause="enough")
    with pytest.raises(WorkflowError) as stopped:
        execution.wait(timeout=60)
    assert stopped.value.status == "ABORTED"
    for child in execution.children():
        # A parent's stop reaches its children a moment later, as on AWS; one that was quicker than that has succeeded.
        with contextlib.suppress(WorkflowError):
            child.wait(timeout=60)
        assert child.status in ("ABORTED", "SUCCEEDED")
    pipeline.run()


@pytest.mark.slow
def test_a_run_can_be_picked_up_by_its_arn(pipeline: Pipeline):
    arn = pipeline.start().execution_arn
    assert Execution.attach(arn, session=pipeline.session).wait(timeout=60).get_output()["campaignArn"]


def test_clean_up_removes_what_is_ours_and_nothing_else(pipeline: Pipeline):
    pipeline.run()
    stranger = pipeline.personalize().create_dataset_group(name="strangers")["datasetGroupArn"]
    pipeline.run("clean-up")
    assert ours(pipeline.session, pipeline.config) == []
    left = pipeline.personalize().list_dataset_groups()["datasetGroups"]
    assert [group["datasetGroupArn"] for group in left] == [stranger]
    assert pipeline.personalize().list_schemas()["schemas"] == []


@pytest.mark.slow
def test_data_that_comes_back_is_imported_again(pipeline: Pipeline):
    pipeline.run()
    pipeline.upload(interactions(seed=5))
    pipeline.run("dataset-import")
    pipeline.upload(interactions())
    job = pipeline.run("dataset-import")["datasetImportJobArns"]["interactions"]
    assert job.endswith("-2")
    assert pipeline.run("dataset-import")["datasetImportJobArns"]["interactions"] == job
