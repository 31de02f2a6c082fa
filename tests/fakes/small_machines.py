"""State machines of a few states, and how they ran on the interpreter of our own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from personalize_sfn.statemachine import MachineExecution, StateMachine, TaskCall, TaskOutcome, run

LAMBDA = "arn:aws:states:::lambda:invoke"


def machine(start: str | None = None, /, **states: dict[str, Any]) -> StateMachine:
    """A machine that begins with the first state."""
    return StateMachine({"StartAt": start or next(iter(states)), "States": states})


def only(**fields: Any) -> StateMachine:
    """A machine of the one state S; a Pass unless Type says otherwise."""
    return machine(S={"Type": "Pass", "End": True, **fields})


def jsonata(**states: dict[str, Any]) -> StateMachine:
    return StateMachine({"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states})


def no_tasks(call: TaskCall) -> TaskOutcome:
    raise AssertionError(f"no task is expected, got {call}")


def ran(definition: StateMachine, given: Any = None, tasks: Any = no_tasks, **more: Any) -> MachineExecution:
    return run(definition, {} if given is None else given, tasks=tasks, **more)


def output(definition: StateMachine, given: Any = None, tasks: Any = no_tasks, **more: Any) -> Any:
    execution = ran(definition, given, tasks, **more)
    assert execution.status == "SUCCEEDED", (execution.error, execution.cause)
    return execution.output


def failure(
    definition: StateMachine, given: Any = None, tasks: Any = no_tasks, **more: Any
) -> tuple[str | None, str | None]:
    execution = ran(definition, given, tasks, **more)
    assert execution.status == "FAILED", execution.output
    return execution.error, execution.cause


def kinds(execution: MachineExecution) -> list[str]:
    """The types of its events."""
    return [event["type"] for event in execution.events]


def links(execution: MachineExecution) -> list[tuple[int, int, str]]:
    return [(event["id"], event["previousEventId"], event["type"]) for event in execution.events]


def in_state(name: str, cause: str, event: int = 2) -> str:
    """A cause that the interpreter found, as AWS writes it."""
    return f"An error occurred while executing the state '{name}' (entered at the event id #{event}). {cause}"


def one(states: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The part of a definition that begins with the first of these states: a branch, or what a Map does."""
    return {"StartAt": next(iter(states)), "States": states}


def one_pass() -> dict[str, Any]:
    return one({"P": {"Type": "Pass", "End": True}})


def task(**fields: Any) -> dict[str, Any]:
    """A Task state that calls a function."""
    return {"Type": "Task", "Resource": LAMBDA, **fields}


def failing(error: str = "E", cause: str | None = "why", times: int = 10**6) -> Callable[[TaskCall], TaskOutcome]:
    """Tasks that fail so often, then answer their attempt."""
    return lambda call: TaskOutcome(error=error, cause=cause) if call.attempt < times else TaskOutcome(call.attempt)


def filled(definition: StateMachine, events: int, tasks: Any = None) -> MachineExecution:
    """An execution whose history has so many events."""
    execution = MachineExecution.start(definition, [1])
    if tasks is not None:
        execution.advance(tasks)
    while len(execution.events) < events:
        execution.record("Filler", 0)
    return execution
