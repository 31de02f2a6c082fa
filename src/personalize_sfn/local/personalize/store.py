"""The resources of one account and region, and their changes under way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from personalize_sfn.arns import Arns
from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.personalize.wire.errors import in_use, invalid_input, not_found
from personalize_sfn.resources import ACTIVE, DATASET, ResourceType

EVENT_INTERACTIONS = replace(DATASET, parents=("datasetGroup",))
"""The row of the datasets of that type, which come with event trackers; what asks for datasets does not find them."""


@dataclass(eq=False, slots=True)
class Record:
    """One resource."""

    row: ResourceType
    arn: str
    number: int
    """The order of creation in its store."""
    ancestors: dict[str, str]
    """ARNs by row key of what it hangs on, directly or not: a campaign's version, solution and dataset group."""
    members: dict[str, Any]
    """What Describe answers, by API member names, before it is trimmed to the operation's shape."""
    tags: dict[str, str] = field(default_factory=dict)
    content: Any = None
    """What no API shows: a dataset's rows, a solution version's model."""

    @property
    def status(self) -> str:
        """ACTIVE for what has no status, such as schemas."""
        return str(self.members.get("status", ACTIVE))

    @property
    def pending(self) -> bool:
        return self.status.endswith(("PENDING", "IN_PROGRESS", "STOPPING"))


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What the first Describe or List after a Create, Delete, Start or Stop shows, if it comes soon."""

    status: str
    since: float
    """When the change began, in epoch seconds."""


class Phase(NamedTuple):
    """The statuses of one kind of change, in AWS's own spelling; ``done`` is None where the resource then is gone."""

    pending: str
    in_progress: str
    done: str | None
    failed: str


CREATE = Phase("CREATE PENDING", "CREATE IN_PROGRESS", ACTIVE, "CREATE FAILED")
"""Creations of all but jobs with statuses of their own, and the updates of campaigns, solutions and recommenders."""
UPDATE = Phase("UPDATE PENDING", "UPDATE IN_PROGRESS", ACTIVE, "UPDATE FAILED")
"""The replacement of a dataset's schema."""
DELETE = Phase("DELETE PENDING", "DELETE IN_PROGRESS", None, "DELETE FAILED")
STOP = Phase("STOP PENDING", "STOP IN_PROGRESS", "INACTIVE", "STOP FAILED")
START = Phase("START PENDING", "START IN_PROGRESS", ACTIVE, "START FAILED")
"""Recommenders that are stopped and started."""


def creation_phase(row: ResourceType) -> Phase:
    """The statuses of the creation of such a resource, or of such a job."""
    pending, in_progress = row.pending_statuses[:2]
    return Phase(pending, in_progress, row.ready_status, row.failed_status)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a change's work ended, and when."""

    finished: float
    result: Any = None
    failure: str | None = None


@dataclass(eq=False, slots=True, kw_only=True)
class StatusChange:
    """A creation, an update or a deletion under way."""

    record: Record
    view: dict[str, Any]
    """Where its status stands: the record's members, or their latest...Update."""
    phase: Phase
    started: float
    seconds: float
    settled: Callable[[Any], None]
    """Called under the store's lock with the work's result when the change has succeeded."""
    failure: str | None = None
    """The reason of a failure that a fault plan ordered."""
    pending_first: bool = True
    """Whether the first look shows it PENDING; it does only where the record's own status changes."""
    work: Future[Outcome] | None = None


class Section:
    """A reentrant lock; when its outermost ``with`` ends, ``ended`` is called, still locked: what was done is kept."""

    def __init__(self) -> None:
        self.ended: Callable[[], None] | None = None
        self._lock = threading.RLock()
        self._depth = 0

    def __enter__(self) -> None:
        self._lock.acquire()
        self._depth += 1

    def __exit__(self, *_: object) -> None:
        try:
            if self._depth == 1 and self.ended is not None:
                self.ended()
        finally:
            self._depth -= 1
            self._lock.release()


class Store:
    """Records by ARN.  Readers and writers hold ``lock``; an operation holds it from beginning to end."""

    def __init__(self, account: str, region: str) -> None:
        self.account = account
        self.arns = Arns(region, account)
        self.lock = Section()
        self.changes: list[StatusChange] = []
        self.touched = False
        """Something may have changed since the last section ended; the lifecycle and the service say so."""
        self.unkept: Exception | None = None
        """Why the data directory does not hold what has changed; it is tried again at the end of each section."""
        self.first_looks: dict[str, FirstLook] = {}
        """By ARN; the first look, or the first use of the resource, takes it out."""
        self._records: dict[str, Record] = {}
        self._count = 0

    def next_number(self) -> int:
        self._count += 1
        return self._count

    @property
    def count(self) -> int:
        """How many numbers were given out."""
        return self._count

    def restore(self, records: Iterable[Record], count: int) -> None:
        """Take up the records of an earlier process; the next number is the one after ``count``."""
        self._records = {record.arn: record for record in records}
        self._count = count
        for arn, record in self._records.items():
            if record.row is DATASET and arn.endswith("/EVENT_INTERACTIONS"):
                record.row = EVENT_INTERACTIONS

    def all(self) -> list[Record]:
        """Every record, oldest first."""
        return list(self._records.values())

    def add(self, record: Record) -> None:
        self._records[record.arn] = record

    def remove(self, record: Record) -> None:
        """Remove a record with all that hangs on it: versions go with their solution, jobs with their dataset."""
        self._records = {
            arn: other
            for arn, other in self._records.items()
            if other is not record and record.arn not in other.ancestors.values()
        }

    def find(self, arn: str) -> Record | None:
        return self._records.get(arn)

    def of(self, row: ResourceType, **ancestors: str) -> Iterator[Record]:
        """The records of a type, oldest first, optionally only those under some ancestors (``datasetGroup=arn``)."""
        for record in list(self._records.values()):
            if record.row is row and all(record.ancestors.get(key) == arn for key, arn in ancestors.items()):
                yield record

    def get(self, row: ResourceType, arn: str) -> Record:
        """The record of that type and ARN.

        Raises:
            AwsError: ResourceNotFoundException; InvalidInputException when it is the ARN of another type of resource.
        """
        record = self._records.get(arn)
        if record is not None and record.row is row:
            return record
        raise self.missing(row, arn)

    @staticmethod
    def missing(row: ResourceType, arn: str) -> AwsError:
        kind = arn.split(":", 5)[-1].split("/", maxsplit=1)[0]
        expected = row.arn_path.split("/")[0]
        if kind != expected:
            return invalid_input(f"Invalid ARN: expected the ARN of a {row.words} (:{expected}/...), got {arn}")
        if not row.has_status:
            return not_found(f"Resource Arn {arn} does not exist.")
        return not_found(f"The given {row.words} does not exist: {arn}")


def require_active(record: Record) -> None:
    """Raises ResourceInUseException unless the resource is ACTIVE."""
    if record.status != ACTIVE:
        raise in_use(f"The given {record.row.words} is not ACTIVE, its status is {record.status}: {record.arn}")
