"""Maps, inline and distributed, and where their items come from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fakes.small_machines import LAMBDA, one, only
from personalize_sfn.statemachine import StateMachine, TaskCall, TaskOutcome

GET, LIST = "arn:aws:states:::s3:getObject", "arn:aws:states:::s3:listObjectsV2"
PASS = {"P": {"Type": "Pass", "End": True}}
TASK = {"T": {"Type": "Task", "Resource": LAMBDA, "End": True}}
WAIT = {"W": {"Type": "Wait", "Seconds": 60, "End": True}}


def each(inner: dict[str, Any], mode: str = "INLINE", **fields: Any) -> StateMachine:
    """A Map that runs these states for each item."""
    processor = {"ProcessorConfig": {"Mode": mode, "ExecutionType": "STANDARD"}, **one(inner)}
    return only(Type="Map", ItemProcessor=processor, **fields)


def reading(resource: str = GET, config: dict[str, Any] | None = None, **fields: Any) -> StateMachine:
    """A distributed Map that reads its items from S3."""
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "P"}
    processor["States"] = {"P": {"Type": "Pass", "End": True}}
    reader = {"Resource": resource, "Parameters": {"Bucket.$": "$.b", "Key": "k"}, "ReaderConfig": config or {}}
    state = {"Type": "Map", "ItemReader": reader, "ItemProcessor": processor, "End": True, **fields}
    return StateMachine({"StartAt": "M", "States": {"M": state}})


def body(text: str) -> Callable[[TaskCall], TaskOutcome]:
    """Tasks that answer an object of this text."""
    return lambda call: TaskOutcome({"Body": text})
