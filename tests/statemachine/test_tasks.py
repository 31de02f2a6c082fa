"""Task states: what is asked, events, time limits, tokens."""

import pytest

from fakes.small_machines import LAMBDA, failure, kinds, links, machine, only, output, ran
from personalize_sfn.statemachine import MachineExecution, TaskOutcome

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
CALLBACK = "arn:aws:states:::lambda:invoke.waitForTaskToken"
PENDING = TaskOutcome(pending=True)


def task(resource=LAMBDA, **fields):
    return only(Type="Task", Resource=resource, **fields)


def started(definition, given=None, tasks=lambda _call: PENDING):
    """An execution whose task is waited for."""
    execution = MachineExecution.start(definition, given or {})
    execution.advance(tasks, until=0)
    return execution


def test_a_service_task_is_scheduled_started_and_succeeded():
    calls = []
    definition = task(
        Parameters={"FunctionName": "f", "Payload.$": "$"},
        ResultSelector={"p.$": "$.Payload"},
        ResultPath="$.r",
        TimeoutSeconds=9,
        HeartbeatSeconds=3,
        Credentials={"RoleArn": "arn:role"},
    )
    execution = ran(definition, {"a": 1}, lambda call: calls.append(call) or TaskOutcome({"Payload": 2}))
    assert execution.output == {"a": 1, "r": {"p": 2}}
    assert links(execution)[2:5] == [(3, 2, "TaskScheduled"), (4, 3, "TaskStarted"), (5, 4, "TaskSucceeded")]
    assert execution.events[2]["taskScheduledEventDetails"] == {
        "resourceType": "lambda",
        "resource": "invoke",
        "region": "us-east-1",
        "parameters": '{"FunctionName":"f","Payload":{"a":1}}',
        "timeoutInSeconds": 9,
        "heartbeatInSeconds": 3,
        "taskCredentials": {"roleArn": "arn:role"},
    }
    (call,) = calls
    assert (call.resource, call.arguments["Payload"], call.state, call.attempt) == (LAMBDA, {"a": 1}, "S", 0)
    assert (call.timeout, call.heartbeat, call.credentials) == (9, 3, {"RoleArn": "arn:role"})


def test_a_function_by_its_arn_has_events_of_its_own():
    execution = ran(task(FUNCTION), {"a": 1}, lambda call: TaskOutcome(call.arguments))
    assert kinds(execution)[2:5] == ["LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionSucceeded"]
    said = {"resource": FUNCTION, "input": '{"a":1}', "inputDetails": {"truncated": False}}
    assert execution.events[2]["lambdaFunctionScheduledEventDetails"] == said
    assert "lambdaFunctionStartedEventDetails" not in execution.events[3]


def test_what_takes_time_takes_it_on_the_clock():
    execution = ran(task(), tasks=lambda _: TaskOutcome("done", after=90))
    assert (execution.output, execution.now) == ("done", 90)


def test_a_result_larger_than_256_kib_fails_the_task_and_can_be_caught():
    large = TaskOutcome("x" * 256 * 1024)
    error, cause = failure(task(), tasks=lambda _: large)
    said = "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit."
    assert (error, cause) == ("States.DataLimitExceeded", said)
    caught = machine(
        S={"Type": "Task", "Resource": LAMBDA, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}], "End": True},
        C={"Type": "Pass", "End": True},
    )
    assert output(caught, tasks=lambda _: large)["Error"] == "States.DataLimitExceeded"


@pytest.mark.parametrize(("resource", "kind"), [(LAMBDA, "TaskTimedOut"), (FUNCTION, "LambdaFunctionTimedOut")])
def test_a_task_that_takes_longer_than_its_limit_times_out(resource, kind):
    execution = ran(task(resource, TimeoutSeconds=5), tasks=lambda _: TaskOutcome("late", after=6))
    assert (execution.status, execution.error, execution.cause, execution.now) == ("FAILED", "States.Timeout", None, 5)
    assert kinds(execution)[-2:] == [kind, "ExecutionFailed"]


@pytest.mark.parametrize("named", ["States.HeartbeatTimeout", "States.Timeout"])
def test_a_heartbeat_that_does_not_come_times_out_and_is_caught_by_either_name(named):
    definition = machine(
        S={
            "Type": "Task",
            "Resource": CALLBACK,
            "HeartbeatSeconds": 10,
            "Catch": [{"ErrorEquals": [named], "Next": "C"}],
            "End": True,
        },
        C={"Type": "Pass", "End": True},
    )
    execution = started(definition)
    (token,) = execution.pending()
    execution.advance(None, until=8)
    assert execution.heartbeat(token)
    execution.advance(None, until=17)
    assert execution.status == "RUNNING"
    execution.advance(None, until=18)
    assert execution.output == {"Error": "States.Timeout", "Cause": ""}
    assert not execution.heartbeat(token)


def test_a_token_is_handed_out_in_the_context_and_ends_the_task_once():
    seen = []
    definition = task(CALLBACK, Parameters={"Payload": {"token.$": "$$.Task.Token"}})
    execution = started(
        definition, tasks=lambda call: seen.append(call) or TaskOutcome(submitted={"ok": 1}, pending=True)
    )
    token = seen[0].arguments["Payload"]["token"]
    assert token == seen[0].token
    assert kinds(execution)[-1] == "TaskSubmitted"
    assert not execution.complete("another", TaskOutcome(1))
    assert execution.complete(token, TaskOutcome({"answer": 42}))
    assert not execution.complete(token, TaskOutcome(1))
    assert execution.output == {"answer": 42}


def test_every_attempt_has_a_token_of_its_own():
    tokens = []
    definition = task(CALLBACK, Retry=[{"ErrorEquals": ["E"], "MaxAttempts": 1}])
    execution = started(definition, tasks=lambda call: tokens.append(call.token) or PENDING)
    assert execution.complete(tokens[0], TaskOutcome(error="E"))
    execution.advance(lambda call: tokens.append(call.token) or PENDING, until=10)
    assert len(set(tokens)) == 2
    assert not execution.complete(tokens[0], TaskOutcome("too late"))
    assert execution.complete(tokens[1], TaskOutcome("in time"))
    assert execution.output == "in time"


def test_a_task_may_fail_without_an_error_name():
    execution = started(task(CALLBACK))
    assert execution.complete(execution.pending()[0], TaskOutcome(), failed=True)
    assert (execution.status, execution.error, execution.cause) == ("FAILED", None, None)
    assert execution.events[-2]["taskFailedEventDetails"] == {
        "resourceType": "lambda",
        "resource": "invoke.waitForTaskToken",
    }


def test_an_activity_starts_when_a_worker_takes_it():
    execution = started(task("arn:aws:states:us-east-1:123456789012:activity:a"), {"a": 1})
    assert kinds(execution)[-1] == "ActivityScheduled"
    execution.taken(execution.pending()[0], "worker")
    assert execution.complete(execution.pending()[0], TaskOutcome("done"))
    assert kinds(execution)[2:5] == ["ActivityScheduled", "ActivityStarted", "ActivitySucceeded"]
    assert execution.events[3]["activityStartedEventDetails"] == {"workerName": "worker"}


def test_the_context_counts_the_retries_of_a_task():
    seen = []

    def tasks(call):
        seen.append(call.arguments["n"])
        return TaskOutcome(error="E") if len(seen) < 3 else TaskOutcome(1)

    ran(task(Parameters={"n.$": "$$.State.RetryCount"}, Retry=[{"ErrorEquals": ["E"]}]), tasks=tasks)
    assert seen == [0, 1, 2]
