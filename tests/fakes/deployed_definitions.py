"""What the tests of start and its neighbours share."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from fakes.listed_resources import FakeListings, FakeServiceQuotas
from personalize_sfn import workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config

__all__ = ["ARNS", "BEGAN", "CONFIG", "FakeStepFunctions", "refusal", "session_of"]


ARNS = Arns("us-east-1", "123456789012")
CONFIG = Config(project="movies")
BEGAN = datetime(2026, 1, 1, 12, tzinfo=UTC)


def refusal(code: str, operation: str = "Any") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation)


class FakeStepFunctions:
    """State machines, and executions that run until they are ended; names are taken for good."""

    def __init__(self, config: Config = CONFIG) -> None:
        self.definitions = {
            ARNS.state_machine(config.name(key)): json.loads(json.dumps(workflows.to_dict(made)))
            for key, made in workflows.definitions(config, ARNS).items()
        }
        self.executions: dict[str, dict[str, Any]] = {}
        self.denied: set[str] = set()
        self.hidden = 0
        self.meta = SimpleNamespace(endpoint_url="http://127.0.0.1:1", region_name="us-east-1")
        self._client_config = SimpleNamespace(user_agent="fake")

    def _require(self, operation: str) -> None:
        if operation in self.denied:
            raise refusal("AccessDeniedException", operation)

    def describe_state_machine(self, stateMachineArn: str) -> dict[str, Any]:
        self._require("DescribeStateMachine")
        if stateMachineArn not in self.definitions:
            raise refusal("StateMachineDoesNotExist")
        return {"definition": json.dumps(self.definitions[stateMachineArn])}

    def list_executions(self, stateMachineArn: str, **asked: Any) -> dict[str, Any]:
        self._require("ListExecutions")
        newest_first = list(self.executions.values())[::-1][self.hidden :]
        wanted = asked.get("statusFilter")
        return {"executions": [one for one in newest_first if wanted in {None, one["status"]}]}

    def start_execution(self, stateMachineArn: str, name: str = "made-by-aws", **request: str) -> dict[str, Any]:
        text = request["input"]
        if name in self.executions and not (
            self.executions[name]["input"] == text and self.executions[name]["status"] == "RUNNING"
        ):
            raise refusal("ExecutionAlreadyExists")
        arn = f"{stateMachineArn.replace(':stateMachine:', ':execution:')}:{name}"
        self.executions[name] = {"executionArn": arn, "startDate": BEGAN, "status": "RUNNING", "input": text}
        return self.executions[name]

    def end_all(self) -> None:
        for one in self.executions.values():
            one["status"] = "SUCCEEDED"


def session_of(client: FakeStepFunctions) -> Any:
    """A session of that Step Functions, and of an account that has nothing in Personalize."""
    others = {"personalize": FakeListings(), "service-quotas": FakeServiceQuotas()}
    return SimpleNamespace(client=lambda service: others.get(service, client), arns=ARNS, endpoint_url=None)
