"""Tests of ``workflows.composition``."""

from __future__ import annotations

from personalize_sfn import workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.sdk import Chain, Graph, State

ARNS = Arns("us-east-1", "123456789012")
CONFIG = Config(project="movies")


def states_of(definition: State | Chain) -> dict:
    return Graph(definition).to_dict()["States"]


def retries(state: dict) -> dict[str, int]:
    """How often each error is tried again."""
    return {name: retry["MaxAttempts"] for retry in state["Retry"] for name in retry["ErrorEquals"]}


def test_a_child_that_did_not_start_is_started_again_under_the_same_name():
    children = [state for state in states_of(workflows.main(CONFIG, ARNS)).values() if state["Type"] == "Task"]

    assert len(children) == 4
    for child in children:
        assert child["Parameters"]["Name.$"] == "$$.Execution.Name"
        assert retries(child) == dict.fromkeys(
            (
                "StepFunctions.ExecutionLimitExceeded",
                "StepFunctions.ExecutionLimitExceededException",
                "StepFunctions.AWSStepFunctionsException",
                "StepFunctions.SdkClientException",
            ),
            8,
        )
