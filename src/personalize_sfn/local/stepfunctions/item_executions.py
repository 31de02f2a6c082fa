"""The executions of a Map Run's items, which are listed and described as executions of their own are.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-examine-map-run.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.stepfunctions.context import StepFunctionsContext
from personalize_sfn.local.stepfunctions.records import ExecutionRecord
from personalize_sfn.local.stepfunctions.wire import states_arn
from personalize_sfn.statemachine.history import details
from personalize_sfn.statemachine.item_histories import executions_of, item_name, labelled_machine
from personalize_sfn.statemachine.json_text import parse

__all__ = ["ItemExecution", "item_execution", "item_of", "map_run_of"]


def map_run_of(arn: str, context: StepFunctionsContext) -> tuple[ExecutionRecord, dict[str, Any]]:
    """The execution that a Map Run is of, and what is kept of the run.

    Raises:
        AwsError: InvalidArn or ResourceNotFound.
    """
    states_arn(arn, "mapRun")
    for record in context.store.executions.values():
        if arn in record.execution.map_runs:
            return record, record.execution.map_runs[arn]
    raise AwsError("ResourceNotFound", f"Resource not found: '{arn}'")


@dataclass(frozen=True, slots=True)
class ItemExecution:
    """The execution of an item, or of a batch of them; ``events`` are those of its history that are kept."""

    record: ExecutionRecord
    """The execution that the Map is of."""
    map_run: str
    index: int
    express: bool
    batched: bool
    events: Sequence[dict[str, Any]]

    @property
    def name(self) -> str:
        return item_name(self.map_run, self.index)

    @property
    def arn(self) -> str:
        return f"{executions_of(self.map_run)}{self.name}"

    @property
    def _end(self) -> dict[str, Any] | None:
        last = self.events[-1]
        return last if last["type"].startswith("Execution") and last is not self.events[0] else None

    @property
    def status(self) -> str:
        return self._end["type"].removeprefix("Execution").upper() if self._end else "RUNNING"

    @property
    def input(self) -> str:
        return str(self.events[0]["executionStartedEventDetails"]["input"])

    def listed(self) -> dict[str, Any]:
        """What ListExecutions says of it."""
        return {
            "executionArn": self.arn,
            "stateMachineArn": labelled_machine(self.map_run),
            "name": self.name,
            "status": self.status,
            "startDate": self.events[0]["timestamp"],
            "stopDate": self._end["timestamp"] if self._end else None,
            "mapRunArn": self.map_run,
            "itemCount": len(parse(self.input)["Items"]) if self.batched else 1,
            "redriveCount": 0,
        }

    def described(self, *, with_data: bool) -> dict[str, Any]:
        """What DescribeExecution says of it."""
        said = {name: value for name, value in self.listed().items() if name != "itemCount"}
        included = {"included": with_data}
        said |= {"input": self.input if with_data else None, "inputDetails": included}
        end = self._end[details(self._end["type"])] if self._end else {}
        said |= {"error": end.get("error"), "cause": end.get("cause")}
        if self.status == "SUCCEEDED":
            said |= {"output": end["output"] if with_data else None, "outputDetails": included}
        if self.status in ("RUNNING", "SUCCEEDED"):
            reason = f"Execution is {self.status} and cannot be redriven"
            return {**said, "redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": reason}
        return {**said, "redriveStatus": "REDRIVABLE_BY_MAP_RUN"}


def item_of(record: ExecutionRecord, map_run: str, index: int) -> ItemExecution:
    """An item of a Map Run that has begun; they are numbered from 0 in the order of their starts."""
    run = record.execution.map_runs[map_run]
    events = record.items.events(record.execution, map_run, index)
    return ItemExecution(record, map_run, index, run["express"], run["batched"], events)


def item_execution(arn: str, context: StepFunctionsContext) -> ItemExecution | None:
    """The execution of an item by its ARN; None where it is none."""
    machine, _, name = arn.rpartition(":")
    if "/" not in machine:  # no label of a Map: most are executions of their own, and asked for often
        return None
    for record in context.store.executions.values():
        for map_run in record.execution.map_runs:
            if arn.startswith(executions_of(map_run)):
                index = record.items.index_of(record.execution, map_run, name)
                if index is not None:
                    return item_of(record, map_run, index)
    return None
