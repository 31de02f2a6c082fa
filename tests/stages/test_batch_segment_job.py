"""The stage of a batch segment job, usable in a workflow of one's own."""

from __future__ import annotations

from fakes.batch_configs import BATCHES
from personalize_sfn import stages
from personalize_sfn.arns import Arns

ARNS = Arns("us-east-1", "123456789012")


def payload_of(step):
    return step.to_dict()["Parameters"]["Payload"]


def test_each_execution_has_a_job_of_its_own_only_if_that_is_asked_for():
    plain = payload_of(stages.batch_segment_job.create_step(BATCHES, ARNS, "vip"))
    assert (plain["again"], plain["rootExecution.$"]) == (False, "$$.Execution.Id")
    told = payload_of(stages.batch_segment_job.create_step(BATCHES, ARNS, "vip", again="$.again"))
    assert told["again.$"] == "$.again"
    assert payload_of(stages.dataset_export_job.create_step(BATCHES, ARNS))["again"] is True
