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
    states = states_of(workflows.main(CONFIG, ARNS))
    own = "States.Format('{}-{}', $.key, States.Hash($$.Execution.Name, 'SHA-1'))"
    names = {
        "Run Dataset Workflow": "$$.Execution.Name",
        "Run Dataset Import Workflow": "$$.Execution.Name",
        # Of one machine there are several, one for each solution.
        "Run Solution Workflow": own,
        "Run Campaign Workflow": own,
    }
    children = {**states, **states["Train and Serve Each Solution"]["Iterator"]["States"]}
    assert {name for name, child in children.items() if "StateMachineArn" in child.get("Parameters", {})} == set(names)
    for name, given in names.items():
        child = children[name]
        assert child["Parameters"]["Name.$"] == given
        assert retries(child) == dict.fromkeys(
            (
                "StepFunctions.ExecutionLimitExceeded",
                "StepFunctions.ExecutionLimitExceededException",
                "StepFunctions.AWSStepFunctionsException",
                "StepFunctions.SdkClientException",
            ),
            8,
        )
