"""The service: a request in, an answer out; one store for each account and region."""

from __future__ import annotations

import errno
import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from personalize_sfn.arns import Arns
from personalize_sfn.arns import parse as parse_arn
from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.aws.permission import Need
from personalize_sfn.local.personalize.context import Call, Members
from personalize_sfn.local.personalize.controls.durations import Durations
from personalize_sfn.local.personalize.controls.faults import Faults
from personalize_sfn.local.personalize.controls.quotas import Quotas
from personalize_sfn.local.personalize.environment import Environment
from personalize_sfn.local.personalize.lifecycle import Lifecycle
from personalize_sfn.local.personalize.persistence import Lasting
from personalize_sfn.local.personalize.persistence.resume import resume
from personalize_sfn.local.personalize.resources import BEHAVIOURS, control_plane, data_plane
from personalize_sfn.local.personalize.resources.auto_training import on_clock
from personalize_sfn.local.personalize.store import DELETE, Store
from personalize_sfn.local.personalize.wire import authorization
from personalize_sfn.local.personalize.wire.errors import ApiError
from personalize_sfn.local.personalize.wire.protocol import (
    HEADERS,
    Answer,
    Operation,
    answer,
    error_answer,
    find_operation,
    parse,
    trimmed,
)
from personalize_sfn.local.personalize.wire.validation import validated

log = logging.getLogger(__name__)

READS = ("Describe", "List", "Get")
"""How the names of operations begin that change nothing."""
TICK_SECONDS = 1.0


class PersonalizeService:
    """Amazon Personalize (control plane, runtime, events) for any number of accounts and regions.

        service = PersonalizeService(environment)
        status, headers, body = service.handle("POST", "/", headers, body, account="123456789012", region="us-east-1")

    ``durations``, ``faults`` and ``quotas`` can be changed at any time.  Close it to end its background work.
    With ``lasting`` it continues with what a data directory holds, and keeps there what each operation changes.

    Raises:
        LocalAwsError: the data directory holds something damaged.
    """

    def __init__(
        self, environment: Environment, durations: Durations | None = None, *, lasting: Lasting | None = None
    ) -> None:
        self.environment = environment
        self.durations = durations or Durations()
        self.faults = Faults()
        self.quotas = Quotas.default()
        self._lifecycle = Lifecycle(environment.now)
        self._stores: dict[tuple[str, str], Store] = {}
        self._stores_lock = threading.Lock()
        self._ticked: dict[Arns, float] = {}
        self.on_clock: list[Callable[[Call], None]] = [on_clock]
        """Called under the store's lock before each operation: for what happens by the clock alone."""
        self._control, self._data = control_plane(), data_plane()
        self._lasting = lasting
        if lasting is not None:
            self._lifecycle.worked = lasting.write_ahead
            self._go_on(lasting)

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
    ) -> list[Need]:
        """What a request needs to be allowed; empty for no request of Personalize."""
        try:
            operation, request = find_operation(method, path, headers), parse(body)
        except ApiError:
            return []
        return authorization.needed(operation.name, request, self._store(account, region).arns)

    def tags(self, arn: str) -> dict[str, str]:
        """The tags of a resource; none for what is not there."""
        try:
            parts = parse_arn(arn)
        except ValueError:
            return {}
        with self._stores_lock:
            store = self._stores.get((parts.account_id, parts.region))
        found = store.find(arn) if store is not None else None
        return dict(found.tags) if found is not None else {}

    def close(self) -> None:
        """End the background work; what has begun is finished, what has not is dropped."""
        self._lifecycle.close()

    def _run(self, operation: Operation, body: bytes, account: str, region: str) -> Members:
        request = validated(operation.model.input_shape, parse(body))
        store = self._store(account, region)
        call = self._call(store)
        if operation.name in self._data and not operation.name.startswith("Put"):
            self._tick_now_and_then(call)
            return self._data[operation.name](call, request)
        handler = self._control.get(operation.name) or self._data[operation.name]
        with store.lock:
            call = replace(call, now=self.environment.now())  # it may have waited for the lock
            self._tick(call)
            if not operation.name.startswith(READS):
                self._require_room(operation.name)
                store.touched = True
                _use(store, request)
            self.faults.check_hidden(operation.name, request, store)
            response = handler(call, request)
            self._lifecycle.advance(store)
            self.faults.created(operation.name, response)
            # A copy made under the lock: no client sees a record half way from one state to the next.
            shape = operation.model.output_shape
            copied: Members = {} if shape is None else trimmed(shape, response)
            copied |= {HEADERS: response[HEADERS]} if HEADERS in response else {}
            if not operation.name.startswith(READS):
                self._keep(store)
                if store.unkept is not None:
                    message = f"Done, but the data directory could not keep it yet: {store.unkept}"
                    raise ApiError("InternalFailure", message, 500)
            return copied

    def _call(self, store: Store) -> Call:
        return Call(
            store=store,
            environment=self.environment,
            lifecycle=self._lifecycle,
            faults=self.faults,
            durations=self.durations,
            quotas=self.quotas,
            now=self.environment.now(),
        )

    def _tick(self, call: Call) -> None:
        """What the clock alone brings about; under the store's lock."""
        self._lifecycle.advance(call.store)
        self._ticked[call.store.arns] = call.now
        for hook in self.on_clock:
            hook(call)

    def _tick_now_and_then(self, call: Call) -> None:
        """The runtime is asked often and must be quick: once in a second is enough for the clock's hooks."""
        if self.on_clock and call.now - self._ticked.get(call.store.arns, 0.0) >= TICK_SECONDS:
            with call.store.lock:
                self._tick(call)

    def _go_on(self, lasting: Lasting) -> None:
        for store, changes in lasting.stores():
            self._stores[store.account, store.arns.region] = store
            store.lock.ended = partial(self._keep, store)
            with store.lock:
                for change in changes:
                    try:
                        resume(self._call(store), change, BEHAVIOURS)
                    except (KeyError, TypeError, ValueError, AttributeError) as error:
                        raise LocalAwsError(f"{change['arn']} was under way and cannot go on: {error!r}") from error

    def _require_room(self, operation: str) -> None:
        """Refuse a change that could not be kept before it is made; what deletes makes room.

        Raises:
            ApiError: InternalFailure, the disk is full.
        """
        if self._lasting is not None and not operation.startswith("Delete") and not self._lasting.has_room():
            message = f"{self._lasting.where}: {os.strerror(errno.ENOSPC)}. Nothing was changed; make room on the disk."
            raise ApiError("InternalFailure", message, 500)

    def _keep(self, store: Store) -> None:
        """Write what the section changed.  What cannot be written is tried again at the end of the next section."""
        if not store.touched or self._lasting is None:
            return
        try:
            self._lasting.keep(store)
        except (LocalAwsError, TypeError) as error:  # reads go on
            if store.unkept is None:
                log.exception("the data directory could not keep what changed")
            store.unkept = error
            return
        store.touched, store.unkept = False, None

    def _store(self, account: str, region: str) -> Store:
        with self._stores_lock:
            if (account, region) not in self._stores:
                store = self._stores[account, region] = Store(account, region)
                store.lock.ended = partial(self._keep, store)
            return self._stores[account, region]


def _use(store: Store, request: Members) -> None:
    """What a request uses is no longer PENDING; what is being deleted stays so until a client looks."""
    for arn in filter(store.first_looks.__contains__, (each for each in request.values() if isinstance(each, str))):
        if store.first_looks[arn].status != DELETE.pending:
            del store.first_looks[arn]
