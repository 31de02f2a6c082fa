"""The service: a request in, an answer out; one store for each account and region."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping
from typing import Any

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.aws.responses import AwsError, Response, error_answer, unsupported
from personalize_sfn.local.stepfunctions import activities, aliases, executions, machines, map_runs, state_tests, tags
from personalize_sfn.local.stepfunctions.context import RoleAuthorizer, StepFunctionsContext
from personalize_sfn.local.stepfunctions.driver import Driver
from personalize_sfn.local.stepfunctions.pace import Pace
from personalize_sfn.local.stepfunctions.persistence import StatesPersistence
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
_OF_RESOURCES = {name for part in (machines, aliases, activities, tags) for name in part.OPERATIONS}
#: How the names of operations begin that change nothing, and of those that can be done without room on the disk.
_READS, _MAKES_ROOM = ("Describe", "List", "Get", "Validate"), ("Delete", "Stop")
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
        persistence: a data directory, with which it continues.  Default: everything is in memory.

    Raises:
        LocalAwsError: the data directory holds something damaged.
    """

    def __init__(
        self,
        authorizer: RoleAuthorizer,
        assume_role: AssumeRole,
        *,
        endpoint_url: Callable[[], str],
        pace: Pace,
        busy: Callable[[], bool] = lambda: False,
        persistence: StatesPersistence | None = None,
    ) -> None:
        self._authorizer = authorizer
        self.pace = pace
        self._clients = RoleClients(endpoint_url, assume_role)
        self._persistence = persistence
        self._stores = {} if persistence is None else dict(persistence.stores(pace))
        self._driver = Driver(self._clients, busy, persistence, pace.clock)
        self._driver.resume(record for store in self._stores.values() for record in store.executions.values())

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
            if self._persistence is not None and not name.startswith(_READS):
                return answer(model, self._kept(self._persistence, name, operation, members, account, region))
            with self._driver.lock:
                if self._persistence is not None:
                    self._persistence.keep()  # what is seen is kept
                return answer(model, operation(members, self._context(account, region)))
        except AwsError as error:
            return error_answer("states", error)

    def _kept(  # noqa: PLR0917 - one request's parts
        self,
        persistence: StatesPersistence,
        name: str,
        operation: _Operation,
        members: dict[str, Any],
        account: str,
        region: str,
    ) -> dict[str, Any]:
        """The answer to a request that changes something: what it did is in the data directory.

        Raises:
            AwsError: InternalFailure, the disk is full.
        """
        with self._driver.section():
            if not name.startswith(_MAKES_ROOM) and not persistence.has_room():
                full = f"{persistence.where}: {os.strerror(errno.ENOSPC)}. Nothing was changed; make room on the disk."
                raise AwsError("InternalFailure", full, 500)
            with persistence.promised():
                said = operation(members, self._context(account, region))
            unkept: Exception | None = None
            try:
                if name in _OF_RESOURCES:
                    persistence.keep_resources(account, region, self._store(account, region))
            except LocalAwsError as error:
                unkept = error
            persistence.keep()
        if (unkept := unkept or persistence.unkept) is not None:
            message = f"Done, but the data directory could not keep it yet: {unkept}"
            raise AwsError("InternalFailure", message, 500)
        return said

    def _context(self, account: str, region: str) -> StepFunctionsContext:
        return StepFunctionsContext(
            account=account,
            region=region,
            authorizer=self._authorizer,
            store=self._store(account, region),
            driver=self._driver,
            clients=self._clients,
            pace=self.pace,
            now=round(self.pace.clock.now(), 3),
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

    def settle(self) -> str:
        """Do what is due; says what is at work, or nothing."""
        return self._driver.settle()

    def next_due(self) -> float | None:
        """When something is due next, as far as that is known; seconds since 1970."""
        return self._driver.next_due()

    def close(self) -> None:
        """Nothing runs on."""
        self._driver.close()
