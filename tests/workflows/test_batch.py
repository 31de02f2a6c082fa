"""The workflow of batches."""

from __future__ import annotations

import pytest

from fakes.batch_configs import BATCHES
from personalize_sfn import stages, workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config

ARNS = Arns("us-east-1", "123456789012")


@pytest.fixture(scope="module")
def states():
    return workflows.to_dict(workflows.definitions(BATCHES, ARNS, ["batch"])["batch"])["States"]


def test_it_runs_the_batch_that_the_input_names_by_default_the_first(states):
    assert states["Set Defaults"]["Parameters"]["defaults"] == {"job": "newsletter", "again": False}
    ways = {rule["StringEquals"]: rule["Next"] for rule in states["Which Batch?"]["Choices"] if "StringEquals" in rule}
    assert ways == {key: f"Take {key}" for key in BATCHES.batch}
    assert states["Take newsletter"]["Result"] == stages.batch_inference_job.request(BATCHES, ARNS, "newsletter")
    assert states["Take newsletter"]["Next"] == "Create Batch Inference Job"
    assert states["Take vip"]["Next"] == "Create Batch Segment Job"


def test_the_input_may_bring_a_request_of_its_own(states):
    given = [rule for rule in states["Which Batch?"]["Choices"] if "IsPresent" in rule]
    assert {rule["Variable"]: rule["Next"] for rule in given} == {
        "$.input.batchInferenceJob": "Take Given Batch Inference Job",
        "$.input.batchSegmentJob": "Take Given Batch Segment Job",
    }
    assert states["Take Given Batch Segment Job"]["InputPath"] == "$.input.batchSegmentJob"
    assert states["Create Batch Segment Job"]["Parameters"]["Payload"]["request.$"] == "$.request"


def test_a_batch_that_the_config_does_not_have_fails_with_those_that_it_has(states):
    assert states[states["Which Batch?"]["Default"]]["CausePath"] == (
        "States.Format('there is no batch {}: expected one of newsletter, alike, ordered, vip', $.input.job)"
    )


def test_it_answers_the_job_where_its_output_is_and_which_version_answered(states):
    assert states["Return Batch Segment Job"]["Parameters"] == {
        "batchSegmentJobArn.$": "$.batchSegmentJob.batchSegmentJobArn",
        "outputLocation.$": "$.batchSegmentJob.outputLocation",
        "solutionVersionArn.$": "$.batchSegmentJob.solutionVersionArn",
    }


def test_without_segments_it_has_no_states_of_theirs_and_without_batches_there_is_no_such_workflow():
    values = {"project": "movies", "batch": {"newsletter": {"solution": "for-you", "input": "in/users.json"}}}
    made = workflows.to_dict(workflows.definitions(Config.from_dict(values), ARNS)["batch"])["States"]
    assert not [name for name in made if "Segment" in name]
    assert not {"batch", "export"} & set(workflows.definitions(Config(project="movies"), ARNS))
