"""Running another workflow, and why it failed."""

from __future__ import annotations

import json

import pytest

from fakes.small_machines import ran
from personalize_sfn import workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.sdk import Chain, Graph, State
from personalize_sfn.statemachine import StateMachine
from personalize_sfn.workflows.children import explain_failure

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


MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:movies-solution"
FUNCTION_SAID = json.dumps({"errorMessage": "no such bucket", "errorType": "DataError"})
ADVICE = "(Fix the cause, then run it again: finished steps are not repeated.)"


def failed_child(**child) -> dict[str, str]:
    return {"Error": "States.TaskFailed", "Cause": json.dumps({"StateMachineArn": MACHINE, **child})}


@pytest.mark.parametrize(
    ("failure", "error", "cause"),
    [
        (
            failed_child(Status="FAILED", Error="DataError", Cause=FUNCTION_SAID),
            "DataError",
            f"movies-solution: no such bucket {ADVICE}",
        ),
        (
            failed_child(Status="FAILED", Error="Mine", Cause="a sentence"),
            "Mine",
            f"movies-solution: a sentence {ADVICE}",
        ),
        (
            failed_child(Status="FAILED", Error="Mine"),
            "Mine",
            f"movies-solution failed and gave no cause. {ADVICE}",
        ),
        (
            failed_child(Status="ABORTED"),
            "SubWorkflowStopped",
            "movies-solution ended as ABORTED. Run it again: finished steps are not repeated.",
        ),
        (
            {"Error": "States.Timeout"},
            "States.Timeout",
            "A sub-workflow did not end within its time limit, or did not say why it failed. "
            "Run it again: finished steps are not repeated.",
        ),
        (
            {"Error": "StepFunctions.ExecutionLimitExceeded", "Cause": "too many"},
            "StepFunctions.ExecutionLimitExceeded",
            "too many",
        ),
    ],
)
def test_the_cause_of_a_failed_child_is_one_sentence_with_what_to_do(failure, error, cause):
    execution = ran(StateMachine(Graph(explain_failure()).to_dict()), {"failure": failure})
    assert (execution.status, execution.error, execution.cause) == ("FAILED", error, cause)
