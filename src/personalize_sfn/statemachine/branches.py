"""Parallel and Map: states that run branches of their own.

https://docs.aws.amazon.com/step-functions/latest/dg/state-parallel.html
https://docs.aws.amazon.com/step-functions/latest/dg/state-map.html
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from personalize_sfn.statemachine import item_histories, item_readers, items, leaving, map_runs, results
from personalize_sfn.statemachine.calls import TaskOutcome
from personalize_sfn.statemachine.failures import StateFailure, runtime_failure
from personalize_sfn.statemachine.fields import StateFields
from personalize_sfn.statemachine.frames import Frame
from personalize_sfn.statemachine.history import data, failure_details
from personalize_sfn.statemachine.json_text import compact
from personalize_sfn.statemachine.jsonata import ERROR, expression

if TYPE_CHECKING:
    from personalize_sfn.statemachine.execution import MachineExecution

__all__ = [
    "TOO_MANY_FAILED",
    "attempt_map",
    "attempt_parallel",
    "branch_failed",
    "branch_finished",
    "fail_map_run",
    "forget",
    "items_read",
    "mode",
    "more_at_once",
    "results_written",
]

TOO_MANY_FAILED = (
    "States.ExceedToleratedFailureThreshold",
    "The specified tolerated failure threshold was exceeded",
)
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


def _processor(state: dict[str, Any]) -> str:
    return "ItemProcessor" if "ItemProcessor" in state else "Iterator"


def mode(state: dict[str, Any]) -> str:
    """INLINE or DISTRIBUTED; "" if the state is no Map."""
    if state["Type"] != "Map":
        return ""
    found: str = state[_processor(state)].get("ProcessorConfig", {}).get("Mode", "INLINE")
    return found


def attempt_map(execution: MachineExecution, frame: Frame, fields: StateFields) -> None:
    """Start as many items as may run at once; where the items are to be read, read them first."""
    processor = _processor(fields.state)
    distributed = mode(fields.state) == "DISTRIBUTED"
    most = fields.integer("MaxConcurrency", 0) or 0
    reader = fields.state.get("ItemReader")
    found = _items(fields) if reader is None else []
    execution.inspect("maxConcurrency", most)
    execution.say(frame, "MapStateStarted", {"length": len(found)})
    frame.branches = {
        "processor": processor,
        "at_once": most or _AT_ONCE[mode(fields.state)],
        "running": [],
        "tolerated": _tolerated(execution, fields) if distributed else None,
        "express": fields.state[processor].get("ProcessorConfig", {}).get("ExecutionType") == "EXPRESS",
    }
    if reader is not None:
        frame.branches["most"] = item_readers.most(fields)
    if distributed:
        frame.branches["map_run"] = _map_run(execution, frame, fields)
        execution.say(frame, "MapRunStarted", {"mapRunArn": frame.branches["map_run"]})
        map_runs.begin(execution, frame, most)
        if (writer := fields.state.get("ResultWriter")) is not None:
            frame.branches["format"] = writer.get("WriterConfig", {})
            if "Resource" in writer:
                frame.branches["writer"] = fields.with_state(writer, "ResultWriter/").arguments()
    if reader is None:
        _run_items(execution, frame, fields, found)
    else:
        item_readers.start(execution, frame, fields)


def items_read(execution: MachineExecution, frame: Frame, outcome: TaskOutcome) -> None:
    """What the reader's task answered.

    Raises:
        StateFailure: it failed, or gave no items.
    """
    fields = StateFields.of(execution, frame)
    found = item_readers.items_read(execution, frame, fields, outcome)
    if found is not None:
        _run_items(execution, frame, fields, found)


def _run_items(execution: MachineExecution, frame: Frame, fields: StateFields, found: list[Any]) -> None:
    assert frame.branches is not None
    inputs = [_item_input(fields, index, item) for index, item in enumerate(found)]
    if (batcher := fields.state.get("ItemBatcher")) is not None:
        of_batcher = fields.with_state(batcher, "ItemBatcher/")
        most, most_bytes = (of_batcher.integer(f"Max{what}PerBatch", 0) or 0 for what in ("Items", "InputBytes"))
        frame.branches["batched"] = True
        found = inputs = items.batches(inputs, most, most_bytes, of_batcher.template("BatchInput"))
    frame.branches = {
        **frame.branches,
        "items": found,
        "inputs": inputs,
        "results": [None] * len(found),
        "left": len(found),
        "next": 0,
        "failed": 0,
        "errors": {},
        "times": [[execution.now, execution.now] for _ in found] if "map_run" in frame.branches else [],
        "sizes": {},
    }
    if found:
        for _ in range(min(frame.branches["at_once"], len(found))):
            _start_next(execution, frame, frame.previous)
    else:
        _all_finished(execution, frame)


def _tolerated(execution: MachineExecution, fields: StateFields) -> list[float]:
    """How many items, and how many of a hundred, may fail."""
    tolerated = [fields.integer("ToleratedFailureCount", 0) or 0, fields.percentage("ToleratedFailurePercentage")]
    for name, value in zip(("ToleratedFailureCount", "ToleratedFailurePercentage"), tolerated, strict=True):
        if name in fields.state or f"{name}Path" in fields.state:
            execution.inspect(f"{name[0].lower()}{name[1:]}", value)
    return tolerated


def _map_run(execution: MachineExecution, frame: Frame, fields: StateFields) -> str:
    machine = str(execution.context["StateMachine"]["Id"]).replace(":stateMachine:", ":mapRun:")
    label = fields.state.get("Label", frame.state)
    return f"{machine}/{label}:{execution.new_id()}"


def _items(fields: StateFields) -> list[Any]:
    if fields.jsonpath:
        scope = fields.scope()
        found = scope.path(fields.state["ItemsPath"]) if "ItemsPath" in fields.state else scope.value
        if isinstance(found, list):
            if "ItemsPath" in fields.state:
                fields.execution.inspect("afterItemsPath", found)
            return found
        raise runtime_failure(f"Map state input must be an array but was: {compact(found)}")
    found = fields.value("Items", fields.input)
    if isinstance(found, list):
        return found
    if "Items" in fields.state and expression(fields.state["Items"]) is not None:
        raise fields._wrong_type("Items", "array", found)
    cause = f"Map state input must be an array but was: {compact(found)}"
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
    if branches["times"]:
        branches["times"][index] = [execution.now, execution.now]
    silent = branches["tolerated"] is not None
    kept = frame.previous
    started = 0 if silent else previous
    if not silent:
        said = {"index": index, "name": frame.state}
        started = execution.say(frame, "MapIterationStarted", said, previous=previous)
    frame.previous = kept
    at = [*frame.at, "States", frame.state, branches["processor"]]
    child = execution.spawn(frame, at, branches["inputs"][index], previous=started, index=index)
    if silent:
        item_histories.begin(execution, frame, child)
    else:
        child.map_item = {"Item": {"Index": index, "Value": branches["items"][index]}}
    branches["running"].append(child.id)


def branch_finished(execution: MachineExecution, frame: Frame, child: Frame, output: Any) -> None:
    """A branch of a Parallel or an item of a Map reached its end."""
    assert frame.branches is not None
    branches = frame.branches
    branches["running"].remove(child.id)
    branches["results"][child.index] = output
    branches["left"] -= 1
    if branches.get("times"):
        branches["times"][child.index][1] = execution.now
    last = child.previous
    item_histories.end(execution, child, "SUCCEEDED", data("output", child.text(output)))
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
    elif frame.branches.get("next", math.inf) < len(frame.branches["results"]) and (
        len(frame.branches["running"]) < frame.branches["at_once"]
    ):
        _start_next(execution, frame, last)


def _all_finished(execution: MachineExecution, frame: Frame) -> None:
    assert frame.branches is not None
    if "writer" in frame.branches:
        frame.branches["unwritten"] = results.to_write(frame.branches)
        _write_next(execution, frame)
    else:
        made = results.formatted(frame.branches) if "format" in frame.branches else frame.branches["results"]
        _succeeded(execution, frame, made)


def _write_next(execution: MachineExecution, frame: Frame) -> None:
    """Export the next object of the results."""
    assert frame.branches is not None
    name, *frame.branches["unwritten"] = frame.branches["unwritten"]
    frame.task = {
        "token": execution.call_token(frame),
        "resource": execution.definition.state(frame.at, frame.state)["ResultWriter"]["Resource"],
        "arguments": results.exported(frame.branches, name),
        "writes": True,
    }
    execution.queue(frame, "started")


def results_written(execution: MachineExecution, frame: Frame, outcome: TaskOutcome) -> None:
    """What the writer's task answered.

    Raises:
        StateFailure: it failed.
    """
    assert frame.branches is not None
    if outcome.error is not None:
        raise StateFailure("States.ResultWriterFailed", outcome.cause or outcome.error)
    if frame.branches["unwritten"]:
        _write_next(execution, frame)
    else:
        _succeeded(execution, frame, results.written_details(frame.branches))


def _succeeded(execution: MachineExecution, frame: Frame, result: Any) -> None:
    assert frame.branches is not None
    kind = execution.definition.state(frame.at, frame.state)["Type"]
    kept = frame.previous
    if frame.branches.get("tolerated") is not None:
        map_runs.end(execution, frame, "SUCCEEDED")
        execution.say(frame, "MapRunSucceeded")
    execution.say(frame, f"{kind}StateSucceeded")
    frame.previous = kept  # the event after it follows the one before it
    leaving.finish(execution, frame, result)


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
    item_histories.end(execution, child, "FAILED", failure_details(failure.error, failure.cause))
    branches["failed"] += 1
    count, percentage = branches["tolerated"]
    if branches["failed"] <= max(count, len(branches["items"]) * percentage / 100):
        forget(execution, child)
        execution.drop(child)
        branches["running"].remove(child.id)
        branches["results"][child.index] = branches["errors"][str(child.index)] = failure.output()
        branches["left"] -= 1
        if branches["times"]:
            branches["times"][child.index][1] = execution.now
        _go_on(execution, frame, frame.previous)
        return
    raise StateFailure(*TOO_MANY_FAILED)


def fail_map_run(execution: MachineExecution, frame: Frame, failure: StateFailure) -> None:
    """The Map Run of a state that fails has failed, if there is one and it still runs."""
    if map_runs.end(execution, frame, "FAILED"):
        execution.say(frame, "MapRunFailed", failure_details(failure.error, failure.cause))


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
            if (child := execution.frames.get(number)) is not None:
                map_runs.end(execution, child, "ABORTED")
                forget(execution, child)
                execution.drop(child)
        frame.branches["running"] = []


def more_at_once(execution: MachineExecution, frame: Frame, most: int) -> None:
    """Let more items, or fewer, of a Map run at once; those that run go on."""
    assert frame.branches is not None
    branches = frame.branches
    branches["at_once"] = most or _AT_ONCE["DISTRIBUTED"]
    while branches.get("next", math.inf) < len(branches.get("items", ())) and (
        len(branches["running"]) < branches["at_once"]
    ):
        _start_next(execution, frame, frame.previous)
