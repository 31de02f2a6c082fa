"""Errors: their names and what catches them."""

from __future__ import annotations

import json

from fakes.state_machines import (
    LAMBDA,
    calling,
    catching,
    choosing,
    fails_with,
    machine,
    nested,
    parallel,
    passing,
    task,
)
from fakes.stepfunctions_aws import ACCOUNT, REGION, Aws


def test_a_choice_without_a_match_fails_with_no_choice_matched(aws: Aws) -> None:
    definition = choosing("$.a")
    del definition["States"]["No"]
    ended = aws.run(definition, {"a": 5})
    assert (ended["status"], ended["error"]) == ("FAILED", "States.NoChoiceMatched")
    assert ended["cause"] == (
        "An error occurred while executing the state 'C' (entered at the event id #2). "
        "Failed to transition out of the state. The state does not point to a next state."
    )


MISSING_PATH = task(LAMBDA, {"FunctionName": "f", "Payload.$": "$.missing"})


def test_states_all_does_not_catch_a_runtime_error(aws: Aws) -> None:
    ended = aws.run(catching(["States.ALL"], MISSING_PATH))
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")


def test_states_runtime_is_not_caught_even_by_its_name(aws: Aws) -> None:
    ended = aws.run(catching(["States.Runtime"], MISSING_PATH))
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")


def test_an_error_of_a_function_has_the_name_of_its_exception_and_the_payload_as_cause(aws: Aws) -> None:
    aws.functions["f"] = fails_with("QuotaError", "full")
    for names in (["States.TaskFailed"], ["States.ALL"], ["Other", "QuotaError"]):
        caught = aws.output(catching(names, calling("f")))
        assert caught["Error"] == "QuotaError"
        assert json.loads(caught["Cause"]) == {"errorMessage": "full", "errorType": "QuotaError", "stackTrace": []}
    assert aws.run(catching(["Other"], calling("f")))["error"] == "QuotaError"


def test_a_parallel_whose_nested_execution_fails_can_be_caught(aws: Aws) -> None:
    child = aws.create("child", machine("F", F={"Type": "Fail", "Error": "DatasetFailed", "Cause": "no rows"}))
    definition = parallel(nested(child), Catch=[{"ErrorEquals": ["States.TaskFailed"], "Next": "Caught"}])
    definition["States"]["Caught"] = {"Type": "Pass", "End": True}
    caught = aws.output(definition)
    assert caught["Error"] == "States.TaskFailed"
    cause = json.loads(caught["Cause"])
    assert (cause["Status"], cause["Error"], cause["Cause"]) == ("FAILED", "DatasetFailed", "no rows")


BROKEN_INTRINSIC = passing(Parameters={"x.$": "States.ArrayGetItem($.a, 9)"})


def test_an_intrinsic_that_fails_has_its_own_error(aws: Aws) -> None:
    ended = aws.run(BROKEN_INTRINSIC, {"a": [1]})
    assert (ended["status"], ended["error"]) == ("FAILED", "States.IntrinsicFailure")
    assert "The function 'States.ArrayGetItem($.a, 9)' had the following error: " in ended["cause"]


def test_errors_of_services_are_named_as_on_aws(aws: Aws) -> None:
    lambda_arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:absent"
    named = {
        "S3.NoSuchBucketException": task("arn:aws:states:::aws-sdk:s3:listObjectsV2", {"Bucket": "absent"}),
        "StepFunctions.StateMachineDoesNotExistException": nested(
            f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:absent"
        ),
        "Lambda.ResourceNotFoundException": calling("absent"),
    }
    assert {name: aws.run(definition)["error"] for name, definition in named.items()} == {name: name for name in named}
    assert aws.run(task(lambda_arn))["error"] == "Lambda.ResourceNotFoundException"
