"""What Step Functions keeps of an account and region: state machines, executions, activities, tags."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass, field, replace
from typing import Any

from personalize_sfn.local.stepfunctions.item_index import ItemIndex
from personalize_sfn.local.stepfunctions.paced_execution import PacedExecution
from personalize_sfn.statemachine import StateMachine, TaskCall
from personalize_sfn.statemachine.definition import InvalidDefinitionError
from personalize_sfn.statemachine.variable_references import variable_references

__all__ = [
    "Activity",
    "DeployedMachine",
    "ExecutionRecord",
    "MachineAlias",
    "MachineRevision",
    "MachineVersion",
    "StatesStore",
    "parsed",
    "references",
    "refused",
]


@functools.lru_cache(maxsize=256)
def parsed(definition: str) -> StateMachine:
    """A definition, ready to run; of each text one."""
    return StateMachine.parse(definition)


def refused(definition: str) -> str:
    """Why this version does not take a kept definition that an older one took; "" where it does."""
    try:
        parsed(definition)
    except InvalidDefinitionError as error:
        return f"This version of the embedded AWS does not take the definition any more: {error}"
    return ""


@functools.lru_cache(maxsize=256)
def references(definition: str) -> dict[str, list[str]]:
    """The variables that the states of a definition refer to; none where it is refused."""
    return {} if refused(definition) else variable_references(parsed(definition))


@dataclass(frozen=True, slots=True)
class MachineRevision:
    """What an update replaces as a whole."""

    definition: str
    role_arn: str
    logging: dict[str, Any]
    tracing: dict[str, Any]
    encryption: dict[str, Any]
    id: str | None
    """None until the first update."""
    updated: float

    def with_changes(self, **changes: Any) -> MachineRevision:
        return replace(self, **{name: value for name, value in changes.items() if value is not None})


@dataclass(frozen=True, slots=True)
class MachineVersion:
    """A revision under a number."""

    arn: str
    revision: MachineRevision
    created: float
    description: str


@dataclass(slots=True)
class MachineAlias:
    """A name for one version, or for two with a weight each; weights add up to 100."""

    arn: str
    created: float
    updated: float
    description: str
    routes: list[tuple[str, int]]
    """Version ARNs and their weights."""


@dataclass(slots=True)
class DeployedMachine:
    """A state machine."""

    arn: str
    name: str
    type: str
    """STANDARD or EXPRESS."""
    created: float
    revision: MachineRevision
    versions: dict[int, MachineVersion] = field(default_factory=dict)
    last_version: int = 0
    """Numbers of deleted versions do not come again."""
    aliases: dict[str, MachineAlias] = field(default_factory=dict)


@dataclass(slots=True)
class ExecutionRecord:
    """An execution and what its machine was when it began: it outlives both."""

    arn: str
    name: str
    machine: DeployedMachine
    revision: MachineRevision
    input: str
    """As it was sent."""
    execution: PacedExecution
    number: int
    """Executions are numbered in the order of their starts."""
    started: float
    stopped: float | None = None
    version_arn: str | None = None
    alias_arn: str | None = None
    trace_header: str | None = None
    redriven: float | None = None
    children: dict[str, tuple[str, TaskCall]] = field(default_factory=dict)
    """By the token of a call that waits for it: the ARN of an execution that it started."""
    parents: list[tuple[ExecutionRecord, TaskCall]] = field(default_factory=list)
    """The executions, and their calls, that wait for this one."""
    queued: dict[str, str] = field(default_factory=dict)
    """By the token of a call that no worker took yet: the ARN of its activity."""
    logged: int = 0
    """How many of its events went to the log group, if there is one."""
    due: float | None = None
    """When the driver looks at it next, if nothing happens before."""
    settled: bool = False
    """Whether all that follows from its end was done."""
    items: ItemIndex = field(default_factory=ItemIndex, repr=False, compare=False)
    """Of its Map Runs."""

    kept_events: dict[str, int] = field(default_factory=dict)
    """How many events of its lists are in the data directory, if there is one."""
    kept_texts: dict[str, int] = field(default_factory=dict)
    """The numbers of the long texts of its events, which are kept once each."""
    left_children: dict[str, str] = field(default_factory=dict)
    """What ``children`` held when an earlier process ended, by token; until the execution goes on."""

    @property
    def region(self) -> str:
        return self.arn.split(":")[3]


@dataclass(slots=True)
class Activity:
    """A queue of tasks for workers outside."""

    arn: str
    name: str
    created: float
    encryption: dict[str, Any]


@dataclass(slots=True)
class StatesStore:
    """Everything of one account and region, each by its ARN."""

    machines: dict[str, DeployedMachine] = field(default_factory=dict)
    executions: dict[str, ExecutionRecord] = field(default_factory=dict)
    activities: dict[str, Activity] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    numbers: itertools.count[int] = field(default_factory=itertools.count)
