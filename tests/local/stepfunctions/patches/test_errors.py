"""Errors: their names and what catches them.

When moto no longer has a defect, the test of moto without the patch fails, and the patch can go.
"""

from __future__ import annotations

import json

import pytest

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
from personalize_sfn.local.stepfunctions import patches
from personalize_sfn.local.stepfunctions.patches import errors


def test_a_choice_without_a_match_fails_with_no_choice_matched(aws: Aws) -> None:
    definition = choosing("$.a")
    del definition["States"]["No"]
    ended = aws.run(definition, {"a": 5})
    assert (ended["status"], ended["error"]) == ("FAILED", "States.NoChoiceMatched")
    assert ended["cause"] == "No choice rule of the state 'C' matched its input, and it has no Default."


def test_moto_still_reports_no_match_as_a_python_exception(aws: Aws) -> None:
    definition = choosing("$.a")
    del definition["States"]["No"]
    with patches.unpatched(errors.a_choice_without_a_match_has_its_own_error):
        ended = aws.run(definition, {"a": 5})
    assert ended["error"] == "States.Runtime"
    assert ended["cause"].startswith("RuntimeError(")


MISSING_PATH = task(LAMBDA, {"FunctionName": "f", "Payload.$": "$.missing"})


def test_states_all_does_not_catch_a_runtime_error(aws: Aws) -> None:
    ended = aws.run(catching(["States.ALL"], MISSING_PATH))
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")


def test_states_runtime_can_be_caught_by_its_name(aws: Aws) -> None:
    assert aws.output(catching(["States.Runtime"], MISSING_PATH))["Error"] == "States.Runtime"


def test_moto_still_catches_runtime_errors_with_states_all(aws: Aws) -> None:
    with patches.unpatched(errors.wildcards_match_what_aws_matches):
        assert aws.output(catching(["States.ALL"], MISSING_PATH))["Error"] == "States.Runtime"


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


def test_moto_still_loses_the_error_of_a_nested_execution_in_a_parallel(aws: Aws) -> None:
    child = aws.create("child", machine("F", F={"Type": "Fail", "Error": "DatasetFailed"}))
    with patches.unpatched(errors.a_branch_may_fail_with_a_states_error):
        ended = aws.run(parallel(nested(child)))
    assert ended["error"] == "States.Runtime"
    assert "MUST NOT begin with the prefix" in ended["cause"]


BROKEN_INTRINSIC = passing(Parameters={"x.$": "States.ArrayGetItem($.a, 9)"})


def test_an_intrinsic_that_fails_has_its_own_error(aws: Aws) -> None:
    ended = aws.run(BROKEN_INTRINSIC, {"a": [1]})
    assert (ended["status"], ended["error"]) == ("FAILED", "States.IntrinsicFailure")
    assert ended["cause"].startswith("The function 'States.ArrayGetItem($.a, 9)' had the following error: ")


def test_moto_still_reports_a_failing_intrinsic_as_a_runtime_error(aws: Aws) -> None:
    with patches.unpatched(errors.a_failing_intrinsic_has_its_own_error):
        assert aws.run(BROKEN_INTRINSIC, {"a": [1]})["error"] == "States.Runtime"


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


def test_moto_still_uses_the_resource_name_in_errors(aws: Aws) -> None:
    with patches.unpatched(errors.errors_of_services_have_aws_names):
        ended = aws.run(task("arn:aws:states:::aws-sdk:s3:listObjectsV2", {"Bucket": "absent"}))
    assert ended["error"] == "s3.NoSuchBucketException"


def test_a_failing_state_is_not_logged_as_an_error(aws: Aws, caplog: pytest.LogCaptureFixture) -> None:
    definition = machine("F", F={"Type": "Fail", "Error": "E"})
    aws.run(definition)
    assert [record for record in caplog.records if record.name.endswith("eval_component")] == []
    with patches.unpatched(errors.a_failing_state_is_no_fault_of_the_interpreter):
        aws.run(definition)
    assert [record.levelname for record in caplog.records if record.name.endswith("eval_component")] == ["ERROR"]
