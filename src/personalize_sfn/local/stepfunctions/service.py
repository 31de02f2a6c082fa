"""The service: a request in, an answer out; one store for each account and region."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from personalize_sfn.local.aws.responses import AwsError, Response, error_answer, unsupported
from personalize_sfn.local.stepfunctions import activities, aliases, executions, machines, map_runs, state_tests, tags
from personalize_sfn.local.stepfunctions.context import RoleAuthorizer, StepFunctionsContext
from personalize_sfn.local.stepfunctions.driver import Driver
from personalize_sfn.local.stepfunctions.pace import Pace
from personalize_sfn.local.stepfunctions.records import DeployedMachine, StatesStore
from personalize_sfn.local.stepfunctions.role_clients import AssumeRole, RoleClients
from personalize_sfn.local.stepfunctions.wire import answer, model_of, validated_request

__all__ = ["StepFunctionsService"]

_Operation = Callable[[dict[str, Any], StepFunctionsContext], dict[str, Any]]
_OPERATIONS: dict[str, _Operation] = {
    name: operation
    for part in (machines, aliases, executions, map_runs, activities, tags, state_tests)
    for name, operation in part.OPERATIONS.items()
}
#: They wait, without the lock that all else takes turns under.
_WAITING = ("GetActivityTask", "StartSyncExecution", "TestState")


class StepFunctionsService:
    """AWS Step Functions for any number of accounts and regions.

    Args:
        authorizer: what roles may do.
        assume_role: credentials of a role, for the calls of its tasks.
        endpoint_url: where those calls go; asked when it is first needed.
        pace: how fast time passes.
        busy: whether the embedded AWS does real work; Waits that begin then are no part of a machine's time limit.
    """

    def __init__(
        self,
        authorizer: RoleAuthorizer,
        assume_role: AssumeRole,
        *,
        endpoint_url: Callable[[], str],
        pace: Pace,
        busy: Callable[[], bool] = lambda: False,
    ) -> None:
        self._authorizer = authorizer
        self.pace = pace
        self._clients = RoleClients(endpoint_url, assume_role)
        self._driver = Driver(self._clients, busy)
        self._stores: dict[tuple[str, str], StatesStore] = {}

    def handle(self, target: str, request: Any, account: str, region: str) -> Response:
        """Answer one request.  ``target`` is the X-Amz-Target header, ``AWSStepFunctions.CreateStateMachine``.

        Never raises for a request that is wrong: the answer carries the AWS error.
        """
        name = target.rpartition(".")[2]
        try:
            model = model_of(name)
            if model is None:
                raise AwsError("UnknownOperationException", f"AWS Step Functions has no operation {name!r}")
            operation = _OPERATIONS.get(name)
            if operation is None:
                raise unsupported(f"The embedded AWS does not support AWSStepFunctions.{name}.")
            members = validated_request(model, request)
            if name in _WAITING:
                return answer(model, operation(members, self._context(account, region)))
            with self._driver.lock:
                return answer(model, operation(members, self._context(account, region)))
        except AwsError as error:
            return error_answer("states", error)

    def _context(self, account: str, region: str) -> StepFunctionsContext:
        return StepFunctionsContext(
            account=account,
            region=region,
            authorizer=self._authorizer,
            store=self._store(account, region),
            driver=self._driver,
            clients=self._clients,
            pace=self.pace,
            now=round(time.time(), 3),
        )

    def _store(self, account: str, region: str) -> StatesStore:
        return self._stores.setdefault((account, region), StatesStore())

    def machine(self, arn: str) -> DeployedMachine | None:
        """The machine of an ARN; that of a version, an alias or an execution is its own."""
        parts = arn.replace(":execution:", ":stateMachine:", 1).replace(":express:", ":stateMachine:", 1).split(":")
        if len(parts) < 7:
            return None
        store = self._stores.get((parts[4], parts[3]))
        return store.machines.get(":".join(parts[:7])) if store is not None else None

    def tags(self, arn: str) -> Mapping[str, str]:
        """The tags of a machine (an execution has those of its machine) or an activity; none for what is not there.

        https://docs.aws.amazon.com/step-functions/latest/dg/tag-based-policies.html
        """
        parts = arn.split(":")
        store = self._stores.get((parts[4], parts[3])) if len(parts) > 6 else None
        if store is None:
            return {}
        machine = self.machine(arn)
        return store.tags.get(machine.arn if machine is not None else arn, {})

    def key_and_role(self, arn: str) -> tuple[Mapping[str, Any], str]:
        """The encryption configuration and the role of a machine; empty for none."""
        machine = self.machine(arn)
        return (machine.revision.encryption, machine.revision.role_arn) if machine is not None else ({}, "")

    def close(self) -> None:
        """Nothing runs on."""
        self._driver.close()
