"""Executions of several state machines on one virtual clock, those that one starts in another included.

A year of waits takes milliseconds.  Tasks are answered by a function; for what starts executions
(``states:startExecution``, with ``.sync`` or ``.sync:2``) it may answer None: they are run here, in the order of time.
"""

from __future__ import annotations

import heapq
import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from personalize_sfn.statemachine import MachineExecution, StateMachine, TaskCall, TaskOutcome
from personalize_sfn.statemachine.context import InvalidExecutionInputError
from personalize_sfn.statemachine.frames import Frame
from personalize_sfn.statemachine.json_text import compact
from personalize_sfn.statemachine.names import is_name

__all__ = ["Simulation"]

_NESTED = re.compile(r"arn:[a-z-]+:states:[a-z0-9-]*:\d*:states:startExecution(\.sync(?::2)?)?")

_ACCOUNT = "arn:aws:states:us-east-1:123456789012"


def _arn(machine: str, name: str) -> str:
    return f"{_ACCOUNT}:execution:{machine}:{name}"


class _Simulated(MachineExecution):
    """An execution that says when something of it has changed, so that nobody has to look at all of them."""

    def __init__(self, *arguments: Any, changed: Callable[[_Simulated], None], number: int, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.changed, self.number = changed, number
        self.children: dict[str, _Child] = {}
        """By the tokens of the calls that wait for them, executions that this one started."""
        self.child: _Child | None = None
        """What this one is to the execution that waits for it."""
        self.given_up: list[str] = []
        """The tokens of calls that are no longer waited for."""

    def queue(self, frame: Frame, phase: str) -> None:
        super().queue(frame, phase)
        self.changed(self)

    def set_timer(self, *arguments: Any) -> None:
        super().set_timer(*arguments)
        self.changed(self)

    def give_up(self, frame: Frame) -> None:
        if frame.task is not None:
            self.given_up.append(frame.task["token"])
            self.changed(self)

    def drop(self, frame: Frame) -> None:
        super().drop(frame)
        self.give_up(frame)

    def stop(self, error: str | None = None, cause: str | None = None) -> list[str]:
        self.changed(self)
        return super().stop(error, cause)


@dataclass(frozen=True, slots=True)
class _Child:
    """An execution that ``token`` of ``parent`` waits for; ``pattern`` is .sync or .sync:2."""

    execution: _Simulated
    parent: _Simulated
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
        self._changed: dict[int, _Simulated] = {}
        """By its number, every execution of which something has changed since it was looked at."""
        self._due: list[tuple[float, int, _Simulated]] = []
        """A heap of when executions are due, and of when they were before something changed."""

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
        return self._start(machine, given, name)

    def _start(self, machine: str, given: Any, name: str | None) -> _Simulated:
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
        execution = _Simulated.start(
            definition,
            given,
            now=self.now,
            context=context,
            seed=seed,
            changed=self._note,
            number=len(self.executions),
        )
        self.executions[arn] = execution
        return execution

    def _note(self, execution: _Simulated) -> None:
        self._changed[execution.number] = execution

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
        self._settle()
        due = self._next(until)
        if due is None:
            return False
        at, execution = due
        self.now = max(self.now, at)
        self._advance(execution)
        self._settle()
        return True

    def _next(self, until: float) -> tuple[float, _Simulated] | None:
        while self._due and self._due[0][0] <= until:
            at, _, execution = heapq.heappop(self._due)
            due = execution.next_due()
            if due == at:
                return at, execution
            if due is not None and due > at:  # what was due first is over
                heapq.heappush(self._due, (due, execution.number, execution))
        return None

    def _advance(self, execution: _Simulated) -> None:
        execution.advance(lambda call: self._call(execution, call), self.now)
        self._note(execution)

    # --- nested executions ------------------------------------------------------------------------------------------

    def _call(self, parent: _Simulated, call: TaskCall) -> TaskOutcome:
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
            child = self._start(machine, arguments.get("Input", {}), name)
        except InvalidExecutionInputError as error:
            return TaskOutcome(error="StepFunctions.InvalidExecutionInputException", cause=str(error))
        about = {"ExecutionArn": child.context["Execution"]["Id"], "StartDate": int(child.now * 1000)}
        if nested[1] is None:
            return TaskOutcome(about)
        child.child = parent.children[call.token] = _Child(child, parent, call.token, nested[1])
        return TaskOutcome(submitted=about, pending=True)

    def _settle(self) -> None:
        """Tell parents what became of their children, and stop children whose parent no longer waits for them."""
        while self._changed:
            execution = self._changed.pop(next(iter(self._changed)))
            running = execution.status == "RUNNING"
            for token in execution.given_up if running else [*execution.children]:
                if (child := execution.children.pop(token, None)) is not None:
                    child.execution.child = None
                    child.execution.stop()
            execution.given_up.clear()
            if (of := execution.child) is not None and not running:
                execution.child = None
                del of.parent.children[of.token]
                self._advance(of.parent)
                of.parent.complete(of.token, _outcome(of))
            if (due := execution.next_due()) is not None:
                heapq.heappush(self._due, (due, execution.number, execution))


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
