"""The stage of a batch inference job, usable in a workflow of one's own."""

from __future__ import annotations

from fakes.batch_configs import BATCHES
from personalize_sfn import stages, workflows
from personalize_sfn.arns import Arns

ARNS = Arns("us-east-1", "123456789012")


def payload_of(step):
    return step.to_dict()["Parameters"]["Payload"]


def test_a_batch_after_a_training_uses_the_version_that_was_trained():
    request = payload_of(stages.batch_inference_job.create_step(BATCHES, ARNS, "newsletter"))["request"]
    assert request["solutionVersionArn.$"] == "$.solutionVersion.solutionVersionArn"


def test_a_ranking_keeps_the_length_of_its_lists():
    assert "numResults" not in stages.batch_inference_job.request(BATCHES, ARNS, "ordered")
    assert stages.batch_inference_job.request(BATCHES, ARNS, "alike")["numResults"] == 3


def test_a_batch_waits_through_the_statuses_that_are_documented_and_those_that_were_seen():
    pending = workflows.to_dict(
        stages.batch_inference_job.batch_inference_job(BATCHES, ARNS, "newsletter", solution_version_arn="$.arn")
    )["States"]["Is Batch Inference Job Active?"]["Choices"][2]["Or"]
    assert [each["StringEquals"] for each in pending] == [
        "CREATE PENDING",
        "CREATE IN_PROGRESS",
        "PENDING",
        "IN PROGRESS",
    ]
