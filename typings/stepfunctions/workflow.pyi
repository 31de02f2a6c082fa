from datetime import datetime
from enum import Enum
from typing import Any

from stepfunctions.steps.states import Chain, Graph, State

class ExecutionStatus(Enum):
    Running = "RUNNING"
    Succeeded = "SUCCEEDED"
    Failed = "FAILED"
    TimedOut = "TIMED_OUT"
    Aborted = "ABORTED"

class EventsList(list[dict[str, Any]]):
    def to_html(self) -> str: ...

class Workflow:
    name: str
    definition: Graph
    role: str
    tags: list[dict[str, str]]
    client: Any
    state_machine_arn: str | None
    workflow_input: Any
    format_json: bool
    timeout_seconds: int | None
    comment: str | None
    version: str | None
    @classmethod
    def attach(cls, state_machine_arn: str, client: Any = ...) -> Workflow: ...
    def __init__(
        self,
        name: str,
        definition: State | Chain | Graph,
        role: str,
        tags: list[dict[str, str]] = ...,
        execution_input: Any = ...,
        timeout_seconds: int | None = ...,
        comment: str | None = ...,
        version: str | None = ...,
        state_machine_arn: str | None = ...,
        format_json: bool = ...,
        client: Any = ...,
    ) -> None: ...
    def create(self) -> str: ...
    def update(self, definition: State | Chain | Graph | None = ..., role: str | None = ...) -> str: ...
    def execute(self, name: str | None = ..., inputs: Any = ...) -> Execution: ...
    def list_executions(
        self, max_items: int = ..., status_filter: ExecutionStatus | None = ..., html: bool = ...
    ) -> Any: ...
    def delete(self) -> None: ...
    def render_graph(self, portrait: bool = ...) -> Any: ...
    def get_cloudformation_template(self, description: str | None = ...) -> str: ...

class Execution:
    workflow: Workflow
    name: str | None
    execution_arn: str
    start_date: datetime
    stop_date: datetime | None
    status: ExecutionStatus
    client: Any
    def __init__(
        self,
        workflow: Workflow,
        execution_arn: str,
        start_date: datetime,
        status: ExecutionStatus,
        client: Any = ...,
        name: str | None = ...,
        stop_date: datetime | None = ...,
    ) -> None: ...
    def stop(self, cause: str | None = ..., error: str | None = ...) -> dict[str, Any]: ...
    def list_events(self, max_items: int = ..., reverse_order: bool = ..., html: bool = ...) -> EventsList: ...
    def describe(self) -> dict[str, Any]: ...
    def render_progress(self, portrait: bool = ..., max_events: int = ...) -> Any: ...
    def get_input(self) -> Any: ...
    def get_output(self, wait: bool = ...) -> Any: ...
