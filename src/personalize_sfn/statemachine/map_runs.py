"""What is told of a distributed Map while it runs and afterwards: its Map Run.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from personalize_sfn.statemachine import item_histories

if TYPE_CHECKING:
    from personalize_sfn.statemachine.execution import MachineExecution
    from personalize_sfn.statemachine.frames import Frame

__all__ = ["begin", "counts", "end"]


def begin(execution: MachineExecution, frame: Frame, most: int) -> None:
    """A Map Run of ``frame`` begins; ``most`` items run at once, 0 for no limit.

    ``items`` will be the first branch of each item, in the order of their starts, which is that of the items.
    """
    assert frame.branches is not None
    execution.map_runs[frame.branches["map_run"]] = {
        "status": "RUNNING",
        "started": execution.now,
        "stopped": None,
        "frame": frame.id,
        "items": [],
        "express": frame.branches["express"],
        "batched": "ItemBatcher" in execution.definition.state(frame.at, frame.state),
        "most": most,
        "tolerated": frame.branches["tolerated"],
        "counts": None,
    }


def end(execution: MachineExecution, frame: Frame, status: str) -> bool:
    """The Map Run of ``frame`` ended as SUCCEEDED, FAILED or ABORTED; False if there is none, or it ended before."""
    run = execution.map_runs.get((frame.branches or {}).get("map_run", ""))
    if run is None or run["status"] != "RUNNING":
        return False
    for number in (frame.branches or {})["running"]:
        if (child := execution.frames.get(number)) is not None:
            item_histories.end(execution, child, "ABORTED", {})
    found = counts(execution, frame)
    for kind in found.values():
        kind["aborted"] = kind["pending"] + kind["running"]
        kind["pending"] = kind["running"] = 0
        kind["resultsWritten"] = kind["total"] if status == "SUCCEEDED" else 0
    run |= {"status": status, "stopped": execution.now, "counts": found}
    return True


def counts(execution: MachineExecution, frame: Frame) -> dict[str, dict[str, int]]:
    """``executions`` by what has become of them, and the ``items`` in them: an execution may have a batch of them."""
    branches: dict[str, Any] = frame.branches or {}
    inputs = branches.get("inputs", [])
    running = {execution.frames[number].index for number in branches["running"] if number in execution.frames}
    failed_without_record = branches.get("failed", 0) - len(branches.get("errors", {}))
    made = {
        name: dict.fromkeys(("pending", "running", "succeeded", "failed", "aborted", "total", "resultsWritten"), 0)
        for name in ("executions", "items")
    }
    for index, given in enumerate(inputs):
        if str(index) in branches["errors"]:
            status = "failed"
        elif index in running:
            status = "running"
        else:
            status = "pending" if index >= branches["next"] else "succeeded"
        batch = len(given["Items"]) if branches.get("batched") else 1
        for name, number in (("executions", 1), ("items", batch)):
            made[name][status] += number
            made[name]["total"] += number
    if failed_without_record > 0:  # the one that was one too many still stands among those that run
        for kind in made.values():
            moved = min(failed_without_record, kind["running"])
            kind["running"] -= moved
            kind["failed"] += moved
    return made
