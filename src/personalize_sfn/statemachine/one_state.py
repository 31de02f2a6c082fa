"""One state by itself, as the operation TestState runs it: where it leads, and with what.

https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from personalize_sfn.statemachine import branches, leaving
from personalize_sfn.statemachine.calls import TaskOutcome, Tasks
from personalize_sfn.statemachine.definition import StateMachine
from personalize_sfn.statemachine.execution import MachineExecution
from personalize_sfn.statemachine.failures import StateFailure
from personalize_sfn.statemachine.frames import Frame

__all__ = ["StateResult", "try_state"]


#: What AWS leaves out of the inspection of a state whose work as a whole is mocked.
_NOT_SEEN = {
    "Map": ("afterParameters", "afterArguments"),
    "Parallel": ("afterInputPath", "afterParameters", "afterArguments"),
}


@dataclass(frozen=True, slots=True)
class StateResult:
    """What became of a state.

    ``status`` is SUCCEEDED, FAILED, RETRIABLE (a Retry applies) or CAUGHT_ERROR (a Catch applies; ``next_state`` is its
    Next).  ``inspection`` holds the data on the way by AWS's names: input, afterInputPath, afterParameters,
    afterArguments, result, afterResultSelector, afterResultPath, afterItemsPath, maxConcurrency, toleratedFailureCount,
    toleratedFailurePercentage, variables, errorDetails.
    """

    status: str
    output: Any = None
    error: str | None = None
    cause: str | None = None
    next_state: str | None = None
    inspection: dict[str, Any] = field(default_factory=dict)


class _Watched(MachineExecution):
    """An execution that keeps what its state saw, and may be given its whole context object."""

    def watch(self, context: Mapping[str, Any] | None) -> None:
        self.seen: dict[str, Any] = {}
        self.failure: StateFailure | None = None
        self.given = context

    def inspect(self, name: str, value: Any) -> None:
        self.seen[name] = value

    def failing(self, failure: StateFailure) -> None:
        self.failure = failure

    def context_object(self, made: dict[str, Any]) -> dict[str, Any]:
        return made if self.given is None else dict(self.given)


def try_state(
    definition: Mapping[str, Any],
    given: Any,
    tasks: Tasks,
    *,
    name: str | None = None,
    mock: TaskOutcome | None = None,
    context: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
    retries: int = 0,
    failed_items: int = 0,
) -> StateResult:
    """Run one state.

    Args:
        definition: of the state; or of a whole machine, of which ``name`` is a state (of a branch, if need be).
        tasks: the outcome of a task, where there is no ``mock``.
        mock: what the task, the Map or the Parallel as a whole gives.
        context: the context object in place of one that is made up.
        retries: how often the Retry rule that applies was tried before.
        failed_items: how many items of a distributed Map failed.

    Raises:
        InvalidDefinitionError: it cannot be run.
        KeyError: the machine has no state of that name.
    """
    machine, name = _machine_of(definition, name)
    arn = "arn:aws:states:us-east-1:123456789012:express:StateMachine:execution"
    execution = _Watched.start(machine, given, context={"Execution": {"Id": arn}})
    execution.watch(context)
    del execution.context["Execution"]["RedriveCount"]
    (frame,) = execution.frames.values()
    frame.variables = dict(variables or {})
    execution.inspect("input", given)
    if variables:
        execution.inspect("variables", dict(variables))
    execution.tried = retries
    kind = machine.state([], name)["Type"]
    execution.step(tasks)
    if mock is not None and kind in ("Map", "Parallel") and execution.failure is None:
        for unseen in _NOT_SEEN[kind]:
            execution.seen.pop(unseen, None)
        _mocked(execution, frame, mock, failed_items)
    while execution.status == "RUNNING" and execution.failure is None and frame.state == name and frame.visit == 1:
        if not execution.step(tasks if mock is None or kind != "Task" else lambda _: mock):
            break
    return _result(execution, frame, name)


def _machine_of(definition: Mapping[str, Any], name: str | None) -> tuple[StateMachine, str]:
    """A machine that begins with the state, and ends wherever it leads."""
    if "States" not in definition:
        state, name, language = dict(definition), name or "StateName", definition.get("QueryLanguage", "JSONPath")
    else:
        whole = StateMachine(definition).root
        name = name or str(whole["StartAt"])
        state, language = dict(_all_states(whole))[name], whole.get("QueryLanguage", "JSONPath")
    rules = [rule for kind in ("Choices", "Catch") if isinstance(state.get(kind), list) for rule in state[kind]]
    targets = [state.get("Next"), state.get("Default"), *(rule.get("Next") for rule in rules if isinstance(rule, dict))]
    after = {target: {"Type": "Succeed"} for target in targets if isinstance(target, str)}
    return StateMachine({"QueryLanguage": language, "StartAt": name, "States": {**after, name: state}}), name


def _all_states(machine: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, state in machine["States"].items():
        yield name, state
        for inner in (*state.get("Branches", ()), state.get("ItemProcessor"), state.get("Iterator")):
            if inner is not None:
                yield from _all_states(inner)


def _mocked(execution: _Watched, frame: Frame, mock: TaskOutcome, failed_items: int) -> None:
    """The whole of a Map or Parallel gives what the mock says."""
    branches.forget(execution, frame)
    found = frame.branches or {}
    limits = {"toleratedFailureCount", "toleratedFailurePercentage"} & execution.seen.keys()
    execution.ready.clear()
    frame.task = None

    def give() -> None:
        if mock.error is not None:
            raise StateFailure(mock.error, mock.cause)
        items = found.get("items", ())  # where a reader gives them, they are not read
        if limits and failed_items > max(found["tolerated"][0], len(items) * found["tolerated"][1] / 100):
            raise StateFailure(*branches.TOO_MANY_FAILED)
        leaving.finish(execution, frame, mock.output)

    execution.guarded(frame, give)


def _result(execution: _Watched, frame: Frame, name: str) -> StateResult:
    failure, seen = execution.failure, execution.seen
    if failure is None:
        output = execution.output if execution.status == "SUCCEEDED" else frame.input
        return StateResult(
            "SUCCEEDED", output, next_state=None if frame.state == name else frame.state, inspection=seen
        )
    if frame.attempt:
        at = next(timer.at for timer in execution.timers if timer.kind == "retry")
        seen["errorDetails"]["retryBackoffIntervalSeconds"] = round(at - execution.now)
        return StateResult("RETRIABLE", None, failure.error, failure.cause, inspection=seen)
    if frame.state != name or execution.status == "RUNNING":
        return StateResult("CAUGHT_ERROR", frame.input, failure.error, failure.cause, frame.state, seen)
    return StateResult("FAILED", None, failure.error, failure.cause, inspection=seen)
