"""The service: a request in, an answer out; one store for each account and region."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from personalize_sfn.local.personalize import authorization
from personalize_sfn.local.personalize.api_errors import ApiError, unsupported
from personalize_sfn.local.personalize.durations import Durations
from personalize_sfn.local.personalize.environment import Environment
from personalize_sfn.local.personalize.faults import Faults
from personalize_sfn.local.personalize.lifecycle import Lifecycle
from personalize_sfn.local.personalize.operations import control_plane, data_plane
from personalize_sfn.local.personalize.operations.auto_training import on_clock
from personalize_sfn.local.personalize.operations.behaviour import Call, Members
from personalize_sfn.local.personalize.protocol import Answer, Operation, answer, error_answer, find_operation, parse
from personalize_sfn.local.personalize.quotas import Quotas
from personalize_sfn.local.personalize.store import Store
from personalize_sfn.local.personalize.validation import validated
from personalize_sfn.resources import EVENT_TRACKER


class PersonalizeService:
    """Amazon Personalize (control plane, runtime, events) for any number of accounts and regions.

        service = PersonalizeService(environment)
        status, headers, body = service.handle("POST", "/", headers, body, account="123456789012", region="us-east-1")

    ``durations``, ``faults`` and ``quotas`` can be changed at any time.  Close it to end its background work.
    """

    def __init__(self, environment: Environment, durations: Durations | None = None) -> None:
        self.environment = environment
        self.durations = durations or Durations()
        self.faults = Faults()
        self.quotas = Quotas.default()
        self._lifecycle = Lifecycle(environment.now)
        self._stores: dict[tuple[str, str], Store] = {}
        self._stores_lock = threading.Lock()
        self._control, self._data = control_plane(), data_plane()

    @property
    def supported(self) -> frozenset[str]:
        """The names of the operations that it can do."""
        return frozenset(self._control) | frozenset(self._data)

    def handle(  # noqa: PLR0917 - what an HTTP request and its signature hold
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        account: str,
        region: str,
        principal: str | None = None,  # noqa: ARG002 - who asks: the front door has authorised the request
    ) -> Answer:
        """Answer one HTTP request: status, headers, body.  Never raises for what a client sends."""
        operation: Operation | None = None
        try:
            operation = find_operation(method, path, headers)
            fault = self.faults.take_error(operation.name)
            if fault is not None:
                raise fault
            self.quotas.throttle(operation.name, account, region, self.environment.now())
            response = self._run(operation, body, account, region)
            if self.faults.take_lost(operation.name):
                raise ApiError("InternalFailure", "The answer was lost, as the fault plan asked.", 500)
            return answer(operation, response)
        except ApiError as error:
            return error_answer(operation, error)

    def authorization(  # noqa: PLR0917 - as handle
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, account: str, region: str
    ) -> list[tuple[str, str]]:
        """The IAM actions that a request needs, with the resource of each; empty for no request of Personalize."""
        try:
            operation, request = find_operation(method, path, headers), parse(body)
        except ApiError:
            return []
        store = self._store(account, region)
        return authorization.needed(
            operation.name, request, store.arns, lambda tracking_id: _tracker(store, tracking_id)
        )

    def close(self) -> None:
        """End the background work; what has begun is finished, what has not is dropped."""
        self._lifecycle.close()

    def _run(self, operation: Operation, body: bytes, account: str, region: str) -> Members:
        if operation.name not in self.supported:
            raise unsupported(operation.name)
        request = validated(operation.model.input_shape, parse(body))
        store = self._store(account, region)
        call = Call(
            store=store,
            environment=self.environment,
            lifecycle=self._lifecycle,
            faults=self.faults,
            durations=self.durations,
            quotas=self.quotas,
            now=self.environment.now(),
        )
        if operation.name in self._data:
            with store.lock:
                self._lifecycle.advance(store)
                on_clock(call)
            return self._data[operation.name](call, request)
        with store.lock:
            self._lifecycle.advance(store)
            on_clock(call)
            response = self._control[operation.name](call, request)
            self._lifecycle.advance(store)
            return response

    def _store(self, account: str, region: str) -> Store:
        with self._stores_lock:
            if (account, region) not in self._stores:
                self._stores[account, region] = Store(account, region)
            return self._stores[account, region]


def _tracker(store: Store, tracking_id: str) -> str | None:
    with store.lock:
        for tracker in store.of(EVENT_TRACKER):
            if tracker.members["trackingId"] == tracking_id:
                return tracker.arn
    return None
