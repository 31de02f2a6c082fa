"""The stages of batch jobs and exports, each usable in a workflow of one's own."""

from __future__ import annotations

import pytest

from fakes.batch_configs import BATCHES
from personalize_sfn import stages, workflows
from personalize_sfn.arns import Arns
from personalize_sfn.errors import ConfigError
from personalize_sfn.sdk import Chain

ARNS = Arns("us-east-1", "123456789012")


def payload_of(step):
    return step.to_dict()["Parameters"]["Payload"]


def test_a_batch_after_a_training_uses_the_version_that_was_trained():
    request = payload_of(stages.batch_inference_job.create_step(BATCHES, ARNS, "newsletter"))["request"]
    assert request["solutionVersionArn.$"] == "$.solutionVersion.solutionVersionArn"


def test_each_execution_has_a_job_of_its_own_only_if_that_is_asked_for():
    plain = payload_of(stages.batch_segment_job.create_step(BATCHES, ARNS, "vip"))
    assert (plain["again"], plain["rootExecution.$"]) == (False, "$$.Execution.Id")
    told = payload_of(stages.batch_segment_job.create_step(BATCHES, ARNS, "vip", again="$.again"))
    assert told["again.$"] == "$.again"
    assert payload_of(stages.dataset_export_job.create_step(BATCHES, ARNS))["again"] is True


def test_a_ranking_keeps_the_length_of_its_lists():
    assert "numResults" not in stages.batch_inference_job.request(BATCHES, ARNS, "ordered")
    assert stages.batch_inference_job.request(BATCHES, ARNS, "alike")["numResults"] == 3


def test_a_stage_of_the_other_kind_says_which_stage_to_use():
    with pytest.raises(ConfigError, match=r"^batch\.vip: is a batch segment job: stages\.batch_segment_job makes it$"):
        stages.batch_inference_job.request(BATCHES, ARNS, "vip")
    with pytest.raises(ConfigError, match=r"^batch\.alike: is a batch inference job: stages\.batch_inference_job"):
        stages.batch_segment_job.request(BATCHES, ARNS, "alike")


def test_an_export_and_a_batch_stand_in_one_chain():
    batch = stages.batch_inference_job.batch_inference_job(
        BATCHES, ARNS, "newsletter", solution_version_arn="$.solutionVersionArn"
    )
    export = stages.dataset_export_job.dataset_export_job(BATCHES, ARNS, "INTERACTIONS", ingestion_mode="$.mode")
    made = workflows.to_dict(Chain([batch, export]))["States"]
    assert made["Batch Inference Job Is Active"]["Next"] == "Create Interactions Dataset Export Job"
    request = made["Create Interactions Dataset Export Job"]["Parameters"]["Payload"]["request"]
    assert request["ingestionMode.$"] == "$.mode"


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
