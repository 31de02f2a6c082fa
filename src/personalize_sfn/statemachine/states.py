"""States: entering, trying and failing; and those that need nobody else: Pass, Choice, Wait, Succeed, Fail.

https://docs.aws.amazon.com/step-functions/latest/dg/workflow-states.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from personalize_sfn.statemachine import branches, choice, tasks
from personalize_sfn.statemachine.failures import RUNTIME, StateFailure, matching_rule, runtime_failure
from personalize_sfn.statemachine.fields import StateFields
from personalize_sfn.statemachine.frames import Frame
from personalize_sfn.statemachine.history import FULL, MOST_EVENTS, data, failure_details
from personalize_sfn.statemachine.jsonata import ERROR as QUERY_ERROR
from personalize_sfn.statemachine.leaving import finish, leave, leave_by

if TYPE_CHECKING:
    from personalize_sfn.statemachine.execution import MachineExecution

__all__ = ["attempt", "enter", "failed", "waited"]

_LONGEST_WAIT = 2**31 - 1


def enter(execution: MachineExecution, frame: Frame) -> None:
    """Enter the branch's next state, and do what needs no waiting."""
    kind = execution.definition.state(frame.at, frame.state)["Type"]
    execution.transitions += 1
    frame.visit += 1
    frame.before, frame.entered = frame.previous, execution.now
    frame.attempt, frame.retries, frame.task, frame.branches = 0, {}, None, None
    frame.entry = execution.say(
        frame, f"{kind}StateEntered", {"name": frame.state, **data("input", frame.text(frame.input))}
    )
    attempt(execution, frame)


def attempt(execution: MachineExecution, frame: Frame) -> None:
    """Do what the state does; again, where it is retried."""
    if frame.item is not None and execution.frames[frame.item].said >= MOST_EVENTS - 1:
        raise StateFailure(RUNTIME, FULL)  # on AWS an item is an execution of its own, with a history as long
    fields = StateFields.of(execution, frame)
    _KINDS[fields.state["Type"]](execution, frame, fields)


def _pass(execution: MachineExecution, frame: Frame, fields: StateFields) -> None:
    if "Result" in fields.state:
        execution.inspect("result", fields.state["Result"])
        finish(execution, frame, fields.state["Result"])
    else:
        finish(execution, frame, fields.arguments() if fields.jsonpath else None)


def _succeed(execution: MachineExecution, frame: Frame, fields: StateFields) -> None:
    finish(execution, frame, fields.effective_input())


def _choice(execution: MachineExecution, frame: Frame, fields: StateFields) -> None:
    for index, rule in enumerate(fields.state["Choices"]):
        where = f"Choices[{index}]"
        if choice.applies(rule, fields.scope()) if fields.jsonpath else fields.condition(rule, where):
            chosen = {
                **{name: value for name, value in fields.state.items() if name not in ("Assign", "Output")},
                **rule,
            }
            leave_by(execution, frame, fields.with_state(chosen, f"{where}/"), fields.effective_input(), rule["Next"])
            return
    if "Default" not in fields.state:
        raise StateFailure(
            "States.NoChoiceMatched",
            "Failed to transition out of the state. The state does not point to a next state.",
            in_state=True,
        )
    leave_by(execution, frame, fields, fields.effective_input(), fields.state["Default"])


def _fail(_execution: MachineExecution, _frame: Frame, fields: StateFields) -> None:
    fields.effective_input()
    raise StateFailure(fields.text("Error"), fields.text("Cause"))


def _wait(execution: MachineExecution, frame: Frame, fields: StateFields) -> None:
    seconds = fields.wait_seconds(execution.now)
    if seconds > _LONGEST_WAIT:
        raise runtime_failure("Wait state delay is too long.")
    execution.set_timer(max(0.0, seconds), frame.id, "wait", f"{frame.visit}.{frame.attempt}")


def waited(execution: MachineExecution, frame: Frame) -> None:
    """A Wait's time is over."""
    finish(execution, frame, StateFields.of(execution, frame).effective_input())


_KINDS: dict[str, Callable[[MachineExecution, Frame, StateFields], None]] = {
    "Choice": _choice,
    "Fail": _fail,
    "Map": branches.attempt_map,
    "Parallel": branches.attempt_parallel,
    "Pass": _pass,
    "Succeed": _succeed,
    "Task": tasks.attempt,
    "Wait": _wait,
}


# --- failing --------------------------------------------------------------------------------------------------------


def failed(execution: MachineExecution, frame: Frame, failure: StateFailure) -> None:
    """A state failed: retry it, go where a Catch leads, or fail the branch."""
    if execution.status != "RUNNING":
        return
    execution.give_up(frame)
    said = _in_its_state(frame, failure)
    execution.failing(failure)
    if failure.error == QUERY_ERROR and failure.in_state:
        where = {} if failure.location is None else {"location": failure.location}
        details = {**failure_details(said.error, said.cause), **where, "state": frame.state}
        execution.say(frame, "EvaluationFailed", details, previous=frame.entry if failure.after_entry else frame.before)
    branches.fail_map_run(execution, frame, said)
    state = execution.definition.state(frame.at, frame.state)
    if _retried(execution, frame, state, said):
        return
    if state["Type"] in ("Map", "Parallel") and (frame.branches is not None or said.error != RUNTIME):
        execution.say(frame, f"{state['Type']}StateFailed")
    found = matching_rule(state.get("Catch", ()), said)
    if found is None:
        execution.broken(frame, said)
        return
    index, rule = found
    execution.inspect("errorDetails", {"catchIndex": index})
    branches.forget(execution, frame)
    fields = StateFields.of(execution, frame)
    try:
        assigned, output = fields.caught(rule, said.output(), f"Catch[{index}]/")
        leave(execution, frame, output, assigned, rule["Next"])
    except StateFailure as another:
        execution.broken(frame, _in_its_state(frame, another))


def _in_its_state(frame: Frame, failure: StateFailure) -> StateFailure:
    """The failure with a cause that says where, if the interpreter found it."""
    if not failure.in_state:
        return failure
    where = f"An error occurred while executing the state '{frame.state}' (entered at the event id #{frame.entry}). "
    return StateFailure(failure.error, where + (failure.cause or ""), heartbeat=failure.heartbeat)


def _retried(execution: MachineExecution, frame: Frame, state: dict[str, Any], failure: StateFailure) -> bool:
    found = matching_rule(state.get("Retry", ()), failure)
    if found is None:
        return False
    index, rule = found
    tried = frame.retries.get(str(index), execution.tried)
    execution.inspect("errorDetails", {"retryIndex": index})
    if tried >= rule.get("MaxAttempts", 3):
        return False
    try:
        seconds = rule.get("IntervalSeconds", 1) * rule.get("BackoffRate", 2.0) ** min(tried, 1000)
    except OverflowError:
        seconds = _LONGEST_WAIT
    seconds = min(seconds, rule.get("MaxDelaySeconds", _LONGEST_WAIT), _LONGEST_WAIT)
    if rule.get("JitterStrategy") == "FULL":
        seconds *= execution.random().random()
    branches.forget(execution, frame)
    frame.retries = {**frame.retries, str(index): tried + 1}
    frame.attempt += 1
    frame.task = frame.branches = None
    execution.transitions += 1
    execution.set_timer(seconds, frame.id, "retry", f"{frame.visit}.{frame.attempt}")
    return True
