"""The items of a distributed Map are executions of their own, each with a history of its own.

The events of all items stand in one list, which only grows, each beside the number of its item's first branch.  They
are kept where the execution says so; they are numbered in any case.  Of an item of type EXPRESS its start and its end
are kept: AWS has no more of it either.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from personalize_sfn.statemachine import times
from personalize_sfn.statemachine.history import data, event

if TYPE_CHECKING:
    from personalize_sfn.statemachine.execution import MachineExecution
    from personalize_sfn.statemachine.frames import Frame

__all__ = ["begin", "context_of_item", "end", "executions_of", "item_name", "labelled_machine", "say"]


def item_name(map_run: str, index: int) -> str:
    """The name of the execution of an item, or of a batch of them, of the Map Run with this ARN."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{map_run}:{index}"))


def executions_of(map_run: str) -> str:
    """The ARNs of the executions of a Map Run's items, up to their names."""
    return map_run.rpartition(":")[0].replace(":mapRun:", ":execution:", 1) + ":"


def labelled_machine(map_run: str) -> str:
    """The ARN of the machine with the label of the Map: what AWS says that the items are executions of."""
    return map_run.rpartition(":")[0].replace(":mapRun:", ":stateMachine:", 1)


def context_of_item(execution: MachineExecution, frame: Frame) -> dict[str, Any]:
    """What an item's states see of their execution in the context object, which has no ``Map`` there."""
    assert frame.item is not None
    first = execution.frames[frame.item]
    assert first.parent is not None
    branches = execution.frames[first.parent].branches
    assert branches is not None
    machine, name = labelled_machine(branches["map_run"]), item_name(branches["map_run"], first.index)
    about = {
        "Id": executions_of(branches["map_run"]) + name,
        "Input": branches["inputs"][first.index],
        "Name": name,
        "RoleArn": execution.context["Execution"]["RoleArn"],
        "StartTime": times.written(branches["times"][first.index][0]),
        "RedriveCount": 0,
    }
    return {"Execution": about, "StateMachine": {"Id": machine, "Name": machine.rpartition(":")[2]}}


def begin(execution: MachineExecution, frame: Frame, first: Frame) -> None:
    """An item of the Map in ``frame`` begins, with this first branch."""
    assert frame.branches is not None
    first.item, first.map_item, first.express = first.id, None, frame.branches["express"]
    execution.map_runs[frame.branches["map_run"]]["items"].append(first.id)
    given = {**data("input", first.text(first.input)), "roleArn": execution.context["Execution"]["RoleArn"]}
    _keep(execution, first, 0, "ExecutionStarted", given)


def end(execution: MachineExecution, first: Frame, status: str, said: dict[str, Any]) -> None:
    """An item ended, as SUCCEEDED, FAILED or ABORTED; nothing for a branch that is no item's first one."""
    if first.item == first.id:
        _keep(execution, first, first.previous, f"Execution{status.title()}", said)
        first.item = None  # an item ends once


def say(execution: MachineExecution, frame: Frame, previous: int, kind: str, said: dict[str, Any] | None) -> int:
    """Add an event of a branch of an item; its id."""
    assert frame.item is not None
    return _keep(execution, execution.frames[frame.item], previous, kind, said, inner=True)


def _keep(
    execution: MachineExecution,
    first: Frame,
    previous: int,
    kind: str,
    said: dict[str, Any] | None,
    *,
    inner: bool = False,
) -> int:
    first.said += 1
    if execution.keeps_items and not (inner and first.express):
        execution.item_events.append([first.id, event(first.said, previous, execution.now, kind, said)])
    return first.said
