"""How many resources of a kind AWS lets an account have, or have under way at a time: a row a quota.

Numbers: https://docs.aws.amazon.com/personalize/latest/dg/limits.html
Names and codes in Service Quotas are as two public inventories of real accounts list them; import jobs and batch
segment jobs stand in neither.  So a quota is looked up by its name, and one that is not found keeps its default.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from personalize_sfn.resources import (
    BATCH_INFERENCE_JOB,
    BATCH_SEGMENT_JOB,
    CAMPAIGN,
    DATA_DELETION_JOB,
    DATASET_GROUP,
    DATASET_IMPORT_JOB,
    FILTER,
    RECOMMENDER,
    SCHEMA,
    SOLUTION,
    SOLUTION_VERSION,
    ResourceType,
)

__all__ = ["QUOTAS", "SERVICE_CODE", "Quota", "defaults"]

#: Personalize in Service Quotas.
SERVICE_CODE = "personalize"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """One quota of AWS."""

    row: ResourceType
    default: int
    per: Literal["region", "dataset group"]
    pending: bool = False
    """True: of those that are not ready yet, so one becomes free by itself.  False: of all that there are."""
    name: str | None = None
    """In Service Quotas; None: it is not known to be there."""
    code: str | None = None
    adjustable: bool = False
    """Whether AWS raises it on request."""

    @property
    def words(self) -> str:
        """``solution versions under way per region``."""
        return f"{self.row.words}s{' under way' if self.pending else ''} per {self.per}"


QUOTAS: tuple[Quota, ...] = (
    Quota(
        row=DATASET_GROUP,
        default=5,
        per="region",
        name="Active dataset groups",
        code="L-14011066",
        adjustable=True,
    ),
    Quota(row=SCHEMA, default=500, per="region", name="Number of schemas", code="L-037D5A71"),
    Quota(
        row=SOLUTION,
        default=10,
        per="dataset group",
        name="Active solutions per dataset group",
        code="L-D9DD83B7",
        adjustable=True,
    ),
    Quota(
        row=CAMPAIGN,
        default=5,
        per="dataset group",
        name="Active campaigns per dataset group",
        code="L-052ECD67",
        adjustable=True,
    ),
    Quota(
        row=RECOMMENDER,
        default=5,
        per="dataset group",
        name="Maximum number of recommenders per dataset group",
        code="L-4D685096",
    ),
    Quota(
        row=FILTER,
        default=30,
        per="dataset group",
        name="Active filters per dataset group",
        code="L-B9CFBC8B",
        adjustable=True,
    ),
    Quota(row=DATASET_IMPORT_JOB, default=5, per="region", pending=True),
    Quota(
        row=SOLUTION_VERSION,
        default=20,
        per="region",
        pending=True,
        name="Pending or In Progress solution versions",
        code="L-9C16B368",
        adjustable=True,
    ),
    Quota(
        row=BATCH_INFERENCE_JOB,
        default=5,
        per="region",
        pending=True,
        name="Pending or In Progress batch inference jobs",
        code="L-69B72005",
        adjustable=True,
    ),
    Quota(row=BATCH_SEGMENT_JOB, default=5, per="region", pending=True),
    Quota(
        row=DATA_DELETION_JOB,
        default=5,
        per="dataset group",
        pending=True,
        name="Pending data deletion jobs per dataset group",
        code="L-A11DBE93",
        adjustable=True,
    ),
)


def defaults(per: Literal["region", "dataset group"], *, pending: bool) -> dict[str, int]:
    """AWS's own numbers of those quotas, by the key of the resource type."""
    return {each.row.key: each.default for each in QUOTAS if each.per == per and each.pending is pending}
