"""Parallel and Map: states that run branches of their own.

https://docs.aws.amazon.com/step-functions/latest/dg/state-parallel.html
https://docs.aws.amazon.com/step-functions/latest/dg/state-map.html
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from personalize_sfn.statemachine import leaving
from personalize_sfn.statemachine.failures import StateFailure, runtime_failure
from personalize_sfn.statemachine.fields import StateFields
from personalize_sfn.statemachine.frames import Frame
from personalize_sfn.statemachine.history import failure_details
from personalize_sfn.statemachine.json_text import compact
from personalize_sfn.statemachine.jsonata import ERROR, expression

if TYPE_CHECKING:
    from personalize_sfn.statemachine.execution import MachineExecution

__all__ = ["attempt_map", "attempt_parallel", "branch_failed", "branch_finished", "forget"]

#: How many items run at once where MaxConcurrency sets no limit.
_AT_ONCE = {"INLINE": 40, "DISTRIBUTED": 10_000}


def attempt_parallel(execution: MachineExecution, frame: Frame, fields: StateFields) -> None:
    """Start every branch."""
    given = fields.arguments()
    started = execution.say(frame, "ParallelStateStarted")
    count = len(fields.state["Branches"])
    frame.branches = {"results": [None] * count, "left": count, "running": []}
    for index in range(count):
        at = [*frame.at, "States", frame.state, "Branches", index]
        child = execution.spawn(frame, at, given, previous=started, index=index)
        frame.branches["running"].append(child.id)


def attempt_map(execution: MachineExecution, frame: Frame, fields: StateFields) -> None:
    """Start as many items as may run at once."""
    processor = "ItemProcessor" if "ItemProcessor" in fields.state else "Iterator"
    mode = fields.state[processor].get("ProcessorConfig", {}).get("Mode", "INLINE")
    at_once = fields.integer("MaxConcurrency", 0) or _AT_ONCE[mode]
    items = _items(fields)
    inputs = [_item_input(fields, index, item) for index, item in enumerate(items)]
    execution.say(frame, "MapStateStarted", {"length": len(items)})
    tolerated = _tolerated(fields) if mode == "DISTRIBUTED" else None
    frame.branches = {
        "processor": processor,
        "items": items,
        "inputs": inputs,
        "results": [None] * len(items),
        "left": len(items),
        "next": 0,
        "running": [],
        "at_once": at_once,
        "failed": 0,
        "tolerated": tolerated,
    }
    if mode == "DISTRIBUTED":
        execution.say(frame, "MapRunStarted", {"mapRunArn": _map_run(execution, frame, fields)})
    if items:
        for _ in range(min(at_once, len(items))):
            _start_next(execution, frame, frame.previous)
    else:
        _all_finished(execution, frame)


def _tolerated(fields: StateFields) -> list[float]:
    """How many items, and how many of a hundred, may fail."""
    return [fields.integer("ToleratedFailureCount", 0) or 0, fields.percentage("ToleratedFailurePercentage")]


def _map_run(execution: MachineExecution, frame: Frame, fields: StateFields) -> str:
    machine = str(execution.context["StateMachine"]["Id"]).replace(":stateMachine:", ":mapRun:")
    label = fields.state.get("Label", frame.state)
    return f"{machine}/{label}:{execution.new_token()}"


def _items(fields: StateFields) -> list[Any]:
    if fields.jsonpath:
        scope = fields.scope()
        items = scope.path(fields.state["ItemsPath"]) if "ItemsPath" in fields.state else scope.value
        if isinstance(items, list):
            return items
        raise runtime_failure(f"Map state input must be an array but was: {compact(items)}")
    items = fields.value("Items", fields.input)
    if isinstance(items, list):
        return items
    if "Items" in fields.state and expression(fields.state["Items"]) is not None:
        raise fields._wrong_type("Items", "array", items)
    cause = f"Map state input must be an array but was: {compact(items)}"
    raise StateFailure(ERROR, cause, in_state=True)


def _item_input(fields: StateFields, index: int, item: Any) -> Any:
    of_item = fields.with_map_item({"Item": {"Index": index, "Value": item}})
    for name in ("ItemSelector", "Parameters"):
        if name in fields.state:
            template = fields.state[name]
            return (
                of_item.scope().template(template)
                if fields.jsonpath
                else of_item.expressions().template(template, name)
            )
    return item


def _start_next(execution: MachineExecution, frame: Frame, previous: int) -> None:
    assert frame.branches is not None
    branches, index = frame.branches, frame.branches["next"]
    branches["next"] += 1
    silent = branches["tolerated"] is not None
    kept = frame.previous
    started = previous
    if not silent:
        said = {"index": index, "name": frame.state}
        started = execution.say(frame, "MapIterationStarted", said, previous=previous)
    frame.previous = kept
    at = [*frame.at, "States", frame.state, branches["processor"]]
    child = execution.spawn(frame, at, branches["inputs"][index], previous=started, index=index)
    child.map_item = {"Item": {"Index": index, "Value": branches["items"][index]}}
    child.silent = child.silent or silent
    branches["running"].append(child.id)


def branch_finished(execution: MachineExecution, frame: Frame, child: Frame, output: Any) -> None:
    """A branch of a Parallel or an item of a Map reached its end."""
    assert frame.branches is not None
    branches = frame.branches
    branches["running"].remove(child.id)
    branches["results"][child.index] = output
    branches["left"] -= 1
    last = child.previous
    if "items" in branches:
        if branches["tolerated"] is None:
            said = {"index": child.index, "name": frame.state}
            frame.previous = execution.say(frame, "MapIterationSucceeded", said, previous=child.previous)
    else:
        frame.previous = last
    _go_on(execution, frame, last)


def _go_on(execution: MachineExecution, frame: Frame, last: int) -> None:
    """Start the next item, or end."""
    assert frame.branches is not None
    if frame.branches["left"] == 0:
        _all_finished(execution, frame)
    elif frame.branches.get("next", math.inf) < len(frame.branches["results"]):
        _start_next(execution, frame, last)


def _all_finished(execution: MachineExecution, frame: Frame) -> None:
    assert frame.branches is not None
    kind = execution.definition.state(frame.at, frame.state)["Type"]
    kept = frame.previous
    if frame.branches.get("tolerated") is not None:
        execution.say(frame, "MapRunSucceeded")
    execution.say(frame, f"{kind}StateSucceeded")
    frame.previous = kept  # the event after it follows the one before it
    leaving.finish(execution, frame, frame.branches["results"])


def branch_failed(execution: MachineExecution, frame: Frame, child: Frame, failure: StateFailure) -> None:
    """A branch failed, and with it the state; items of a distributed Map may fail as far as is tolerated.

    Raises:
        StateFailure: of the state.
    """
    assert frame.branches is not None
    branches = frame.branches
    if branches.get("tolerated") is not None:
        _item_failed(execution, frame, child, failure)
        return
    if "items" in branches:
        execution.say(frame, "MapIterationFailed", {"index": child.index, "name": frame.state}, previous=child.previous)
    for number in branches["running"]:
        if number != child.id:
            _abort(execution, frame, execution.frames[number], child.previous)
    frame.previous = child.previous
    raise StateFailure(failure.error, failure.cause)


def _item_failed(execution: MachineExecution, frame: Frame, child: Frame, failure: StateFailure) -> None:
    assert frame.branches is not None
    branches = frame.branches
    branches["failed"] += 1
    count, percentage = branches["tolerated"]
    if branches["failed"] <= max(count, len(branches["items"]) * percentage / 100):
        forget(execution, child)
        del execution.frames[child.id]
        branches["running"].remove(child.id)
        branches["results"][child.index] = failure.output()
        branches["left"] -= 1
        _go_on(execution, frame, frame.previous)
        return
    error, cause = "States.ExceedToleratedFailureThreshold", "The specified tolerated failure threshold was exceeded"
    execution.say(frame, "MapRunFailed", failure_details(error, cause))
    raise StateFailure(error, cause)


def _abort(execution: MachineExecution, frame: Frame, child: Frame, previous: int) -> None:
    """Say that a branch is aborted, because another one failed."""
    kind = execution.definition.state(child.at, child.state)["Type"]
    if child.previous != child.before and kind in ("Map", "Parallel", "Task", "Wait"):
        execution.say(frame, f"{kind}StateAborted", previous=previous)
    if frame.branches is not None and "items" in frame.branches:
        execution.say(frame, "MapIterationAborted", {"index": child.index, "name": frame.state}, previous=previous)


def forget(execution: MachineExecution, frame: Frame) -> None:
    """Drop the branches that a state was running."""
    if frame.branches is not None:
        for number in frame.branches["running"]:
            forget(execution, execution.frames[number])
            del execution.frames[number]
        frame.branches["running"] = []
