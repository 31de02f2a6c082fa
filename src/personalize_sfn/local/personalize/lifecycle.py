"""How a resource moves from PENDING to its end.

A change under way is data: when it began, how long it takes at least, and the work that runs in the background.
Nothing sleeps: each operation first settles what has become due by the clock, so a client sees
what is right whenever it looks.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeGuard

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.glibc_heap import give_back
from personalize_sfn.local.personalize.store import FirstLook, Outcome, StatusChange, Store
from personalize_sfn.local.personalize.wire.errors import WorkFailed

log = logging.getLogger(__name__)

FIRST_LOOK_SECONDS = 2.0
"""A first look within so many seconds finds a change PENDING, however quick it was: on AWS hardly any takes less than
ten.  A deletion that takes no time waits for that look, but no longer."""
PENDING_SHARE = 0.1
"""The part of a change's time that it is PENDING; then it is IN_PROGRESS."""

Work = Callable[[], Any]
"""What a change does in the background, without the store's lock.  Raises WorkFailed with the failureReason."""


class Lifecycle:
    """Begins changes and settles those that are due."""

    def __init__(self, now: Callable[[], float], workers: int = 2) -> None:
        self._now = now
        self._workers = workers
        self._pool: ThreadPoolExecutor | None = None
        self._pool_lock = threading.Lock()  # stores have locks of their own
        self.worked: Callable[[Any], None] = lambda _: None
        """Called with each work's result in its background thread, before anybody waits for it."""

    def begin(self, store: Store, change: StatusChange, work: Work | None = None) -> None:
        """Start a change; if it takes no time and has no work, it is settled on return."""
        change.view["status"] = change.phase.pending
        if work is not None and change.failure is None:
            with self._pool_lock:
                if self._pool is None:
                    self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="personalize")
            change.work = self._pool.submit(self._run, work, change.record.arn)
        store.touched = True
        store.changes.append(change)
        if change.pending_first and change.view is change.record.members:
            store.first_looks[change.record.arn] = FirstLook(change.phase.pending, change.started)
        self._advance(change, store, self._now())

    def advance(self, store: Store) -> None:
        """Bring every change of the store to where it stands now."""
        now = self._now()
        for change in list(store.changes):
            self._advance(change, store, now)

    def close(self) -> None:
        """Drop the work that has not begun and wait for what has."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _advance(self, change: StatusChange, store: Store, now: float) -> None:
        if now < change.started + PENDING_SHARE * change.seconds:
            return
        if change.phase.done is None and is_soon(store.first_looks.get(change.record.arn), now):
            return
        due = change.started + change.seconds
        if now >= due and (change.work is None or change.work.done()):
            store.touched = True
            store.changes.remove(change)
            self._settle(change, store, due)
        elif change.view["status"] == change.phase.pending and now > change.started:
            store.touched = True
            change.view["status"] = change.phase.in_progress
            change.view["lastUpdatedDateTime"] = change.started + PENDING_SHARE * change.seconds

    def _settle(self, change: StatusChange, store: Store, due: float) -> None:
        if change.phase.done is None:
            store.remove(change.record)
            return
        outcome = change.work.result() if change.work is not None else Outcome(due)
        reason = change.failure or outcome.failure
        change.view["lastUpdatedDateTime"] = max(due, outcome.finished)
        if reason is not None:
            change.view["status"] = change.phase.failed
            change.view["failureReason"] = reason
        else:
            change.view["status"] = change.phase.done
            change.settled(outcome.result)

    def _run(self, work: Work, arn: str) -> Outcome:
        give_back()  # what was deleted in the meantime
        try:
            result = work()
            self.worked(result)
        except WorkFailed as failure:
            return Outcome(self._now(), failure=str(failure))
        except LocalAwsError as error:  # the data directory cannot keep the result: the disk is full, for one
            return Outcome(self._now(), failure=str(error))
        except Exception as error:
            # A bug of ours must not leave the resource pending without end; it is logged whole and named in the reason.
            log.exception("the work of %s failed", arn)
            return Outcome(self._now(), failure=f"Internal error of the embedded AWS: {error!r}")
        finally:
            give_back()
        return Outcome(self._now(), result)


def is_soon(look: FirstLook | None, now: float) -> TypeGuard[FirstLook]:
    """Is a first look due, and would it come soon enough?"""
    return look is not None and now <= look.since + FIRST_LOOK_SECONDS
