"""Runs executions: one thread for what is due by the clock, and workers for what tasks do.

Executions are plain data that take steps; nothing of an execution sleeps, so that ten thousand of them need no ten
thousand threads.  Executions change under one lock, which is free while tasks call, and again every few milliseconds.
An error of ours ends the execution in which it happens, and no other.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any, TypeVar

from personalize_sfn.local.clock import Clock
from personalize_sfn.local.stepfunctions import log_groups
from personalize_sfn.local.stepfunctions.due_executions import DueExecutions
from personalize_sfn.local.stepfunctions.integrations import (
    caller_of,
    child_outcome,
    child_started,
    perform,
    started_before,
    starts_once,
    stop_child,
)
from personalize_sfn.local.stepfunctions.persistence import StatesPersistence
from personalize_sfn.local.stepfunctions.records import ExecutionRecord
from personalize_sfn.local.stepfunctions.role_clients import RoleClients
from personalize_sfn.local.stepfunctions.waiting_calls import WaitingCalls
from personalize_sfn.local.stepfunctions.workers import Workers
from personalize_sfn.statemachine import TaskCall, TaskOutcome, tasks, tokens
from personalize_sfn.statemachine.failures import RUNTIME
from personalize_sfn.statemachine.history import Resource

__all__ = ["Driver"]

T = TypeVar("T")
logger = logging.getLogger(__name__)

#: An execution takes steps for so long, in seconds, before others have their turn; then requests have theirs.
_TURN_SECONDS, _BREAK_SECONDS = 0.005, 0.0005
#: A lock cannot wait for as long as an execution may.
_LONGEST_WAIT_SECONDS = 3600.0
#: So many tasks call at once; those that wait for executions are not counted, and internal calls have their own.
_TASKS_AT_ONCE, _INTERNAL_CALLS_AT_ONCE = 256, 32
_TOKEN = ".waitForTaskToken"  # noqa: S105 - the name of an integration pattern


class Driver:
    """Executions of all accounts and regions of an embedded AWS.

    Args:
        clients: of the roles that tasks call with.
        busy: whether the embedded AWS does real work, so that Waits for it are no part of a plan's time.
        persistence: where executions outlive the process.  Default: nowhere.
        clock: what time it is.  Default: the machine's.
    """

    def __init__(
        self,
        clients: RoleClients,
        busy: Callable[[], bool] = lambda: False,
        persistence: StatesPersistence | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self.news = threading.Condition(self.lock)
        """Told when an execution has ended, and when there is a task for an activity."""
        self._clients = clients
        self._busy = busy
        self._persistence = persistence
        self._now = (clock or Clock()).now
        self._workers = Workers(_TASKS_AT_ONCE)
        self._waiting_workers = Workers(sys.maxsize)
        self._waiting_calls = WaitingCalls(self.news)
        self._internal_workers = Workers(_INTERNAL_CALLS_AT_ONCE)
        self._turns = threading.Condition(self.lock)
        self._ready: deque[ExecutionRecord] = deque()
        self._due = DueExecutions()
        self._records: dict[str, ExecutionRecord] = {}
        self._activities: dict[str, dict[str, tuple[ExecutionRecord, TaskCall]]] = {}
        """By an activity's ARN, what no worker took yet: by its token, the oldest first."""
        self.closed = False
        self._clock = threading.Thread(target=self._run, name="states-clock", daemon=True)
        self._clock.start()

    def close(self) -> None:
        """Nothing runs on; what tasks answer from now on is not heard."""
        with self.lock:
            if self._persistence is not None:
                self._persistence.close()
            self.closed = True
            for workers in (self._workers, self._waiting_workers, self._internal_workers):
                workers.close()
            self._turns.notify_all()
            self.news.notify_all()
        self._clock.join(5)

    @contextmanager
    def section(self) -> Iterator[None]:
        """The lock, to change executions under; soon after it is given back, what they did is kept."""
        with self.lock:
            try:
                yield
            finally:
                self._keep()

    def _keep(self) -> None:
        if self._persistence is not None and not self.closed:
            self._persistence.keep_soon()
            self._turns.notify()  # to look when it will be time

    # --- executions -------------------------------------------------------------------------------------------------

    def start(self, record: ExecutionRecord) -> None:
        """Let an execution run that has begun, or was redriven."""
        with self.lock:
            self._records[record.arn] = record
            record.execution.tell = partial(self._plan_waits, record)
            record.settled = False
            self._ready.append(record)
            self._note(record)
            self._turns.notify()

    def resume(self, records: Iterable[ExecutionRecord]) -> None:
        """Go on with executions of an earlier process, where they were: calls in flight are made again."""
        with self.section():
            self._records |= {record.arn: record for record in records}
            for record in [each for each in self._records.values() if not each.settled]:
                record.execution.tell = partial(self._plan_waits, record)
                for call, kept in tasks.in_flight(record.execution):
                    self._call_again(record, call, kept)
                record.left_children.clear()
                self._ready.append(record)
                self._note(record)  # its time limits have moved
            self._turns.notify()

    def _call_again(self, record: ExecutionRecord, call: TaskCall, kept: dict[str, Any]) -> None:
        """A call that an earlier process made: what it started is found again, else it is made again."""
        if kept.get("taken") or (kept.get("submitted") and Resource(call.resource).pattern == _TOKEN):
            return  # it is for who has the token to answer
        child = record.left_children.get(call.token) or started_before(call, record, self._records)
        if child is not None and call.token not in record.left_children:
            said = TaskOutcome(child_started(self._records[child]))
            self._drive(record, partial(self._answered, record, call, said))
        elif child is not None:
            self._wait_for_child(record, call, child)
        else:
            self._call(record, call)

    def _note(self, record: ExecutionRecord) -> None:
        """An execution has changed: keep it when the lock is given back."""
        if self._persistence is not None and record.machine.type != "EXPRESS":
            self._persistence.changed(record)

    def stop(self, record: ExecutionRecord, error: str | None, cause: str | None) -> None:
        """End an execution as ABORTED, and what it started."""
        with self.section():
            self._drive(record, lambda: record.execution.stop(error, cause))

    def _run(self) -> None:
        with self.lock:
            free = time.monotonic()
            while not self.closed:
                now = self._now()
                self._ready.extend(self._due.take(now))
                if self._ready:
                    self._drive(self._ready.popleft())
                    if self._ready and time.monotonic() - free > _TURN_SECONDS:
                        self._keep()
                        self._turns.wait(_BREAK_SECONDS)  # at 0 it takes the lock again before anyone else wakes up
                        free = time.monotonic()
                    continue
                self._keep()
                wait = _LONGEST_WAIT_SECONDS if (soonest := self._due.soonest()) is None else soonest - now
                if self._persistence is not None and soonest is not None:
                    wait = min(wait, self._persistence.live())
                if self._persistence is not None and (rest := self._persistence.due()) is not None:
                    wait = min(wait, max(rest, _BREAK_SECONDS))
                self._turns.wait(min(wait, _LONGEST_WAIT_SECONDS))
                free = time.monotonic()

    def settle(self) -> str:
        """Do what is due now, with all that follows from it at once; says what is at work, or nothing."""
        with self.section():
            self._ready.extend(self._due.take(self._now()))
            while self._ready and not self.closed:
                self._drive(self._ready.popleft())
            self._keep()
            unsent = self._persistence is not None and self._persistence.is_waited_for
            busy = self._workers.busy or self._internal_workers.busy or self._waiting_calls.busy
            return "tasks take" if unsent or busy else ""

    def next_due(self) -> float | None:
        """When something of an execution is due next."""
        with self.lock:
            return self._now() if self._ready else self._due.soonest()

    def _drive(self, record: ExecutionRecord, first: Callable[[], T] | None = None) -> T | None:
        """Let an execution do something first, then what is due now.  Never raises.

        Returns:
            What ``first`` returned; None where it failed.
        """
        execution, said = record.execution, None
        try:
            execution.to_now()
            said = first() if first is not None else None
            execution.busy = self._busy()
            end = time.monotonic() + _TURN_SECONDS
            while execution.step(partial(self._call, record), execution.now) and time.monotonic() < end:
                pass
            self._settle(record)
        except Exception as error:
            logger.exception("%s failed outside of any state", record.arn)
            execution.fail(RUNTIME, f"{type(error).__name__}: {error}")
            self._settle(record)
        return said

    def _settle(self, record: ExecutionRecord) -> None:
        """What follows from the steps that an execution took."""
        execution = record.execution
        try:
            log_groups.write(record)
        except Exception:  # as on AWS, logs are written as far as that can be done
            logger.exception("events of %s could not be written to its log group", record.arn)
        running = execution.status == "RUNNING"
        for token in execution.given_up if running else (*record.children, *record.queued):
            self._give_up(record, token)
        execution.given_up.clear()
        if running:
            self._schedule(record)
        elif not record.settled:
            record.settled, record.stopped, record.due = True, execution.now, None
            if record.machine.type == "EXPRESS":
                del self._records[record.arn]  # nobody can ask for it
            if execution.status == "SUCCEEDED":
                execution.frames.clear()  # no redrive will ask for them
            for parent, call in record.parents:
                self._once_kept(record, self._internal_workers, partial(self._child_ended, parent, call, record))
            record.parents.clear()
            self.news.notify_all()
        self._note(record)

    def _give_up(self, record: ExecutionRecord, token: str) -> None:
        """Stop what a call started that is no longer waited for, or offer it to workers no more."""
        if token in record.children:
            child, call = record.children.pop(token)
            self._internal_workers.submit(partial(stop_child, child, caller_of(call, record, self._clients)))
        if token in record.queued:
            self._unqueue(record, token)

    def _schedule(self, record: ExecutionRecord) -> None:
        """Look at an execution again when something of it is due."""
        due = record.execution.next_due()
        if due is not None and due <= record.execution.now:
            self._ready.append(record)
            self._turns.notify()
        elif due is not None and due != record.due and self._due.add(record, due):
            self._turns.notify()

    def _plan_waits(self, record: ExecutionRecord, before: float, seconds: float) -> None:
        """An execution waits ``seconds`` of its plan after ``before``: so do those that wait for it, by their plans."""
        waiting, seen = [(record, before)], set()
        while waiting:
            child, before = waiting.pop()
            for parent, call in child.parents:
                if call.token not in seen:  # executions may wait for each other
                    seen.add(call.token)
                    waits = parent.execution.child_waits(call.token, before, seconds)
                    if waits is not None:
                        waiting.append((parent, waits))
                        self._schedule(parent)

    # --- tasks ------------------------------------------------------------------------------------------------------

    def _call(self, record: ExecutionRecord, call: TaskCall) -> TaskOutcome:
        resource = Resource(call.resource)
        if resource.events == "Activity":
            self._activities.setdefault(call.resource, {})[call.token] = record, call
            record.queued[call.token] = call.resource
            self.news.notify_all()
        else:
            workers = self._waiting_workers if self._waiting_calls.begin(call) else self._workers
            if (
                resource.pattern or resource.service == "states"
            ):  # what it starts, or who gets its token, must find the execution after a restart
                self._once_kept(record, workers, partial(self._work, record, call))
            else:
                workers.submit(partial(self._work, record, call))
        return TaskOutcome(pending=True)

    def _once_kept(self, record: ExecutionRecord, workers: Workers, job: Callable[[], None]) -> None:
        """Do something when the execution is kept as it is now; at once if it is not kept at all."""
        if self._persistence is None or record.machine.type == "EXPRESS":
            workers.submit(job)
        else:
            self._persistence.afterwards(record, partial(workers.submit, job))

    def _work(self, record: ExecutionRecord, call: TaskCall) -> None:
        try:
            outcome = perform(call, caller_of(call, record, self._clients))
        except Exception as error:  # a bug of ours fails the task
            logger.exception("the task %s of %s failed outside of its call", call.state, record.arn)
            outcome = TaskOutcome(error=RUNTIME, cause=f"{type(error).__name__}: {error}")
        with self.section():
            self._waiting_calls.end(call)
            if not self.closed:
                self._drive(record, partial(self._answered, record, call, outcome))

    def _answered(self, record: ExecutionRecord, call: TaskCall, outcome: TaskOutcome) -> None:
        outcome, pattern = starts_once(call, outcome, record, self._records), Resource(call.resource).pattern
        if outcome.error is not None or not pattern:
            record.execution.complete(call.token, outcome)
        elif pattern == _TOKEN:
            record.execution.submitted(call.token, outcome.output)
        else:
            self._started_child(record, call, outcome.output)

    def _started_child(self, record: ExecutionRecord, call: TaskCall, answer: dict[str, Any]) -> None:
        arn = answer["ExecutionArn"]
        if not record.execution.submitted(call.token, answer):  # it was stopped in the meantime
            self._internal_workers.submit(partial(stop_child, arn, caller_of(call, record, self._clients)))
            return
        self._wait_for_child(record, call, arn)

    def _wait_for_child(self, record: ExecutionRecord, call: TaskCall, arn: str) -> None:
        record.children[call.token] = (arn, call)
        child = self._records.get(arn)
        if child is None or child.settled:
            self._internal_workers.submit(partial(self._child_ended, record, call, child, arn))
        else:
            child.parents.append((record, call))
            self._plan_waits(child, child.execution.elapsed, 0.0)  # it may wait already

    def _child_ended(
        self, record: ExecutionRecord, call: TaskCall, child: ExecutionRecord | None, arn: str = ""
    ) -> None:
        outcome = child_outcome(call, child.arn if child is not None else arn, caller_of(call, record, self._clients))
        with self.section():
            if record.children.pop(call.token, None) is None or self.closed:
                return
            if child is not None:
                record.execution.waited_for(call.token, child.execution.elapsed)
            self._drive(record, lambda: record.execution.complete(call.token, outcome))

    # --- what workers outside say -----------------------------------------------------------------------------------

    def answer(self, token: str, act: Callable[[Any], bool]) -> bool | None:
        """Act on the execution that a task's token is of; what that says, or None for a token that never was."""
        with self.section():
            of = tokens.read(token)
            record = self._records.get(of.execution) if of is not None else None
            if record is None or not record.execution.issued(token):
                return None
            return bool(self._drive(record, lambda: act(record.execution)))

    def take(self, activity: str, worker: str | None, seconds: float) -> TaskCall | None:
        """The next task of an activity, which is then the worker's.

        Returns:
            None if there is none in so many seconds, or if its execution ends here because its history is full.
        """
        with self.section():
            taken = self._waiting_calls.listen(activity, lambda: self.closed or activity in self._activities, seconds)
            if not taken or self.closed:
                return None
            record, call = next(iter(self._activities[activity].values()))
            self._unqueue(record, call.token)
            with self._persistence.promised() if self._persistence is not None else nullcontext():
                self._drive(record, lambda: record.execution.taken(call.token, worker))
            if self._persistence is not None:
                self._persistence.keep()
            return call if record.execution.waits_for(call.token) else None

    def _unqueue(self, record: ExecutionRecord, token: str) -> None:
        activity = record.queued.pop(token)
        waiting = self._activities[activity]
        del waiting[token]
        if not waiting:
            del self._activities[activity]

    def forget_activity(self, activity: str) -> None:
        """An activity is deleted: what waits for it waits on, until its time limit."""
        with self.lock:
            for record, call in list(self._activities.get(activity, {}).values()):
                self._unqueue(record, call.token)

    def wait_until_ended(self, record: ExecutionRecord, seconds: float) -> bool:
        """Whether the execution ended within so many seconds."""
        with self.lock:
            return self._waiting_calls.listen(record.machine.arn, lambda: record.settled or self.closed, seconds)
