"""The service: a request in, an answer out; one store for each account and region."""

from __future__ import annotations

import errno
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from personalize_sfn.arns import Arns
from personalize_sfn.arns import parse as parse_arn
from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.aws.iam import Principal
from personalize_sfn.local.aws.permission import Permission
from personalize_sfn.local.aws.request import Request
from personalize_sfn.local.aws.responses import AwsError, Response
from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.controls.durations import Durations
from personalize_sfn.local.personalize.controls.faults import Faults
from personalize_sfn.local.personalize.controls.quotas import Quotas
from personalize_sfn.local.personalize.environment import Environment
from personalize_sfn.local.personalize.lifecycle import Lifecycle
from personalize_sfn.local.personalize.persistence import RecordPersistence
from personalize_sfn.local.personalize.persistence.resume import resume
from personalize_sfn.local.personalize.resources import BEHAVIOURS, control_plane, data_plane
from personalize_sfn.local.personalize.resources.auto_training import on_clock
from personalize_sfn.local.personalize.runtime.request_counts import RequestCounts
from personalize_sfn.local.personalize.runtime.served_model import served_by
from personalize_sfn.local.personalize.store import DELETE, Store
from personalize_sfn.local.personalize.wire import authorization
from personalize_sfn.local.personalize.wire.protocol import (
    Members,
    Operation,
    answer,
    error_answer,
    find_operation,
    parse,
    trimmed_answer,
)
from personalize_sfn.local.personalize.wire.validation import validated

log = logging.getLogger(__name__)

READS = ("Describe", "List", "Get")
"""How the names of operations begin that change nothing."""
TICK_SECONDS = 1.0


class PersonalizeService:
    """Amazon Personalize (control plane, runtime, events) for any number of accounts and regions.

        service = PersonalizeService(environment)
        request = operation_request("ListSchemas", {}, region="us-east-1")
        status, headers, body = service.handle(request, owner_of("123456789012"))

    ``durations``, ``faults`` and ``quotas`` can be changed at any time.  Close it to end its background work.
    With ``persistence`` it continues with what a data directory holds, and keeps there what each operation changes.

    Raises:
        LocalAwsError: the data directory holds something damaged.
    """

    def __init__(
        self,
        environment: Environment,
        durations: Durations | None = None,
        *,
        persistence: RecordPersistence | None = None,
    ) -> None:
        self.environment = environment
        self.durations = durations or Durations()
        self.faults = Faults()
        self.requests = RequestCounts()
        self.quotas = Quotas.default()
        self._lifecycle = Lifecycle(environment.now)
        self._stores: dict[tuple[str, str], Store] = {}
        self._stores_lock = threading.Lock()
        self._ticked: dict[Arns, float] = {}
        self.on_clock: list[Callable[[OperationContext], None]] = [on_clock]
        """Called under the store's lock before each operation: for what happens by the clock alone."""
        self._control, self._data = control_plane(), data_plane()
        self._persistence = persistence
        if persistence is not None:
            self._lifecycle.worked = persistence.write_ahead
            self._go_on(persistence)

    @property
    def supported(self) -> frozenset[str]:
        """The names of the operations that it can do."""
        return frozenset(self._control) | frozenset(self._data)

    def handle(self, request: Request, principal: Principal) -> Response:
        """Answer one request of a principal that may make it.  Never raises for what a client sends."""
        operation: Operation | None = None
        try:
            operation = find_operation(request)
            fault = self.faults.take_error(operation.name)
            if fault is not None:
                raise fault
            self.quotas.throttle(operation.name, principal.account, request.region, self.environment.now())
            members = self._run(operation, request, self._store(principal.account, request.region))
            if self.faults.take_lost(operation.name):
                raise AwsError("InternalFailure", "The answer was lost, as the fault plan asked.", 500)
            return answer(operation, members)
        except AwsError as error:
            return error_answer(operation, error)

    def permissions(self, request: Request, principal: Principal) -> list[Permission]:
        """What a request needs to be allowed; empty for no request of Personalize."""
        try:
            operation, members = find_operation(request), parse(request)
        except AwsError:
            return []
        store = self._store(principal.account, request.region)
        return authorization.required_permissions(operation.name, members, store.arns)

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

    def history(self, arn: str, user_id: str) -> list[str]:
        """Item ids that a campaign or recommender knows of a user, oldest first; empty for a user it does not know.

        Raises:
            AwsError: nothing of that ARN serves.
        """
        try:
            parts = parse_arn(arn)
        except ValueError as error:
            raise AwsError("InvalidInputException", str(error)) from error
        member = "recommenderArn" if parts.resource.startswith("recommender/") else "campaignArn"
        context = self._context(self._store(parts.account_id, parts.region))
        return served_by(context, {member: arn, "userId": user_id}).history(user_id)

    @property
    def busy(self) -> bool:
        """Whether a change of a resource is under way: a training, an import, a deletion."""
        return any(store.changes for store in list(self._stores.values()))

    def settle(self) -> None:
        """Let happen what the clock alone brings about; without it, it happens when the next request looks."""
        for store in list(self._stores.values()):
            context = self._context(store)
            with store.lock:
                self._tick(replace(context, now=self.environment.now()))

    def next_due(self) -> float | None:
        """When a change that is under way ends by its plan, if it has not yet; seconds since 1970."""
        now, found = self.environment.now(), []
        for store in list(self._stores.values()):
            with store.lock:
                found += [due for each in store.changes if (due := each.started + each.seconds) > now]
        return min(found, default=None)

    def at_work(self) -> str:
        """What should have ended by now and is still at work; empty for nothing."""
        now = self.environment.now()
        for store in list(self._stores.values()):
            with store.lock:
                late = [each.record.arn for each in store.changes if each.started + each.seconds <= now and each.work]
            if late:
                return f"the work of {late[0]} takes"
        return ""

    def close(self) -> None:
        """End the background work; what has begun is finished, what has not is dropped."""
        self._lifecycle.close()

    def _run(self, operation: Operation, request: Request, store: Store) -> Members:
        members = validated(operation.model.input_shape, parse(request))
        context = self._context(store)
        if operation.name in self._data and not operation.name.startswith("Put"):
            self._tick_now_and_then(context)
            answer = trimmed_answer(operation, self._data[operation.name](context, members))
            self.requests.add(operation.name, members, context.now)
            return answer
        handler = self._control.get(operation.name) or self._data[operation.name]
        with store.lock:
            context = replace(context, now=self.environment.now())  # it may have waited for the lock
            self._tick(context)
            if not operation.name.startswith(READS):
                self._require_room(operation.name)
                store.touched = True
                _use(store, members)
            self.faults.check_hidden(operation.name, members, store)
            response = handler(context, members)
            self._lifecycle.advance(store)
            self.faults.created(operation.name, response)
            # A copy made under the lock: no client sees a record half way from one state to the next.
            answered = trimmed_answer(operation, response)
            if not operation.name.startswith(READS):
                self._keep(store)
                if store.unkept is not None:
                    message = f"Done, but the data directory could not keep it yet: {store.unkept}"
                    raise AwsError("InternalFailure", message, 500)
            return answered

    def _context(self, store: Store) -> OperationContext:
        return OperationContext(
            store=store,
            environment=self.environment,
            lifecycle=self._lifecycle,
            faults=self.faults,
            durations=self.durations,
            quotas=self.quotas,
            now=self.environment.now(),
        )

    def _tick(self, context: OperationContext) -> None:
        """What the clock alone brings about; under the store's lock."""
        self._lifecycle.advance(context.store)
        self._ticked[context.store.arns] = context.now
        for hook in self.on_clock:
            hook(context)

    def _tick_now_and_then(self, context: OperationContext) -> None:
        """The runtime is asked often and must be quick: once in a second is enough for the clock's hooks."""
        if self.on_clock and context.now - self._ticked.get(context.store.arns, 0.0) >= TICK_SECONDS:
            with context.store.lock:
                self._tick(context)

    def _go_on(self, persistence: RecordPersistence) -> None:
        for store, changes in persistence.stores():
            self._stores[store.account, store.arns.region] = store
            store.lock.ended = partial(self._keep, store)
            with store.lock:
                for change in changes:
                    try:
                        resume(self._context(store), change, BEHAVIOURS)
                    except (KeyError, TypeError, ValueError, AttributeError) as error:
                        raise LocalAwsError(f"{change['arn']} was under way and cannot go on: {error!r}") from error

    def _require_room(self, operation: str) -> None:
        """Refuse a change that could not be kept before it is made; what deletes makes room.

        Raises:
            AwsError: InternalFailure, the disk is full.
        """
        if self._persistence is not None and not operation.startswith("Delete") and not self._persistence.has_room():
            message = (
                f"{self._persistence.where}: {os.strerror(errno.ENOSPC)}. Nothing was changed; make room on the disk."
            )
            raise AwsError("InternalFailure", message, 500)

    def _keep(self, store: Store) -> None:
        """Write what the section changed.  What cannot be written is tried again at the end of the next section."""
        if not store.touched or self._persistence is None:
            return
        try:
            self._persistence.keep(store)
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


def _use(store: Store, members: Members) -> None:
    """What a request uses is no longer PENDING; what is being deleted stays so until a client looks."""
    for arn in filter(store.first_looks.__contains__, (each for each in members.values() if isinstance(each, str))):
        if store.first_looks[arn].status != DELETE.pending:
            del store.first_looks[arn]
