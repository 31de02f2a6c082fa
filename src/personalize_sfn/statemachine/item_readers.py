"""How a distributed Map reads its items: by one call, or by one for each file that an S3 Inventory manifest names.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from personalize_sfn.statemachine import items
from personalize_sfn.statemachine.calls import TaskOutcome
from personalize_sfn.statemachine.failures import StateFailure
from personalize_sfn.statemachine.fields import StateFields
from personalize_sfn.statemachine.frames import Frame

if TYPE_CHECKING:
    from personalize_sfn.statemachine.execution import MachineExecution

__all__ = ["items_read", "most", "start"]


def most(fields: StateFields) -> int:
    """How many items to read; 0 for all."""
    config = fields.state["ItemReader"].get("ReaderConfig", {})
    return fields.with_state(config, "ItemReader/ReaderConfig/").whole("MaxItems", 0) or 0


def start(execution: MachineExecution, frame: Frame, fields: StateFields) -> None:
    """Ask for the object or the list of objects that the reader names."""
    reader = fields.state["ItemReader"]
    _ask(execution, frame, reader["Resource"], fields.with_state(reader, "ItemReader/").arguments())


def _ask(execution: MachineExecution, frame: Frame, resource: str, arguments: Any, *, gzipped: bool = False) -> None:
    frame.task = {
        "token": execution.call_token(frame),
        "resource": resource,
        "arguments": arguments,
        "reads": True,
        "gzipped": gzipped,
    }
    execution.queue(frame, "started")


def items_read(
    execution: MachineExecution, frame: Frame, fields: StateFields, outcome: TaskOutcome
) -> list[Any] | None:
    """The items, after an answer; None if another file is asked for.

    Raises:
        StateFailure: States.ItemReaderFailed, the call failed, or gave no items.
    """
    assert frame.branches is not None
    limit = frame.branches["most"]
    if outcome.error is not None:
        raise StateFailure("States.ItemReaderFailed", outcome.cause or outcome.error)
    if limit < 0:
        raise StateFailure("States.ItemReaderFailed", "field MaxItems must be positive")
    reader = fields.state["ItemReader"]
    config = reader.get("ReaderConfig", {})
    if config.get("InputType") != "MANIFEST":
        return items.read(outcome.output, config, limit)
    inventory = frame.branches.get("inventory")
    if inventory is None:
        inventory = {**items.inventory(outcome.output), "read": []}
    else:
        left = limit - len(inventory["read"]) if limit else 0
        listed = {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": inventory["header"]}
        inventory = {**inventory, "read": [*inventory["read"], *items.read(outcome.output, listed, left)]}
    if not inventory["files"] or (limit and len(inventory["read"]) >= limit):
        frame.branches.pop("inventory", None)
        read: list[Any] = inventory["read"]
        return read
    key, *inventory["files"] = inventory["files"]
    frame.branches["inventory"] = inventory
    where = {"Bucket": inventory["bucket"], "Key": key}
    _ask(execution, frame, reader["Resource"], where, gzipped=key.endswith(".gz"))
    return None
