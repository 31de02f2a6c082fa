"""Each mend of moto's interpreter, and moto without it: when the second test of a pair fails, the mend can go."""

from __future__ import annotations

import json
import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from sfn_aws import ACCOUNT, REGION, ROLE, Aws, FunctionError

from personalize_sfn.local import stepfunctions
from personalize_sfn.local.stepfunctions import mends
from personalize_sfn.local.stepfunctions.mends import calls, clock, ending, errors, paths, values

LAMBDA = "arn:aws:states:::lambda:invoke"
CHILD = "arn:aws:states:::states:startExecution.sync:2"


def machine(first: str, **states: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": first, "States": states}


def passing(**fields: Any) -> dict[str, Any]:
    return machine("P", P={"Type": "Pass", "End": True, **fields})


def task(resource: str, parameters: Any = None, **fields: Any) -> dict[str, Any]:
    more = {} if parameters is None else {"Parameters": parameters}
    return machine("T", T={"Type": "Task", "Resource": resource, "End": True, **more, **fields})


def calling(function: str, **fields: Any) -> dict[str, Any]:
    return task(LAMBDA, {"FunctionName": function, "Payload.$": "$"}, **fields)


def nested(arn: str, **fields: Any) -> dict[str, Any]:
    return task(CHILD, {"StateMachineArn": arn, "Input.$": "$", "Name.$": "$$.Execution.Name"}, **fields)


def choosing(variable: str, value: Any = 4, operator: str = "NumericEquals", **more: Any) -> dict[str, Any]:
    return machine(
        "C",
        C={"Type": "Choice", "Choices": [{"Variable": variable, operator: value, "Next": "Yes"}], **more},
        Yes={"Type": "Pass", "Result": "yes", "End": True},
        No={"Type": "Pass", "Result": "no", "End": True},
    )


def events(aws: Aws, arn: str) -> list[str]:
    history = aws.client("stepfunctions").get_execution_history(executionArn=arn, maxResults=1000)
    return [event["type"] for event in history["events"]]


class Gate:
    """A function that says when it was called and returns only when told to."""

    def __init__(self) -> None:
        self.entered, self.open = threading.Event(), threading.Event()

    def __call__(self, event: Any) -> str:
        self.entered.set()
        assert self.open.wait(20)
        return "done"


def fails_with(name: str, message: str = "why") -> Any:
    def function(event: Any) -> None:
        raise FunctionError(name, message)

    return function


# -- requests and responses (G2, G3) -----------------------------------------------------------------------------------


def test_a_nested_execution_answers_in_pascal_case_with_parsed_input_and_output(aws: Aws) -> None:
    child = aws.create("child", passing(Parameters={"b.$": "$.a"}))
    output = aws.output(nested(child), {"a": 7})
    assert output["ExecutionArn"] == f"arn:aws:states:{REGION}:{ACCOUNT}:execution:child:run"
    assert (output["Status"], output["Name"], output["Input"], output["Output"]) == (
        "SUCCEEDED",
        "run",
        {"a": 7},
        {"b": 7},
    )
    assert type(output["StartDate"]) is int
    assert output["StopDate"] >= output["StartDate"] > 1_700_000_000_000


def test_moto_still_passes_parameters_in_the_casing_of_the_state(aws: Aws) -> None:
    child = aws.create("child", passing())
    with mends.unmended(values.names_and_types_of_requests_and_responses):
        ended = aws.run(nested(child))
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")
    assert "stateMachineArn" in ended["cause"] or "StateMachineArn" in ended["cause"]


def test_an_sdk_task_takes_pascal_case_and_answers_times_as_text(aws: Aws) -> None:
    aws.client("s3").create_bucket(Bucket="bucket-1")
    output = aws.output(task("arn:aws:states:::aws-sdk:s3:listBuckets"))
    assert output["Buckets"][0]["Name"] == "bucket-1"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", output["Buckets"][0]["CreationDate"])
    location = aws.output(task("arn:aws:states:::aws-sdk:s3:getBucketLocation", {"Bucket": "bucket-1"}))
    assert location == {"LocationConstraint": None} or location == {}


def test_the_context_object_is_json_with_milliseconds(aws: Aws) -> None:
    output = aws.output(passing(Parameters={"c.$": "$$", "start.$": "$$.Execution.StartTime"}), {"x": 1})
    assert output["c"]["Execution"]["Input"] == {"x": 1}
    assert output["c"]["Execution"]["RoleArn"] == ROLE
    for text in (output["start"], output["c"]["State"]["EnteredTime"]):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text)


def test_moto_still_puts_a_datetime_into_the_context_object(aws: Aws) -> None:
    with mends.unmended(values.times_of_the_context_object):
        output = aws.output(passing(Parameters={"start.$": "$$.Execution.StartTime"}))
    assert output["start"].endswith("+00:00")


# -- paths (G4, G5) ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.a[0].b", 4),
        ("$.a[0]['b']", 4),
        ("$.a[-1].b", 5),
        ("$.a[0]", {"b": 4}),
        ("$.a[*].b", [4, 5]),
        ("$.a[0:1].b", [4]),
        ("$.a[?(@.b == 5)].b", [5]),
        ("$.one[*].b", [6]),
        ("$['odd, name:*']", 7),
    ],
)
def test_a_definite_path_gives_a_value_and_an_indefinite_one_a_list(aws: Aws, path: str, expected: Any) -> None:
    given = {"a": [{"b": 4}, {"b": 5}], "one": [{"b": 6}], "odd, name:*": 7}
    assert aws.output(passing(Parameters={"x.$": path}), given) == {"x": expected}


def test_a_choice_sees_through_an_index(aws: Aws) -> None:
    assert aws.output(choosing("$.a[0].b", Default="No"), {"a": [{"b": 4}]}) == "yes"


def test_moto_still_gives_a_list_for_an_index_followed_by_a_field(aws: Aws) -> None:
    with mends.unmended(paths.a_definite_path_gives_a_value):
        assert aws.output(passing(Parameters={"x.$": "$.a[0].b"}), {"a": [{"b": 4}]}) == {"x": [4]}


def test_a_choice_on_a_missing_variable_fails_and_says_which(aws: Aws) -> None:
    ended = aws.run(choosing("$.missing", Default="No"))
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")
    expected = "Invalid path '$.missing': The choice state's condition path references an invalid value."
    assert ended["cause"].endswith(expected)


def test_a_choice_may_ask_whether_a_variable_is_present(aws: Aws) -> None:
    assert aws.output(choosing("$.missing", False, "IsPresent", Default="No")) == "yes"


def test_moto_still_takes_the_default_for_a_missing_variable(aws: Aws) -> None:
    with mends.unmended(paths.a_choice_on_a_missing_variable_fails):
        assert aws.output(choosing("$.missing", Default="No")) == "no"


# -- errors (G6, G7, G16) ----------------------------------------------------------------------------------------------


def test_a_choice_without_a_match_fails_with_no_choice_matched(aws: Aws) -> None:
    definition = choosing("$.a")
    del definition["States"]["No"]
    ended = aws.run(definition, {"a": 5})
    assert (ended["status"], ended["error"]) == ("FAILED", "States.NoChoiceMatched")
    assert ended["cause"] == "No choice rule of the state 'C' matched its input, and it has no Default."


def test_moto_still_reports_no_match_as_a_python_exception(aws: Aws) -> None:
    definition = choosing("$.a")
    del definition["States"]["No"]
    with mends.unmended(errors.a_choice_without_a_match_has_its_own_error):
        ended = aws.run(definition, {"a": 5})
    assert ended["error"] == "States.Runtime"
    assert ended["cause"].startswith("RuntimeError(")


def catching(names: list[str], state: dict[str, Any]) -> dict[str, Any]:
    first = {**state["States"]["T"], "Catch": [{"ErrorEquals": names, "Next": "Caught"}]}
    return machine("T", T=first, Caught={"Type": "Pass", "End": True})


MISSING_PATH = task(LAMBDA, {"FunctionName": "f", "Payload.$": "$.missing"})


def test_states_all_does_not_catch_a_runtime_error(aws: Aws) -> None:
    ended = aws.run(catching(["States.ALL"], MISSING_PATH))
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")


def test_states_runtime_can_be_caught_by_its_name(aws: Aws) -> None:
    assert aws.output(catching(["States.Runtime"], MISSING_PATH))["Error"] == "States.Runtime"


def test_moto_still_catches_runtime_errors_with_states_all(aws: Aws) -> None:
    with mends.unmended(errors.wildcards_match_what_aws_matches):
        assert aws.output(catching(["States.ALL"], MISSING_PATH))["Error"] == "States.Runtime"


def test_an_error_of_a_function_has_the_name_of_its_exception_and_the_payload_as_cause(aws: Aws) -> None:
    aws.functions["f"] = fails_with("QuotaError", "full")
    for names in (["States.TaskFailed"], ["States.ALL"], ["Other", "QuotaError"]):
        caught = aws.output(catching(names, calling("f")))
        assert caught["Error"] == "QuotaError"
        assert json.loads(caught["Cause"]) == {"errorMessage": "full", "errorType": "QuotaError", "stackTrace": []}
    assert aws.run(catching(["Other"], calling("f")))["error"] == "QuotaError"


def parallel(*branches: dict[str, Any], **fields: Any) -> dict[str, Any]:
    first = {"Type": "Parallel", "Branches": list(branches), "End": True, **fields}
    return machine("Both", Both=first)


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
    with mends.unmended(errors.a_branch_may_fail_with_a_states_error):
        ended = aws.run(parallel(nested(child)))
    assert ended["error"] == "States.Runtime"
    assert "MUST NOT begin with the prefix" in ended["cause"]


BROKEN_INTRINSIC = passing(Parameters={"x.$": "States.ArrayGetItem($.a, 9)"})


def test_an_intrinsic_that_fails_has_its_own_error(aws: Aws) -> None:
    ended = aws.run(BROKEN_INTRINSIC, {"a": [1]})
    assert (ended["status"], ended["error"]) == ("FAILED", "States.IntrinsicFailure")
    assert ended["cause"].startswith("The function 'States.ArrayGetItem($.a, 9)' had the following error: ")


def test_moto_still_reports_a_failing_intrinsic_as_a_runtime_error(aws: Aws) -> None:
    with mends.unmended(errors.a_failing_intrinsic_has_its_own_error):
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
    with mends.unmended(errors.errors_of_services_have_aws_names):
        ended = aws.run(task("arn:aws:states:::aws-sdk:s3:listObjectsV2", {"Bucket": "absent"}))
    assert ended["error"] == "s3.NoSuchBucketException"


def test_a_failing_state_is_not_logged_as_an_error(aws: Aws, caplog: pytest.LogCaptureFixture) -> None:
    definition = machine("F", F={"Type": "Fail", "Error": "E"})
    aws.run(definition)
    assert [record for record in caplog.records if record.name.endswith("eval_component")] == []
    with mends.unmended(errors.a_failing_state_is_no_fault_of_the_interpreter):
        aws.run(definition)
    assert [record.levelname for record in caplog.records if record.name.endswith("eval_component")] == ["ERROR"]


# -- time (G17, G19, scaling) ------------------------------------------------------------------------------------------


def test_an_hour_of_wait_and_a_minute_of_backoff_pass_in_seconds(aws: Aws) -> None:
    attempts: list[Any] = []

    def second_time_lucky(event: Any) -> int:
        attempts.append(event)
        if len(attempts) < 2:
            raise FunctionError("TransientError", "throttled")
        return len(attempts)

    aws.functions["f"] = second_time_lucky
    retry = [{"ErrorEquals": ["TransientError"], "IntervalSeconds": 60, "MaxAttempts": 1}]
    definition = calling("f", Retry=retry)
    definition["States"]["W"] = {"Type": "Wait", "SecondsPath": "$.pause", "Next": "T"}
    definition["StartAt"] = "W"
    begun = time.monotonic()
    assert aws.output(definition, {"pause": 3600})["Payload"] == 2
    assert 3.66 <= time.monotonic() - begun < 15


def test_waits_take_their_time_when_nothing_is_scaled(aws: Aws) -> None:
    stepfunctions.install(stepfunctions.Settings(endpoint_url=lambda: aws.url, wait_scale=1))
    begun = time.monotonic()
    aws.output(machine("W", W={"Type": "Wait", "Seconds": 1, "End": True}))
    assert time.monotonic() - begun >= 1


def test_moto_itself_waits_real_seconds(aws: Aws) -> None:
    with mends.unmended(clock.waits_are_scaled):
        begun = time.monotonic()
        aws.output(machine("W", W={"Type": "Wait", "Seconds": 1, "End": True}))
    assert time.monotonic() - begun >= 1


def test_a_timestamp_is_read_as_utc_with_its_fraction(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    from moto.stepfunctions.parser.asl.component.state.wait.wait_function import timestamp as module

    class Literal:
        literal_value = "2030-01-01T00:00:00.5Z"

        def eval(self, env: Any) -> None:
            env.stack.append(self.literal_value)

    class Env:
        stack: list[Any] = []  # noqa: RUF012

    wait = module.Timestamp(Literal())
    expected = 1893456000.5 - time.time()
    assert wait._get_wait_seconds(Env()) == pytest.approx(expected, abs=0.2)
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert wait._get_wait_seconds(Env()) == pytest.approx(expected, abs=0.5)
        with mends.unmended(clock.timestamps_are_utc):
            assert wait._get_wait_seconds(Env()) == pytest.approx(expected + 5 * 3600, abs=2)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_time_limits_are_scaled_down_to_a_floor_and_never_up() -> None:
    settings = stepfunctions.Settings()
    assert [settings.scaled_timeout(seconds) for seconds in (2, 30, 3600, 172_800)] == [2, 30, 30, 172.8]
    assert [settings.scaled_wait(seconds) for seconds in (0, 1, 60)] == [0, 0.001, 0.06]


def test_a_task_that_takes_too_long_times_out_and_the_history_keeps_the_limit_of_the_definition(aws: Aws) -> None:
    gate = aws.functions["slow"] = Gate()
    floor = stepfunctions.Settings(endpoint_url=lambda: aws.url, timeout_floor_seconds=0.3)
    stepfunctions.install(floor)
    arn = aws.start(aws.create("m", catching(["States.Timeout"], calling("slow", TimeoutSeconds=120))))
    ended = aws.wait(arn)
    gate.open.set()
    assert json.loads(ended["output"])["Error"] == "States.Timeout"
    history = aws.client("stepfunctions").get_execution_history(executionArn=arn)["events"]
    scheduled = next(event for event in history if event["type"] == "TaskScheduled")
    assert scheduled["taskScheduledEventDetails"]["timeoutInSeconds"] == 120
    assert "TaskSucceeded" not in events(aws, arn)


def test_moto_itself_counts_real_seconds_for_the_limits_of_tasks(aws: Aws) -> None:
    gate = aws.functions["slow"] = Gate()
    stepfunctions.install(stepfunctions.Settings(endpoint_url=lambda: aws.url, timeout_floor_seconds=0.1))
    with mends.unmended(clock.time_limits_of_states_are_scaled):
        begun = time.monotonic()
        ended = aws.run(calling("slow", TimeoutSeconds=1))
    gate.open.set()
    assert ended["error"] == "States.Timeout"
    assert time.monotonic() - begun >= 1


# -- ends (G8, G14, G17, G20) ------------------------------------------------------------------------------------------


def test_a_stop_ends_the_execution_at_once_with_its_error_and_cause(aws: Aws) -> None:
    gate = aws.functions["slow"] = Gate()
    arn = aws.start(aws.create("m", calling("slow")))
    assert gate.entered.wait(10)
    stopped = aws.client("stepfunctions").stop_execution(executionArn=arn, error="Enough", cause="asked to")
    ended = aws.client("stepfunctions").describe_execution(executionArn=arn)
    assert (ended["status"], ended["error"], ended["cause"]) == ("ABORTED", "Enough", "asked to")
    assert stopped["stopDate"] == ended["stopDate"]
    gate.open.set()
    with pytest.raises(AssertionError, match="still"):
        wait_for(lambda: events(aws, arn)[-1] != "ExecutionAborted", 0.3)
    assert events(aws, arn)[-1] == "ExecutionAborted"


def wait_for(condition: Any, seconds: float = 10) -> None:
    pause = threading.Event()
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "still not so"
        pause.wait(0.01)


def test_moto_still_waits_for_the_task_in_flight_when_stopped(aws: Aws) -> None:
    gate = aws.functions["slow"] = Gate()
    arn = aws.start(aws.create("m", calling("slow")))
    assert gate.entered.wait(10)
    with mends.unmended(ending.a_stop_is_immediate):
        aws.client("stepfunctions").stop_execution(executionArn=arn)
        status = aws.client("stepfunctions").describe_execution(executionArn=arn)["status"]
        gate.open.set()
        aws.wait(arn)
    assert status == "RUNNING"


def test_moto_still_writes_the_success_of_a_task_after_a_stop(aws: Aws) -> None:
    gate = aws.functions["slow"] = Gate()
    arn = aws.start(aws.create("m", calling("slow")))
    assert gate.entered.wait(10)
    with mends.unmended(ending.nothing_follows_the_end), mends.unmended(ending.a_stop_is_immediate):
        aws.client("stepfunctions").stop_execution(executionArn=arn)
        gate.open.set()
        aws.wait(arn)
        assert "TaskSucceeded" in events(aws, arn)


def test_a_stop_interrupts_a_wait_and_a_backoff(aws: Aws) -> None:
    aws.functions["f"] = fails_with("Transient")
    stepfunctions.install(stepfunctions.Settings(endpoint_url=lambda: aws.url, wait_scale=1))
    threads = threading.active_count()
    waiting = aws.start(aws.create("waits", machine("W", W={"Type": "Wait", "Seconds": 900, "End": True})))
    backing_off = aws.start(
        aws.create("retries", calling("f", Retry=[{"ErrorEquals": ["Transient"], "IntervalSeconds": 900}]))
    )
    wait_for(lambda: "WaitStateEntered" in events(aws, waiting) and "TaskFailed" in events(aws, backing_off))
    for arn in (waiting, backing_off):
        aws.client("stepfunctions").stop_execution(executionArn=arn)
        assert aws.wait(arn, 1)["status"] == "ABORTED"
    wait_for(lambda: threading.active_count() <= threads + 4)


def test_moto_still_sleeps_through_a_backoff() -> None:
    from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl

    with mends.unmended(clock.backoffs_are_scaled_and_interruptible):
        assert "sleep" in retrier_decl.RetrierDecl._eval_body.__code__.co_names


def test_an_execution_can_be_stopped_before_its_first_state(aws: Aws) -> None:
    arn = aws.create("m", machine("W", W={"Type": "Wait", "Seconds": 3600, "End": True}))
    for number in range(5):
        execution = aws.start(arn, name=f"run-{number}")
        aws.client("stepfunctions").stop_execution(executionArn=execution)
        assert aws.wait(execution, 2)["status"] == "ABORTED"
        assert events(aws, execution)[0] == "ExecutionStarted"


def test_moto_still_has_no_environment_until_the_definition_is_parsed() -> None:
    from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

    with mends.unmended(ending.an_execution_exists_from_its_start):
        assert "_get_evaluation_environment" in ExecutionWorker._execution_logic.__code__.co_names
        assert "_get_evaluation_environment" not in ExecutionWorker.start.__code__.co_names


def waiting_child(aws: Aws) -> str:
    return aws.create("child", machine("W", W={"Type": "Wait", "Seconds": 99_000_000, "End": True}))


def child_of(name: str) -> str:
    return f"arn:aws:states:{REGION}:{ACCOUNT}:execution:child:{name}"


def child_runs(aws: Aws, name: str) -> bool:
    return any(
        item["name"] == name
        for item in aws.client("stepfunctions").list_executions(
            stateMachineArn=f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:child", statusFilter="RUNNING"
        )["executions"]
    )


def test_a_child_execution_is_stopped_with_its_parent(aws: Aws) -> None:
    parent = aws.start(aws.create("parent", nested(waiting_child(aws))), name="p")
    wait_for(lambda: child_runs(aws, "p"))
    aws.client("stepfunctions").stop_execution(executionArn=parent)
    assert aws.wait(child_of("p"), 3)["status"] == "ABORTED"


def test_a_child_execution_is_stopped_when_its_parent_or_the_task_times_out(aws: Aws) -> None:
    stepfunctions.install(stepfunctions.Settings(endpoint_url=lambda: aws.url, timeout_floor_seconds=0.5))
    child = waiting_child(aws)
    parent = aws.start(aws.create("parent", nested(child) | {"TimeoutSeconds": 60}), name="machine")
    task_limit = aws.start(aws.create("task", nested(child, TimeoutSeconds=60)), name="task")
    ended = aws.wait(parent)
    assert ended["status"] == "TIMED_OUT"
    assert ended["stopDate"] >= ended["startDate"]
    assert events(aws, parent)[-1] == "ExecutionTimedOut"
    assert aws.wait(task_limit)["error"] == "States.Timeout"
    for name in ("machine", "task"):
        assert aws.wait(child_of(name), 3)["status"] == "ABORTED"


def test_a_child_execution_is_stopped_when_another_branch_fails(aws: Aws) -> None:
    gate = aws.functions["slow"] = Gate()

    def fail_late(event: Any) -> None:
        gate(event)
        raise FunctionError("Broken", "on purpose")

    aws.functions["f"] = fail_late
    branches = nested(waiting_child(aws)), machine("B", B={**calling("f")["States"]["T"]})
    execution = aws.start(aws.create("both", parallel(*branches)), name="p")
    wait_for(lambda: child_runs(aws, "p"))
    gate.open.set()
    assert aws.wait(execution)["error"] == "Broken"
    assert aws.wait(child_of("p"), 3)["status"] == "ABORTED"


def test_moto_still_leaves_the_child_running(aws: Aws) -> None:
    child = waiting_child(aws)
    with mends.unmended(ending.parents_wait_for_children_and_take_them_along):
        parent = aws.start(aws.create("parent", nested(child)), name="p")
        wait_for(lambda: child_runs(aws, "p"))
        aws.client("stepfunctions").stop_execution(executionArn=parent)
        with pytest.raises(AssertionError, match="still"):
            wait_for(lambda: not child_runs(aws, "p"), 1.5)
    aws.client("stepfunctions").stop_execution(executionArn=child_of("p"))


def test_a_parent_notices_the_end_of_its_child_without_many_questions(aws: Aws) -> None:
    child = aws.create("child", machine("W", W={"Type": "Wait", "Seconds": 400, "End": True}))
    begun = time.monotonic()
    aws.output(nested(child))
    took = time.monotonic() - begun
    assert 0.4 <= took < 2
    polls = aws.states_calls.count("DescribeExecution") - int(took / 0.02) - 2
    assert polls <= 8


def test_a_machine_that_times_out_says_so_while_its_task_still_runs(aws: Aws) -> None:
    gate = aws.functions["slow"] = Gate()
    stepfunctions.install(stepfunctions.Settings(endpoint_url=lambda: aws.url, timeout_floor_seconds=0.2))
    ended = aws.run(calling("slow") | {"TimeoutSeconds": 100})
    assert ended["status"] == "TIMED_OUT"
    assert events(aws, ended["executionArn"])[-1] == "ExecutionTimedOut"
    gate.open.set()


def test_moto_still_writes_a_time_out_only_after_the_task(aws: Aws) -> None:
    gate = aws.functions["slow"] = Gate()
    with mends.unmended(ending.time_limits_of_machines_end_at_once):
        ended = aws.run(calling("slow") | {"TimeoutSeconds": 1})
        assert ended["status"] == "TIMED_OUT"
        assert "ExecutionTimedOut" not in events(aws, ended["executionArn"])
    gate.open.set()


def test_the_output_is_compact_json_even_of_a_string(aws: Aws) -> None:
    assert aws.run(passing(Result={"a": [1, 2]}))["output"] == '{"a":[1,2]}'
    assert aws.run(passing(Result="text"))["output"] == '"text"'


def test_moto_still_keeps_the_output_as_an_object(aws: Aws) -> None:
    with mends.unmended(ending.the_outcome_is_written_once_and_whole):
        assert aws.run(passing(Result={"a": [1, 2]}))["output"] == '{"a": [1, 2]}'
        assert aws.run(passing(Result="text"))["output"] == "text"


def test_forty_executions_run_at_once(aws: Aws) -> None:
    everyone = threading.Barrier(40, timeout=20)

    def together(event: Any) -> Any:
        everyone.wait()
        return event["n"]

    aws.functions["f"] = together
    arn = aws.create("m", calling("f"))
    executions = [aws.start(arn, {"n": number}) for number in range(40)]
    outputs = [json.loads(aws.wait(execution)["output"])["Payload"] for execution in executions]
    assert outputs == list(range(40))


def test_the_interpreter_hoards_no_threads(aws: Aws) -> None:
    from moto.stepfunctions.parser.backend import execution_worker

    before = len(execution_worker.TMP_THREADS)
    aws.output(passing())
    assert len(execution_worker.TMP_THREADS) == before
    with mends.unmended(ending.threads_are_not_hoarded), mends.unmended(ending.an_execution_exists_from_its_start):
        before = len(execution_worker.TMP_THREADS)
        aws.output(passing())
        assert len(execution_worker.TMP_THREADS) > before


# -- calls (G18, G20) --------------------------------------------------------------------------------------------------


def test_a_function_call_answers_with_payload_status_version_and_metadata(aws: Aws) -> None:
    aws.functions["echo"] = lambda event: {"got": event}
    output = aws.output(calling("echo"), {"n": 1})
    assert (output["Payload"], output["StatusCode"], output["ExecutedVersion"]) == ({"got": {"n": 1}}, 200, "$LATEST")
    assert output["SdkHttpMetadata"]["HttpStatusCode"] == 200
    assert output["SdkResponseMetadata"] == {"RequestId": "request-1"}


def test_a_function_can_be_called_without_waiting_for_it(aws: Aws) -> None:
    aws.functions["f"] = lambda event: None
    aws.output(task(LAMBDA, {"FunctionName": "f", "InvocationType": "Event"}))
    assert aws.invocation_types == ["Event"]


def test_moto_still_leaves_the_metadata_out(aws: Aws) -> None:
    aws.functions["echo"] = lambda event: event
    with mends.unmended(calls.a_function_call_answers_as_aws_does):
        assert "SdkHttpMetadata" not in aws.output(calling("echo"))


def test_a_result_selector_picks_from_the_payload(aws: Aws) -> None:
    aws.functions["f"] = lambda event: {"items": [{"arn": "a"}], "status": "ACTIVE"}
    selector = {
        "status.$": "$.Payload.status",
        "arn.$": "$.Payload.items[0].arn",
        "n.$": "States.ArrayLength($.Payload.items)",
    }
    output = aws.output(calling("f", ResultSelector=selector, ResultPath="$.r"), {"kept": 1})
    assert output == {"kept": 1, "r": {"status": "ACTIVE", "arn": "a", "n": 1}}


def test_intrinsics_merge_and_format(aws: Aws) -> None:
    parameters = {
        "merged.$": "States.JsonMerge($.a, $.b, false)",
        "text.$": "States.Format('{} of {}', $.a.x, $$.Execution.Name)",
    }
    output = aws.output(passing(Parameters=parameters), {"a": {"x": 1, "y": 1}, "b": {"y": 2}})
    assert output == {"merged": {"x": 1, "y": 2}, "text": "1 of run"}


def test_tasks_call_with_the_keys_of_the_execution_role(aws: Aws) -> None:
    from moto.sts.models import sts_backends

    aws.functions["f"] = lambda event: None
    aws.output(calling("f"))
    aws.output(task(f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"))
    roles = {sts_backends[ACCOUNT]["aws"].get_assumed_role_from_access_key(key).role_arn for key in aws.keys_seen}
    assert roles == {ROLE}


def test_a_role_that_cannot_be_assumed_fails_the_task(aws: Aws) -> None:
    refusal: Any = {"Error": {"Code": "AccessDenied", "Message": "not authorized to assume"}}

    def refuse(role_arn: str) -> stepfunctions.Keys:
        raise ClientError(refusal, "AssumeRole")

    stepfunctions.install(stepfunctions.Settings(endpoint_url=lambda: aws.url, assume_role=refuse))
    ended = aws.run(calling("f"))
    assert (ended["status"], ended["error"]) == ("FAILED", "Lambda.AWSLambdaException")
    assert ended["cause"].startswith("not authorized to assume")


def test_the_users_profile_and_configuration_are_not_read(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text("[default]\nendpoint_url = http://127.0.0.1:9\nregion = eu-west-3\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_PROFILE", "of-another-account")
    monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    aws.functions["f"] = lambda event: "here"
    assert aws.output(calling("f"))["Payload"] == "here"


def test_moto_still_signs_with_a_constant_key(aws: Aws) -> None:
    aws.functions["f"] = lambda event: None
    with mends.unmended(calls.calls_are_made_by_the_execution_role):
        aws.output(calling("f"))
    assert aws.keys_seen == ["ak"]


# -- the mends themselves ----------------------------------------------------------------------------------------------


def test_installing_twice_changes_nothing(aws: Aws) -> None:
    from moto.stepfunctions.parser.asl.component.state.choice.state_choice import StateChoice

    before = StateChoice._eval_state
    stepfunctions.install(stepfunctions.Settings(endpoint_url=lambda: aws.url))
    assert StateChoice._eval_state is before


def test_every_mend_says_what_it_mends() -> None:
    mends.apply_all()
    assert mends.MENDS
    for function in mends.MENDS:
        assert function.__doc__, function.__name__
