"""The stage of an export, usable in a workflow of one's own."""

from __future__ import annotations

from fakes.batch_configs import BATCHES
from personalize_sfn import stages, workflows
from personalize_sfn.arns import Arns
from personalize_sfn.sdk import Chain

ARNS = Arns("us-east-1", "123456789012")


def test_an_export_and_a_batch_stand_in_one_chain():
    batch = stages.batch_inference_job.batch_inference_job(
        BATCHES, ARNS, "newsletter", solution_version_arn="$.solutionVersionArn"
    )
    export = stages.dataset_export_job.dataset_export_job(BATCHES, ARNS, "INTERACTIONS", ingestion_mode="$.mode")
    made = workflows.to_dict(Chain([batch, export]))["States"]
    assert made["Batch Inference Job Is Active"]["Next"] == "Create Interactions Dataset Export Job"
    request = made["Create Interactions Dataset Export Job"]["Parameters"]["Payload"]["request"]
    assert request["ingestionMode.$"] == "$.mode"
