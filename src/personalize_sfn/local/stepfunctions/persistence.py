"""Step Functions in a data directory: what outlives the process, written under the driver's lock.

What executions did is written before a request can see it, before a token or a start of another execution leaves, and
in any case after ``_SOON`` seconds.  A large execution, with a Map of thousands of items, is written less often: it
makes at most ``_BYTES_A_SECOND``.  But what a request did to it is written before the request is answered.  What is
lost when the process is killed in between is done again.
"""

from __future__ import annotations

import itertools
import json
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.clock import Clock
from personalize_sfn.local.stepfunctions import documents
from personalize_sfn.local.stepfunctions.pace import Pace
from personalize_sfn.local.stepfunctions.records import Activity, ExecutionRecord, MachineRevision, StatesStore
from personalize_sfn.statemachine.snapshots import GROWING

__all__ = ["KeptRows", "StatesDirectory", "StatesPersistence"]

log = logging.getLogger(__name__)
_BYTES_A_SECOND, _SMALL, _SOON = 1e6, 20_000, 0.05
#: Seconds after which what could not be written is tried again, if no request asks for it before.
_AGAIN = 1.0
#: So often, in seconds, a process says that it lives while something runs; it counts as gone from the last time on.
_ALIVE_SECONDS = 2.0
#: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html: for so long AWS keeps what has ended.
_KEPT_SECONDS = 90 * 24 * 3600
_SQL_VALUES = str | int


class KeptRows(Protocol):
    """The rows of an open transaction."""

    def add(self, name: str, *row: _SQL_VALUES) -> None: ...

    def put(self, name: str, *row: _SQL_VALUES) -> None: ...

    def remove(self, name: str, *key: _SQL_VALUES) -> None: ...


class StatesDirectory(Protocol):
    """A data directory."""

    @property
    def path(self) -> Path: ...

    @property
    def database_file(self) -> Path: ...

    def rows(self, table: str) -> list[tuple[_SQL_VALUES, ...]]: ...

    def write(self, write: Callable[[Any], None]) -> None: ...

    def refill(self) -> bool: ...


class StatesPersistence:
    """What Step Functions keeps in a data directory."""

    def __init__(self, directory: StatesDirectory) -> None:
        self._directory = directory
        self._resources: dict[str, dict[str, str]] = {"machines": {}, "activities": {}}
        """The documents that are kept, by table and ARN."""
        self._digests: dict[int, tuple[MachineRevision, str]] = {}
        """By the identity of a revision, which is held so that its identity lasts."""
        self._revisions: set[str] = set()
        """The digests of those that are kept."""
        self._changed: dict[str, ExecutionRecord] = {}
        self._since = 0.0
        """When the first of those changed."""
        self._clock = Clock()
        self._alive = 0.0
        """When it was last written that the process lives."""
        self._next: dict[str, float] = {}
        """By ARN of a large execution, when it may be written again."""
        self._asked = False
        self._promised: set[str] = set()
        """The ARNs of those that a request changed: they are due, however large they are."""
        self._afterwards: dict[str, list[Callable[[], None]]] = defaultdict(list)
        self.unkept: Exception | None = None
        """Why the directory does not hold what has changed; it is tried again at the next change."""

    @property
    def where(self) -> Path:
        return self._directory.path

    def has_room(self) -> bool:
        """Could the outcome of another operation be kept?"""
        return self._directory.refill()

    # --- machines and activities ------------------------------------------------------------------------------------

    def keep_resources(self, account: str, region: str, store: StatesStore) -> None:
        """Write the machines and activities of an account and region that have changed.

        Raises:
            LocalAwsError: it could not be written.
        """
        prefix = f"arn:aws:states:{region}:{account}:"
        new: dict[str, str] = {}
        for machine in store.machines.values():
            for revision in (machine.revision, *(each.revision for each in machine.versions.values())):
                new |= self._new_revision(revision)
        digests = {number: digest for number, (_, digest) in self._digests.items()}
        found = {
            "machines": {
                arn: documents.machine_document(machine, store.tags.get(arn, {}), digests)
                for arn, machine in store.machines.items()
            },
            "activities": {
                arn: json.dumps([each.name, each.created, each.encryption, store.tags.get(arn, {})])
                for arn, each in store.activities.items()
            },
        }
        kept = {
            table: {arn: text for arn, text in of_table.items() if arn.startswith(prefix)}
            for table, of_table in self._resources.items()
        }
        if kept == found:
            return

        def write(rows: KeptRows) -> None:
            for digest, document in new.items():
                rows.put("revisions", digest, document)
            for table, wanted in found.items():
                for arn, document in wanted.items():
                    if kept[table].get(arn) != document:
                        rows.put(table, arn, document)
                for arn in kept[table].keys() - wanted.keys():
                    rows.remove(table, arn)

        self._directory.write(write)
        self._revisions |= new.keys()
        for table, wanted in found.items():
            for arn in kept[table]:
                del self._resources[table][arn]
            self._resources[table] |= wanted

    def _new_revision(self, revision: MachineRevision) -> dict[str, str]:
        """Its digest and document, if it is not kept."""
        known = self._digests.get(id(revision))
        if known is not None and known[1] in self._revisions:
            return {}
        document = documents.revision_document(revision)
        digest = documents.digest_of(document)
        self._digests[id(revision)] = revision, digest
        return {} if digest in self._revisions else {digest: document}

    # --- executions -------------------------------------------------------------------------------------------------

    def changed(self, record: ExecutionRecord) -> None:
        """An execution began, or took steps."""
        if not self._changed:
            self._since = time.monotonic()
        self._changed[record.arn] = record
        if self._asked:
            self._promised.add(record.arn)

    @contextmanager
    def promised(self) -> Iterator[None]:
        """The next ``keep`` writes what executions do in here, which a request is answered for."""
        self._asked = True
        try:
            yield
        finally:
            self._asked = False

    def afterwards(self, record: ExecutionRecord, job: Callable[[], None]) -> None:
        """Do something once that is kept."""
        self._afterwards[record.arn].append(job)

    def due(self) -> float | None:
        """In how many seconds there is something to write; None if there is nothing."""
        if not self._changed:
            return None
        first = min(0.0 if arn in self._promised else self._next.get(arn, 0.0) for arn in self._changed)
        return max(max(first, self._since + _SOON) - time.monotonic(), 0.0)

    def live(self) -> float:
        """Write that the process lives, if that is due; answers in how many seconds it will be.  Never raises."""
        if time.monotonic() >= self._alive + _ALIVE_SECONDS:
            try:
                self._directory.write(self._say_alive)
            except LocalAwsError as error:
                log.warning("the data directory could not keep until when the process lived: %s", error)
            self._alive = time.monotonic()
        return max(self._alive + _ALIVE_SECONDS - time.monotonic(), 0.0)

    def _say_alive(self, rows: KeptRows) -> None:
        rows.put("clock", "alive", repr(self._clock.now()))

    def close(self) -> None:
        """Write all that has changed, and that the process ends now.  Never raises."""
        self.keep(everything=True)
        self._alive = 0.0
        self.live()

    @property
    def is_waited_for(self) -> bool:
        """Whether something is done once an execution is written."""
        return bool(self._afterwards)

    def keep_soon(self) -> None:
        """The same as ``keep``, when there is a reason to."""
        if self._afterwards or (self._changed and time.monotonic() >= self._since + _SOON):
            self.keep()

    def keep(self, *, everything: bool = False) -> None:
        """Write the executions that have changed, as far as they are due, in one transaction.  Never raises."""
        now = time.monotonic()
        due = [
            each
            for arn, each in self._changed.items()
            if everything
            or arn in self._promised
            or each.execution.status != "RUNNING"
            or self._next.get(arn, 0.0) <= now
        ]
        if not due:
            return
        try:
            self._keep(due, now)
        except (LocalAwsError, RecursionError, TypeError, ValueError) as error:  # executions go on, and reads too
            if self.unkept is None:
                log.exception("the data directory could not keep what executions did")
            self.unkept, self._since = error, now + _AGAIN
        else:
            self.unkept, self._since = None, now
            for record in due:
                del self._changed[record.arn]
                self._promised.discard(record.arn)
        for record in due:
            for job in self._afterwards.pop(record.arn, ()):
                job()

    def _keep(self, due: list[ExecutionRecord], now: float) -> None:
        new: dict[str, str] = {}
        for record in due:
            new |= self._new_revision(record.revision)
        grown: dict[str, dict[str, int]] = {}
        positions = self._positions(due)
        due = [record for record in due if record.arn in positions]

        def write(rows: KeptRows) -> None:
            for digest, document in new.items():
                rows.put("revisions", digest, document)
            for record in due:
                if not record.kept_events:
                    began = documents.beginning(record, self._digests[id(record.revision)][1])
                    rows.add("executions", record.arn, record.number, began)
                rows.put("execution_states", record.arn, positions[record.arn])
                texts = dict(record.kept_texts)
                for name in GROWING:
                    kept = record.kept_events.get(name, 0)
                    if events := getattr(record.execution, name)[kept:]:
                        rows.add("execution_events", record.arn, name, kept, documents.packed(events, texts))
                for text in list(texts)[len(record.kept_texts) :]:
                    rows.add("execution_texts", record.arn, texts[text], json.dumps(text))
                grown[record.arn] = texts
            self._say_alive(rows)

        self._directory.write(write)
        self._alive = now
        self._revisions |= new.keys()
        for record in due:
            record.kept_events = {name: len(getattr(record.execution, name)) for name in GROWING}
            record.kept_texts = grown[record.arn]
            size = len(positions[record.arn])
            if size > _SMALL:
                self._next[record.arn] = now + size / _BYTES_A_SECOND
            else:
                self._next.pop(record.arn, None)

    @staticmethod
    def _positions(due: list[ExecutionRecord]) -> dict[str, str]:
        """Where executions are; one that is nested too deeply stays as it was kept before, and holds up no other."""
        positions: dict[str, str] = {}
        for record in due:
            try:
                positions[record.arn] = documents.position(record)
            except RecursionError:
                log.warning("%s is not kept from here on: its data are nested too deeply", record.arn)
        return positions

    # --- restored ---------------------------------------------------------------------------------------------------

    def stores(self, pace: Pace) -> dict[tuple[str, str], StatesStore]:
        """What was kept, by account and region.  What ended more than 90 days ago is forgotten, as on AWS.

        Raises:
            LocalAwsError: something is damaged; names it.
        """
        self._clock = pace.clock
        try:
            return self._stores(pace)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
            raise LocalAwsError(f"{self._directory.database_file}: state machines cannot be read: {error!r}") from error

    def _stores(self, pace: Pace) -> dict[tuple[str, str], StatesStore]:
        stores: dict[tuple[str, str], StatesStore] = defaultdict(StatesStore)
        revisions: dict[str, MachineRevision] = {}
        for digest, document in self._texts("revisions"):
            revisions[digest] = revision = MachineRevision(**json.loads(document))
            self._digests[id(revision)] = revision, digest
        self._revisions = set(revisions)
        for arn, document in self._texts("machines"):
            plain, store = json.loads(document), stores[_place(arn)]
            store.machines[arn] = documents.restored_machine(arn, plain, revisions)
            store.tags[arn] = plain["tags"]
            self._resources["machines"][arn] = document
        for arn, document in self._texts("activities"):
            (name, created, encryption, tags), store = json.loads(document), stores[_place(arn)]
            store.activities[arn] = Activity(arn, name, created, encryption)
            store.tags[arn] = tags
            self._resources["activities"][arn] = document
        self._restore_executions(stores, revisions, pace)
        return stores

    def _restore_executions(
        self, stores: dict[tuple[str, str], StatesStore], revisions: dict[str, MachineRevision], pace: Pace
    ) -> None:
        states = dict(self._texts("execution_states"))
        texts: dict[str, dict[int, str]] = defaultdict(dict)
        for arn, number, text in self._directory.rows("execution_texts"):
            texts[str(arn)][int(number)] = json.loads(str(text))
        growing: dict[str, dict[str, list[Any]]] = defaultdict(lambda: {name: [] for name in GROWING})
        for arn, name, start, text in self._directory.rows("execution_events"):
            events = growing[str(arn)][str(name)]
            if start != len(events):
                raise LocalAwsError(f"{self._directory.database_file} is damaged: events of {arn} are missing")
            events += documents.unpacked(str(text), texts[str(arn)])
        alive = max((float(at) for name, at in self._texts("clock") if name == "alive"), default=0.0)
        forgotten, oldest = [], pace.clock.now() - _KEPT_SECONDS
        for arn, number, began in sorted(self._directory.rows("executions"), key=lambda row: row[1]):
            position = json.loads(states[str(arn)])
            if position["stopped"] is not None and position["stopped"] < oldest:
                forgotten.append(str(arn))
                continue
            store = stores[_place(str(arn))]
            record = store.executions[str(arn)] = documents.restored_execution(
                str(arn),
                int(number),
                json.loads(str(began)),
                position,
                growing[str(arn)],
                revisions=revisions,
                machines=store.machines,
                pace=pace,
                alive=alive,
            )
            record.kept_texts = {text: number for number, text in texts[str(arn)].items()}
        for store in stores.values():
            numbers = (record.number for record in store.executions.values())
            store.numbers = itertools.count(max(numbers, default=-1) + 1)
        self._forget(forgotten, stores.values())

    def _forget(self, executions: list[str], stores: Iterable[StatesStore]) -> None:
        """Remove executions, and revisions that nothing has any more."""
        used: set[int] = set()
        for store in stores:
            used |= {id(record.revision) for record in store.executions.values()}
            for machine in store.machines.values():
                used |= {id(machine.revision), *(id(each.revision) for each in machine.versions.values())}
        unused = {number: digest for number, (_, digest) in self._digests.items() if number not in used}
        if not executions and not unused:
            return

        def write(rows: KeptRows) -> None:
            for arn in executions:
                for table in ("executions", "execution_states", "execution_events", "execution_texts"):
                    rows.remove(table, arn)
            for digest in unused.values():
                rows.remove("revisions", digest)

        self._directory.write(write)
        for number, digest in unused.items():
            del self._digests[number]
            self._revisions.discard(digest)

    def _texts(self, table: str) -> list[tuple[str, str]]:
        return [(str(key), str(text)) for key, text in self._directory.rows(table)]


def _place(arn: str) -> tuple[str, str]:
    """Account and region of an ARN."""
    parts = arn.split(":")
    return parts[4], parts[3]
