"""Task states: their call, its events, its time limits, its outcome.

https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from personalize_sfn.statemachine import branches, leaving
from personalize_sfn.statemachine.calls import TaskCall, TaskOutcome, Tasks
from personalize_sfn.statemachine.failures import RUNTIME, StateFailure, runtime_failure
from personalize_sfn.statemachine.fields import StateFields
from personalize_sfn.statemachine.frames import Frame
from personalize_sfn.statemachine.history import Resource, data, failure_details
from personalize_sfn.statemachine.json_text import NotJson, strict, too_large

if TYPE_CHECKING:
    from personalize_sfn.statemachine.execution import MachineExecution

__all__ = ["attempt", "call", "ended", "in_flight", "set_heartbeat", "submitted", "taken", "timer_fired", "timer_key"]

_TOKEN_PATTERN = ".waitForTaskToken"  # noqa: S105 - the name of an integration pattern


def attempt(execution: MachineExecution, frame: Frame, fields: StateFields) -> None:
    """Schedule the call; it is made when the branch has its next turn."""
    resource = Resource(fields.state["Resource"])
    token = execution.call_token(frame)
    fields = StateFields.of(execution, frame, token if resource.pattern == _TOKEN_PATTERN else None)
    task: dict[str, Any] = {
        "token": token,
        "resource": resource.arn,
        "arguments": fields.arguments(),
        "timeout": fields.seconds("TimeoutSeconds"),
        "heartbeat": fields.seconds("HeartbeatSeconds"),
        "credentials": _credentials(fields),
        "beats": 0,
    }
    frame.task = task
    said: dict[str, Any] = {**resource.said}
    if resource.events == "Task":
        said |= {"region": _region(execution), "parameters": frame.text(task["arguments"])}
    else:
        said |= {"resource": resource.arn, **data("input", frame.text(task["arguments"]))}
    for name in ("timeout", "heartbeat"):
        if task[name] is not None:
            said[f"{name}InSeconds"] = task[name]
    if task["credentials"] is not None:
        said["taskCredentials"] = {"roleArn": task["credentials"].get("RoleArn")}
    execution.say(frame, f"{resource.events}Scheduled", said)
    if task["timeout"] is not None:
        execution.set_timer(task["timeout"], frame.id, "timeout", timer_key(frame, "timeout"))
    execution.queue(frame, "started")


def _credentials(fields: StateFields) -> Any:
    given = fields.state.get("Credentials")
    if given is None:
        return None
    return fields.scope().template(given) if fields.jsonpath else fields.expressions().template(given, "Credentials")


def _region(execution: MachineExecution) -> str:
    return str(execution.context["Execution"]["Id"]).split(":")[3]


def call(execution: MachineExecution, frame: Frame, tasks: Tasks) -> None:
    """Make the call."""
    assert frame.task is not None
    task = frame.task
    resource = Resource(task["resource"])
    if resource.events != "Activity" and not {"reads", "writes"} & task.keys():
        execution.say(frame, f"{resource.events}Started", resource.said or None)
    set_heartbeat(execution, frame)
    outcome = tasks(call_of(execution, frame))
    if outcome.submitted is not None:
        submitted(execution, frame, outcome.submitted)
    if outcome.pending:
        return
    if outcome.after > 0:
        said = [outcome.output, outcome.error, outcome.cause]
        execution.set_timer(outcome.after, frame.id, "outcome", timer_key(frame, "outcome"), said)
    else:
        ended(execution, frame, outcome, failed=outcome.error is not None)


def call_of(execution: MachineExecution, frame: Frame) -> TaskCall:
    """The call that a branch makes, or has made."""
    assert frame.task is not None
    task = frame.task
    return TaskCall(
        token=task["token"],
        resource=task["resource"],
        arguments=task["arguments"],
        state=frame.state,
        attempt=frame.attempt,
        now=execution.now,
        timeout=task.get("timeout"),
        heartbeat=task.get("heartbeat"),
        credentials=task.get("credentials"),
        gzipped=task.get("gzipped", False),
    )


def in_flight(execution: MachineExecution) -> list[tuple[TaskCall, dict[str, Any]]]:
    """The calls that are waited for, each with what is kept of it.

    ``submitted``: its first answer was there; ``taken``: a worker has the task of an activity.
    """
    waiting = [each for each in execution.frames.values() if each.task and each.phase is None]
    return [(call_of(execution, each), {**(each.task or {})}) for each in waiting if execution.status == "RUNNING"]


def taken(execution: MachineExecution, frame: Frame, worker: str | None) -> None:
    """A worker took the task of an activity."""
    assert frame.task is not None
    frame.task = {**frame.task, "taken": True}
    execution.say(frame, "ActivityStarted", {} if worker is None else {"workerName": worker})


def submitted(execution: MachineExecution, frame: Frame, answer: Any) -> None:
    """The first answer of a call that is waited for.

    Raises:
        StateFailure: it is no JSON.
    """
    assert frame.task is not None
    try:
        text = strict(answer)
    except NotJson as problem:
        raise runtime_failure(f"The answer of the task is no JSON: {problem}") from None
    frame.task = {**frame.task, "submitted": True}
    execution.say(frame, "TaskSubmitted", {**Resource(frame.task["resource"]).said, **data("output", text)})


def set_heartbeat(execution: MachineExecution, frame: Frame) -> None:
    """A sign of life: the time for the next one begins."""
    assert frame.task is not None
    if frame.task.get("heartbeat") is not None:
        frame.task = {**frame.task, "beats": frame.task["beats"] + 1}
        execution.set_timer(frame.task["heartbeat"], frame.id, "heartbeat", timer_key(frame, "heartbeat"))


def timer_key(frame: Frame, kind: str) -> str:
    """Which call, and for heartbeats which beat, a timer is for."""
    assert frame.task is not None
    return f"{frame.task['token']}.{frame.task['beats']}" if kind == "heartbeat" else str(frame.task["token"])


def timer_fired(execution: MachineExecution, frame: Frame, kind: str, said: Any) -> None:
    """The call's outcome is there, or a time limit is over."""
    if kind == "outcome":
        outcome = TaskOutcome(*said)
        ended(execution, frame, outcome, failed=outcome.error is not None)
        return
    assert frame.task is not None
    resource = Resource(frame.task["resource"])
    execution.give_up(frame)
    frame.task = None
    execution.say(frame, f"{resource.events}TimedOut", {**resource.said, "error": "States.Timeout"})
    raise StateFailure("States.Timeout", None, heartbeat=kind == "heartbeat")


def ended(execution: MachineExecution, frame: Frame, outcome: TaskOutcome, *, failed: bool) -> None:
    """The call's outcome.

    Raises:
        StateFailure: it failed, or answered more than 256 KiB.
    """
    assert frame.task is not None
    task, frame.task = frame.task, None
    if "reads" in task:
        branches.items_read(execution, frame, outcome)
        return
    if "writes" in task:
        branches.results_written(execution, frame, outcome)
        return
    resource = Resource(task["resource"])
    error, cause = outcome.error, outcome.cause
    text = ""
    if not failed:
        try:
            text = strict(outcome.output)
        except NotJson as problem:
            failed, error, cause = True, RUNTIME, f"The answer of the task is no JSON: {problem}"
    if too_large(text):
        named = resource.service or resource.arn
        failed, error = True, "States.DataLimitExceeded"
        cause = (
            f"The state/task '{named}' returned a result with a size exceeding the maximum number of bytes service "
            "limit."
        )
    if failed:
        execution.say(frame, f"{resource.events}Failed", {**resource.said, **failure_details(error, cause)})
        raise StateFailure(error, cause)
    frame.say_as(outcome.output, text)
    execution.inspect("result", outcome.output)
    execution.say(frame, f"{resource.events}Succeeded", {**resource.said, **data("output", frame.text(outcome.output))})
    leaving.finish(execution, frame, outcome.output)
