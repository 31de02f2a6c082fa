"""Executions of several state machines on one virtual clock, those that one starts in another included.

A year of waits takes milliseconds.  Tasks are answered by a function; for what starts executions
(``states:startExecution``, with ``.sync`` or ``.sync:2``) it may answer None: they are run here, in the order of time.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from personalize_sfn.statemachine import MachineExecution, StateMachine, TaskCall, TaskOutcome
from personalize_sfn.statemachine.context import InvalidExecutionInputError
from personalize_sfn.statemachine.json_text import compact
from personalize_sfn.statemachine.names import is_name

__all__ = ["Simulation"]

_NESTED = re.compile(r"arn:[a-z-]+:states:[a-z0-9-]*:\d*:states:startExecution(\.sync(?::2)?)?")

_ACCOUNT = "arn:aws:states:us-east-1:123456789012"


def _arn(machine: str, name: str) -> str:
    return f"{_ACCOUNT}:execution:{machine}:{name}"


@dataclass(frozen=True, slots=True)
class _Child:
    """An execution that ``token`` of ``parent`` waits for; ``pattern`` is .sync or .sync:2."""

    execution: MachineExecution
    parent: MachineExecution
    token: str
    pattern: str


class Simulation:
    """State machines by name, and the executions of them.

    Args:
        machines: the definition of each machine by its name; ``StateMachine`` where it is used more than once.
        tasks: the outcome of a task; None for one that starts an execution: it is started here.
        now: where the clock begins, in seconds since 1970.
        seed: of jitter, UUIDs and random numbers.
    """

    def __init__(
        self,
        machines: Mapping[str, Mapping[str, Any] | StateMachine],
        tasks: Callable[[TaskCall], TaskOutcome | None],
        *,
        now: float = 0.0,
        seed: int = 0,
    ) -> None:
        self.definitions = {
            name: made if isinstance(made, StateMachine) else StateMachine(made) for name, made in machines.items()
        }
        self.tasks = tasks
        self.now = now
        self.seed = seed
        self.executions: dict[str, MachineExecution] = {}
        """Every execution by its ARN, in the order of their starts."""
        self._children: list[_Child] = []
        self._open: dict[int, MachineExecution] = {}
        """By its number, every execution that may go on."""

    @property
    def transitions(self) -> int:
        """States entered and retries, of all executions."""
        return sum(execution.transitions for execution in self.executions.values())

    def of(self, machine: str) -> list[MachineExecution]:
        """The executions of a machine."""
        named = f":execution:{machine}:"
        return [execution for arn, execution in self.executions.items() if named in arn]

    def start(self, machine: str, given: Any, name: str | None = None) -> MachineExecution:
        """A new execution, called run-1, run-2, ... if it has no name.

        Raises:
            KeyError: there is no such machine.
            ValueError: the machine has an execution of this name.
            InvalidExecutionInputError: the input is no JSON.
        """
        definition = self.definitions[machine]
        if name is None:
            numbers = itertools.count(len(self.executions) + 1)
            name = next(made for number in numbers if _arn(machine, made := f"run-{number}") not in self.executions)
        arn = _arn(machine, name)
        if arn in self.executions:
            raise ValueError(f"Execution Already Exists: '{arn}'")
        context = {
            "Execution": {"Id": arn, "Name": name},
            "StateMachine": {"Id": f"{_ACCOUNT}:stateMachine:{machine}", "Name": machine},
        }
        seed = self.seed + len(self.executions)
        execution = MachineExecution.start(definition, given, now=self.now, context=context, seed=seed)
        self._open[len(self.executions)] = execution
        self.executions[arn] = execution
        return execution

    def run(self, machine: str, given: Any) -> MachineExecution:
        """Start an execution, and run all there are until it has ended or only waits for outcomes from outside."""
        execution = self.start(machine, given)
        while execution.status == "RUNNING" and self.step():
            pass
        return execution

    def advance(self, until: float = float("inf")) -> None:
        """Run what is due until then, in seconds since 1970."""
        while self.step(until):
            pass
        if until != float("inf"):
            self.now = max(self.now, until)

    def step(self, until: float = float("inf")) -> bool:
        """Run what is due first; False if nothing is."""
        self._open = {number: each for number, each in self._open.items() if each.status != "SUCCEEDED"}
        due = [
            (at, number, execution)
            for number, execution in self._open.items()
            if (at := execution.next_due()) is not None and at <= until
        ]
        if not due:
            return False
        at, _, execution = min(due, key=lambda each: each[:2])
        self.now = max(self.now, at)
        execution.advance(lambda call: self._call(execution, call), self.now)
        self._settle()
        return True

    # --- nested executions ------------------------------------------------------------------------------------------

    def _call(self, parent: MachineExecution, call: TaskCall) -> TaskOutcome:
        if (outcome := self.tasks(call)) is not None:
            return outcome
        nested = _NESTED.fullmatch(call.resource)
        if nested is None:
            raise TypeError(
                f"tasks must answer a TaskOutcome for {call.resource}: only what starts executions may be None"
            )
        arguments = call.arguments
        if not isinstance(arguments, dict) or "StateMachineArn" not in arguments:
            return TaskOutcome(error="States.Runtime", cause="The field 'StateMachineArn' is required but was missing")
        machine, name = str(arguments["StateMachineArn"]).rpartition(":")[2], arguments.get("Name")
        if machine not in self.definitions:
            cause = f"State Machine Does Not Exist: '{arguments['StateMachineArn']}'"
            return TaskOutcome(error="StepFunctions.StateMachineDoesNotExistException", cause=cause)
        if name is not None and not is_name(name):
            return TaskOutcome(error="StepFunctions.InvalidNameException", cause=f"Invalid Name: '{name}'")
        if name is not None and (arn := _arn(machine, name)) in self.executions:
            cause = f"Execution Already Exists: '{arn}'"
            return TaskOutcome(error="StepFunctions.ExecutionAlreadyExistsException", cause=cause)
        try:
            child = self.start(machine, arguments.get("Input", {}), name)
        except InvalidExecutionInputError as error:
            return TaskOutcome(error="StepFunctions.InvalidExecutionInputException", cause=str(error))
        about = {"ExecutionArn": child.context["Execution"]["Id"], "StartDate": int(child.now * 1000)}
        if nested[1] is None:
            return TaskOutcome(about)
        self._children.append(_Child(child, parent, call.token, nested[1]))
        return TaskOutcome(submitted=about, pending=True)

    def _settle(self) -> None:
        """Tell parents what became of their children; stop children whose parent no longer waits for them."""
        pending: dict[int, set[str]] = {}
        for child in list(self._children):
            if id(child.parent) not in pending:
                pending[id(child.parent)] = set(child.parent.pending())
            waited_for = child.token in pending[id(child.parent)]
            if child.execution.status != "RUNNING" or not waited_for:
                self._children.remove(child)
            if not waited_for:
                child.execution.stop()
                pending.pop(id(child.execution), None)
            elif child.execution.status != "RUNNING":
                child.parent.advance(lambda call, parent=child.parent: self._call(parent, call), self.now)  # type: ignore[misc]
                child.parent.complete(child.token, _outcome(child))
                pending.pop(id(child.parent), None)


def _outcome(child: _Child) -> TaskOutcome:
    """What DescribeExecution says of it, as the integration answers it."""
    execution = child.execution
    text = compact if child.pattern == ".sync" else lambda value: value
    about = execution.context["Execution"]
    said: dict[str, Any] = {
        "ExecutionArn": about["Id"],
        "Input": text(about["Input"]),
        "InputDetails": {"Included": True},
        "Name": about["Name"],
        "StartDate": int(execution.events[0]["timestamp"] * 1000),
        "StateMachineArn": execution.context["StateMachine"]["Id"],
        "Status": execution.status,
        "StopDate": int(execution.now * 1000),
    }
    if execution.status == "SUCCEEDED":
        return TaskOutcome({**said, "Output": text(execution.output), "OutputDetails": {"Included": True}})
    failed = {"Cause": execution.cause, "Error": execution.error}
    said = {name: value for name, value in failed.items() if value is not None} | said
    said["Input"] = compact(about["Input"])
    return TaskOutcome(error="States.TaskFailed", cause=compact(said))
