"""A Step Functions service that plays scripted histories."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fakes import watched_runs
from personalize_sfn.execution import Execution

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
ROLE = "arn:aws:iam::123456789012:role/movies-step-functions"


def execution_arn(machine: str, name: str = "run") -> str:
    return f"arn:aws:states:us-east-1:123456789012:execution:{machine}:{name}"


class History:
    """Writes events as Step Functions does, one second apart."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.add("ExecutionStarted", previous=0)

    def add(self, kind: str, *, previous: int | None = None, **details: Any) -> History:
        number = len(self.events) + 1
        event: dict[str, Any] = {
            "id": number,
            "previousEventId": number - 1 if previous is None else previous,
            "type": kind,
            "timestamp": BEGAN + timedelta(seconds=number),
        }
        if details:
            event[f"{kind[0].lower()}{kind[1:]}EventDetails"] = details
        self.events.append(event)
        return self

    def state(self, name: str, kind: str = "Pass", state_input: Any = None) -> History:
        """A state that succeeds."""
        return self.enter(name, kind, state_input).leave(name, kind)

    def enter(self, name: str, kind: str = "Task", state_input: Any = None) -> History:
        event = self.add(f"{kind}StateEntered").events[-1]
        event["stateEnteredEventDetails"] = {"name": name, "input": json.dumps(state_input or {})}
        return self

    def leave(self, name: str, kind: str = "Task") -> History:
        self.add(f"{kind}StateExited").events[-1]["stateExitedEventDetails"] = {"name": name, "output": "{}"}
        return self

    def starts(self, arn: str) -> History:
        return self.add("TaskScheduled").add("TaskSubmitted", output=json.dumps({"ExecutionArn": arn}))


class FakeStepFunctions:
    """The client: histories by execution ARN, of which each look sees ``step`` more events, and machines by ARN."""

    def __init__(self, *, endpoint_url: str = "http://127.0.0.1:4566", step: int = 1000) -> None:
        self.meta = SimpleNamespace(endpoint_url=endpoint_url, region_name="us-east-1")
        self._client_config = SimpleNamespace(user_agent="fake")
        self.histories: dict[str, History] = {}
        self.machines: dict[str, dict[str, Any]] = {}
        self.outputs: dict[str, Any] = {}
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self.sent: list[int] = []
        self.failures: list[Exception] = []
        self._visible: dict[str, int] = {}
        self._step = step

    def get_execution_history(self, **request: Any) -> dict[str, Any]:
        self.calls.append(("get_execution_history", request))
        if self.failures:
            raise self.failures.pop(0)
        arn, token = request["executionArn"], int(request.get("nextToken", 0))
        if not token:
            self._visible[arn] = self._visible.get(arn, 0) + self._step
        events = self.histories[arn].events[: self._visible[arn]]
        if request["reverseOrder"]:
            events = events[::-1]
        page = events[token : token + min(request["maxResults"], 1000)]
        self.sent.append(len(page))
        more = token + len(page) < len(events)
        return {"events": page, **({"nextToken": str(token + len(page))} if more else {})}

    def describe_execution(self, executionArn: str) -> dict[str, Any]:
        if executionArn not in self.histories:
            raise client_error("ExecutionDoesNotExist", f"Execution Does Not Exist: '{executionArn}'")
        last = self.histories[executionArn].events[-1]["type"]
        status = {"ExecutionSucceeded": "SUCCEEDED", "ExecutionFailed": "FAILED"}.get(last, "RUNNING")
        output = self.outputs.get(executionArn)
        return {
            "executionArn": executionArn,
            "stateMachineArn": executionArn.replace(":execution:", ":stateMachine:").rsplit(":", 1)[0],
            "name": executionArn.rsplit(":", 1)[-1],
            "status": status,
            "startDate": BEGAN,
            **({} if output is None else {"output": json.dumps(output)}),
        }

    def describe_state_machine(self, stateMachineArn: str) -> dict[str, Any]:
        if stateMachineArn not in self.machines:
            raise client_error("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{stateMachineArn}'")
        return self.machines[stateMachineArn]

    def describe_state_machine_for_execution(self, executionArn: str) -> dict[str, Any]:
        return self.describe_state_machine(executionArn.replace(":execution:", ":stateMachine:").rsplit(":", 1)[0])

    def create_state_machine(self, **request: Any) -> dict[str, Any]:
        self.calls.append(("create_state_machine", request))
        arn = f"arn:aws:states:us-east-1:123456789012:stateMachine:{request['name']}"
        self.machines[arn] = {"stateMachineArn": arn, **request}
        return {"stateMachineArn": arn}

    def update_state_machine(self, **request: Any) -> dict[str, Any]:
        self.calls.append(("update_state_machine", request))
        self.machines[request["stateMachineArn"]].update(request)
        return {}

    def start_execution(self, **request: Any) -> dict[str, Any]:
        self.calls.append(("start_execution", request))
        arn = request["stateMachineArn"].replace(":stateMachine:", ":execution:")
        return {"executionArn": f"{arn}:{request.get('name', 'run')}", "startDate": BEGAN}

    def named(self, method: str) -> list[Mapping[str, Any]]:
        return [request for name, request in self.calls if name == method]


def client_error(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


@pytest.fixture
def client() -> FakeStepFunctions:
    return FakeStepFunctions()


@pytest.fixture
def make_client() -> Callable[..., FakeStepFunctions]:
    return FakeStepFunctions


@pytest.fixture
def history() -> Callable[[], History]:
    return History


@pytest.fixture
def running(client: Any, history: Any) -> Execution:
    """An execution of two states of which each look shows two more events."""
    told = history().state("Create Schema", "Task").state("Create Campaign", "Task").add("ExecutionSucceeded")
    client.histories[watched_runs.RUN] = told
    states = {"Create Schema": {"Type": "Task", "Next": "Create Campaign"}, "Create Campaign": {"Type": "Task"}}
    client.machines[watched_runs.MACHINE] = {"definition": json.dumps({"StartAt": "Create Schema", "States": states})}
    client._step = 2
    client.list_executions = lambda **_: {"executions": []}
    return Execution.attach(watched_runs.RUN, client)
