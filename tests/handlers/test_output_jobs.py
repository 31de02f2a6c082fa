"""Jobs that write to S3: which version and filter they use, and when the same work is found again."""

from __future__ import annotations

import pytest

from fakes.batch_configs import BATCHES
from fakes.import_events import GROUP, TAGS
from fakes.virtual_personalize import ARNS
from personalize_sfn.config import Config
from personalize_sfn.errors import InvalidInputError, TransientError
from personalize_sfn.ownership import PROJECT_TAG
from personalize_sfn.stages import batch_inference_job, batch_segment_job, dataset_export_job

CONFIG = BATCHES
BUCKET = CONFIG.bucket_name("us-east-1", "123456789012")
INPUT = f"{BUCKET}/movies/in/users.json"
SOLUTION = ARNS.personalize(f"solution/{CONFIG.solution_name('for-you')}")
OUT = f"s3://{BUCKET}/movies/out"


def event(request, *, again=False, execution="one"):
    return {
        "request": request,
        "again": again,
        "rootExecution": ARNS.execution("movies-batch") + execution,
        "tags": {PROJECT_TAG: "movies"},
        "adopt": False,
        "startedAt": "2026-01-01T00:00:00.000Z",
    }


@pytest.fixture
def shop(personalize, s3):
    """Solutions with a version each, the filters of the config, and an input."""
    for key in CONFIG.solutions:
        arn = ARNS.personalize(f"solution/{CONFIG.solution_name(key)}")
        personalize.create_solution(name=CONFIG.solution_name(key), datasetGroupArn=GROUP, tags=TAGS)
        personalize.create_solution_version(solutionArn=arn, name="first", tags=TAGS)
    for name in ("movies-unseen-0123456789ab", "movies-active-0123456789ab"):
        personalize.create_filter(name=name, datasetGroupArn=GROUP, filterExpression="...", tags=TAGS)
    s3.etags[INPUT] = '"users"'
    s3.etags[f"{BUCKET}/movies/in/fans/a.json"] = '"fans"'
    personalize.clock.advance(10)
    return personalize


@pytest.fixture
def newsletter(call, shop):
    request = batch_inference_job.request(CONFIG, ARNS, "newsletter")
    return lambda **more: call("create_batch_inference_job", event(request, **more))


def asked(personalize, operation):
    return [request for name, request in personalize.calls if name == operation]


def test_a_batch_asks_the_newest_active_version_with_the_newest_active_filter_into_a_folder_of_its_own(
    newsletter, personalize
):
    answer = newsletter()
    (request,) = asked(personalize, "CreateBatchInferenceJob")
    name = request["jobName"]
    assert name.startswith("movies-newsletter-")
    assert request == {
        "jobName": name,
        "solutionVersionArn": f"{SOLUTION}/first",
        "filterArn": ARNS.personalize("filter/movies-unseen-0123456789ab"),
        "numResults": 25,
        "jobInput": {"s3DataSource": {"path": f"s3://{INPUT}"}},
        "jobOutput": {"s3DataDestination": {"path": f"{OUT}/batch/newsletter/{name}/"}},
        "roleArn": ARNS.role(CONFIG.role_name("personalize", "us-east-1")),
        "batchInferenceJobConfig": {"itemExplorationConfig": {"explorationWeight": "0.0"}},
        "tags": TAGS,
    }
    assert answer == {
        "batchInferenceJobArn": ARNS.personalize(f"batch-inference-job/{name}"),
        "updating": False,
        "since": answer["since"],
        "outputLocation": f"{OUT}/batch/newsletter/{name}/",
        "solutionVersionArn": f"{SOLUTION}/first",
        "made": {"resource": "batchInferenceJob", "arn": answer["batchInferenceJobArn"], "how": "created"},
    }


def test_the_same_input_version_and_settings_are_paid_for_once(newsletter, personalize):
    first = newsletter(execution="one")
    again = newsletter(execution="two")
    assert {**again, "since": ""} == {**first, "since": ""}
    assert len(personalize.list_batch_inference_jobs()["batchInferenceJobs"]) == 1


def _new_input(personalize, s3):
    s3.etags[INPUT] = '"others"'


def _second_file(personalize, s3):
    s3.etags[f"{INPUT}.more"] = '"more"'


def _new_version(personalize, s3):
    personalize.create_solution_version(solutionArn=SOLUTION, name="second", tags=TAGS)


def _new_filter(personalize, s3):
    personalize.create_filter(name="movies-unseen-ba9876543210", datasetGroupArn=GROUP, filterExpression="...")


@pytest.mark.parametrize("change", [_new_input, _second_file, _new_version, _new_filter])
def test_anything_else_is_another_job(newsletter, personalize, s3, change):
    first = newsletter()["batchInferenceJobArn"]
    change(personalize, s3)
    personalize.clock.advance(1)
    assert newsletter()["batchInferenceJobArn"] != first


def test_asked_for_again_each_execution_has_a_job_of_its_own_which_its_retry_finds(newsletter):
    first, second = (newsletter(again=True, execution=each)["batchInferenceJobArn"] for each in ("one", "two"))
    assert len({newsletter()["batchInferenceJobArn"], first, second}) == 3
    assert newsletter(again=True, execution="two")["batchInferenceJobArn"] == second


def test_a_lost_answer_makes_no_second_job(newsletter, personalize):
    personalize.losing.append("CreateBatchInferenceJob")
    with pytest.raises(TransientError, match="the answer was lost"):
        newsletter()
    newsletter()
    assert len(personalize.list_batch_inference_jobs()["batchInferenceJobs"]) == 1


def test_a_job_that_failed_is_followed_by_another_whose_output_has_another_folder(newsletter, personalize):
    personalize.failing["batchInferenceJob"] = "Invalid S3 input path"
    first = newsletter()
    personalize.failing.clear()
    second = newsletter()
    assert second["batchInferenceJobArn"] == f"{first['batchInferenceJobArn']}-2"
    assert second["outputLocation"] == f"{first['outputLocation'].removesuffix('/')}-2/"


def test_without_an_active_version_it_says_what_to_run(newsletter, personalize):
    del personalize.found[f"{SOLUTION}/first"]
    with pytest.raises(InvalidInputError, match=r"has no ACTIVE version: run the solution workflow first$"):
        newsletter()


def test_a_filter_that_is_being_made_is_waited_for_and_one_that_nobody_made_is_not(newsletter, personalize):
    del personalize.found[ARNS.personalize("filter/movies-unseen-0123456789ab")]
    # Of another key, whose name begins alike.
    personalize.create_filter(name="movies-unseen-too-0123456789ab", datasetGroupArn=GROUP, filterExpression="...")
    with pytest.raises(InvalidInputError, match=r"^there is no ACTIVE filter movies-unseen-<hash>: run the filters"):
        newsletter()
    personalize.seconds["filter"] = 100
    personalize.create_filter(name="movies-unseen-ba9876543210", datasetGroupArn=GROUP, filterExpression="...")
    with pytest.raises(TransientError, match=r"^filter movies-unseen is being made; the batch begins when it is"):
        newsletter()


def test_without_an_input_no_job_is_made_and_it_says_how_to_write_one(newsletter, personalize, s3):
    del s3.etags[INPUT]
    with pytest.raises(InvalidInputError, match=rf"^there is no input at s3://{INPUT}: write JSON Lines there, for"):
        newsletter()
    assert asked(personalize, "CreateBatchInferenceJob") == []


def test_a_batch_of_segments_reads_a_folder_and_has_no_exploration(call, shop):
    answer = call("create_batch_segment_job", event(batch_segment_job.request(CONFIG, ARNS, "vip")))
    (request,) = asked(shop, "CreateBatchSegmentJob")
    assert request["jobInput"] == {"s3DataSource": {"path": f"s3://{BUCKET}/movies/in/fans/"}}
    assert request["numResults"] == 1000
    assert request["filterArn"] == ARNS.personalize("filter/movies-active-0123456789ab")
    assert "batchInferenceJobConfig" not in request
    assert answer["outputLocation"] == request["jobOutput"]["s3DataDestination"]["path"]


def test_an_export_is_made_anew_by_each_execution_and_its_answer_has_no_version(call, shop):
    request = {**dataset_export_job.request(CONFIG, ARNS, "INTERACTIONS"), "ingestionMode": "ALL"}
    first, retry, second = (
        call("create_dataset_export_job", event(request, again=True, execution=each)) for each in ("1", "1", "2")
    )
    assert first["datasetExportJobArn"] == retry["datasetExportJobArn"] != second["datasetExportJobArn"]
    name = first["datasetExportJobArn"].rpartition("/")[2]
    assert first["outputLocation"] == f"{OUT}/export/interactions/{name}/"
    assert "solutionVersionArn" not in first


def test_objects_of_a_key_that_encrypts_the_bucket_are_read_and_written_by_that_key():
    key = "arn:aws:kms:us-east-1:123456789012:key/1"
    config = Config.from_dict(
        {
            "project": "movies",
            "bucket_kms_key_arn": key,
            "batch": {"newsletter": {"solution": "for-you", "input": "movies/in/users.json"}},
        }
    )
    request = batch_inference_job.request(config, ARNS, "newsletter")
    assert request["jobInput"]["s3DataSource"]["kmsKeyArn"] == key
    assert request["jobOutput"]["s3DataDestination"]["kmsKeyArn"] == key
