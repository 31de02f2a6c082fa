"""How a distributed Map reads its items: by one call, or by one for each page of a list or each file of an inventory.

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
    assert frame.branches is not None
    reader = fields.state["ItemReader"]
    arguments = fields.with_state(reader, "ItemReader/").arguments()
    frame.branches["reading"] = {"read": [], "rest": [], "header": None, "arguments": arguments}
    _ask(execution, frame, reader["Resource"], arguments)


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
    """The items, after an answer; None if another file, or another page of a list, is asked for.

    Raises:
        StateFailure: States.ItemReaderFailed, the call failed, or gave no items.
    """
    assert frame.branches is not None
    limit, reader = frame.branches["most"], fields.state["ItemReader"]
    if outcome.error is not None:
        raise StateFailure("States.ItemReaderFailed", outcome.cause or outcome.error)
    if limit < 0:
        raise StateFailure("States.ItemReaderFailed", "field MaxItems must be positive")
    reading = frame.branches["reading"]
    reading["read"].extend(_read(reader, reading, outcome.output))
    if not reading["rest"] or (limit and len(reading["read"]) >= limit):
        read: list[Any] = frame.branches.pop("reading")["read"]
        return read[:limit] if limit else read
    arguments = reading["rest"].pop(0)
    _ask(execution, frame, reader["Resource"], arguments, gzipped=reading["header"] is not None)
    return None


def _read(reader: dict[str, Any], reading: dict[str, Any], answer: Any) -> list[Any]:
    """The items in an answer; ``reading["rest"]`` is what is to be asked for afterwards."""
    config = reader.get("ReaderConfig", {})
    if reader["Resource"].endswith(":listObjectsV2"):
        found, token = items.objects(answer)
        reading["rest"] = [{**reading["arguments"], "ContinuationToken": token}] if token else []
        return found
    if reading["header"] is not None:
        return items.read(answer, {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": reading["header"]})
    if config.get("InputType") == "MANIFEST":
        reading["header"], reading["rest"] = items.inventory(answer)
        return []
    return items.read(answer, config)
