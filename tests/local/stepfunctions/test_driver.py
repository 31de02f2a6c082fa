"""How executions end, are stopped, and take their children along."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fakes.state_machines import (
    Gate,
    calling,
    events,
    fails_with,
    machine,
    nested,
    parallel,
    passing,
    task,
    wait_for,
)
from fakes.stepfunctions_aws import ACCOUNT, REGION, ROLE, Aws, FunctionError
from personalize_sfn.local.stepfunctions import driver
from personalize_sfn.local.stepfunctions.integrations import RoleCaller, perform
from personalize_sfn.local.stepfunctions.workers import Workers
from personalize_sfn.statemachine import TaskCall, TaskOutcome


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


def test_a_stop_interrupts_a_wait_and_a_backoff(aws: Aws) -> None:
    aws.functions["f"] = fails_with("Transient")
    aws.install(wait_scale=1)
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


def test_an_execution_can_be_stopped_before_its_first_state(aws: Aws) -> None:
    arn = aws.create("m", machine("W", W={"Type": "Wait", "Seconds": 3600, "End": True}))
    for number in range(5):
        execution = aws.start(arn, name=f"run-{number}")
        aws.client("stepfunctions").stop_execution(executionArn=execution)
        assert aws.wait(execution, 2)["status"] == "ABORTED"
        assert events(aws, execution)[0] == "ExecutionStarted"


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


def test_a_child_that_began_a_moment_before_its_parent_was_stopped_is_stopped_too(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped_right_after_the_start(call: TaskCall, caller: RoleCaller) -> TaskOutcome:
        outcome = perform(call, caller)
        aws.client("stepfunctions").stop_execution(executionArn=parent_arn)
        return outcome

    parent_arn = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:parent:p"
    monkeypatch.setattr(driver, "perform", stopped_right_after_the_start)
    parent = aws.start(aws.create("parent", nested(waiting_child(aws))), name="p")
    assert aws.wait(parent)["status"] == "ABORTED"
    assert aws.wait(child_of("p"), 3)["status"] == "ABORTED"


def test_a_child_execution_is_stopped_when_its_parent_or_the_task_times_out(aws: Aws) -> None:
    aws.install(timeout_floor_seconds=0.5)
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
    aws.install(timeout_floor_seconds=0.2)
    ended = aws.run(calling("slow") | {"TimeoutSeconds": 100})
    assert ended["status"] == "TIMED_OUT"
    assert events(aws, ended["executionArn"])[-1] == "ExecutionTimedOut"
    gate.open.set()


def test_the_output_is_compact_json_even_of_a_string(aws: Aws) -> None:
    assert aws.run(passing(Result={"a": [1, 2]}))["output"] == '{"a":[1,2]}'
    assert aws.run(passing(Result="text"))["output"] == '"text"'


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


def test_functions_that_wait_for_executions_with_functions_of_their_own_end(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "Workers", lambda most: Workers(most, stalled_seconds=0.05))
    monkeypatch.setattr(driver, "_TASKS_AT_ONCE", 2)
    aws.install()
    aws.functions["inner"] = lambda event: event
    inner = aws.create("inner", calling("inner"))
    aws.functions["outer"] = lambda event: aws.wait(aws.start(inner, event))["status"]
    outer = aws.create("outer", calling("outer"))
    executions = [aws.start(outer, {"n": number}) for number in range(6)]
    outputs = [json.loads(aws.wait(execution)["output"])["Payload"] for execution in executions]
    assert outputs == ["SUCCEEDED"] * 6


def test_tasks_that_start_express_executions_wait_in_no_line(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "_TASKS_AT_ONCE", 1)
    aws.install()
    aws.functions["f"] = lambda event: event
    definition = json.dumps(calling("f"))
    inner = aws.client("stepfunctions").create_state_machine(
        name="inner", definition=definition, roleArn=ROLE, type="EXPRESS"
    )["stateMachineArn"]
    start = {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sfn:startSyncExecution", "End": True}
    start["Parameters"] = {"StateMachineArn": inner, "Input": "{}"}
    each = machine("M", M={"Type": "Map", "ItemProcessor": machine("T", T=start), "End": True})
    begun = time.monotonic()
    assert [each["Status"] for each in aws.output(each, [1] * 12)] == ["SUCCEEDED"] * 12
    assert time.monotonic() - begun < 10


def test_nothing_is_kept_of_what_is_over(aws: Aws) -> None:
    client = aws.client("stepfunctions")
    activities = [client.create_activity(name=name)["activityArn"] for name in ("deleted", "unpolled")]
    executions = [aws.start(aws.create(f"m{number}", task(arn))) for number, arn in enumerate(activities)]
    for execution in executions:
        wait_for(lambda: "ActivityScheduled" in events(aws, execution))  # noqa: B023 - it is called at once
    client.delete_activity(activityArn=activities[0])
    client.stop_execution(executionArn=executions[1])
    inner = client.create_state_machine(name="e", definition=json.dumps(passing()), roleArn=ROLE, type="EXPRESS")
    client.start_sync_execution(stateMachineArn=inner["stateMachineArn"])
    kept = aws.service._driver
    assert kept._activities == {}
    assert kept._records.keys() == set(executions)


def test_heartbeats_leave_no_timers_behind(aws: Aws) -> None:
    client = aws.client("stepfunctions")
    activity = client.create_activity(name="paint")["activityArn"]
    execution = aws.start(aws.create("m", task(activity, HeartbeatSeconds=60)))
    token = client.get_activity_task(activityArn=activity)["taskToken"]
    for _ in range(200):
        client.send_task_heartbeat(taskToken=token)
    kept = aws.service._driver
    assert len(kept._records[execution].execution.timers) < 100
    assert len(kept._due) <= 257


def test_a_token_of_an_execution_that_is_over_has_timed_out(aws: Aws) -> None:
    client = aws.client("stepfunctions")
    activity = client.create_activity(name="paint")["activityArn"]
    execution = aws.start(aws.create("m", task(activity)))
    token = client.get_activity_task(activityArn=activity)["taskToken"]
    client.stop_execution(executionArn=execution)
    for name in (
        client.send_task_heartbeat,
        lambda taskToken: client.send_task_success(taskToken=taskToken, output="1"),
    ):
        with pytest.raises(ClientError) as error:
            name(taskToken=token)
        assert error.value.response["Error"] == {
            "Code": "TaskTimedOut",
            "Message": "Task Timed Out: 'Provided task does not exist anymore'",
        }
