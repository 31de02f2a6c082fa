"""State machines of a few states, and how they ran on the interpreter of our own."""

from __future__ import annotations

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
