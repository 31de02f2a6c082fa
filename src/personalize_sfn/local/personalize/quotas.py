"""How many resources an account may have: AWS's default quotas, settable.

https://docs.aws.amazon.com/general/latest/gr/personalize.html
"""

from __future__ import annotations

from dataclasses import dataclass

from personalize_sfn.local.personalize.api_errors import limit_exceeded
from personalize_sfn.local.personalize.store import Store
from personalize_sfn.resources import ResourceType


@dataclass(slots=True, kw_only=True)
class Quotas:
    """Resources by row key: in all, in a dataset group, and pending at a time."""

    per_region: dict[str, int]
    per_dataset_group: dict[str, int]
    pending_per_region: dict[str, int]

    @classmethod
    def default(cls) -> Quotas:
        return cls(
            per_region={"datasetGroup": 5, "schema": 500},
            per_dataset_group={"solution": 10, "campaign": 5},
            pending_per_region={"datasetImportJob": 5, "solutionVersion": 20},
        )

    def check(self, store: Store, row: ResourceType, dataset_group: str | None) -> None:
        """Raises LimitExceededException when one more of ``row`` would be too many."""
        most = self.per_region.get(row.key)
        if most is not None and sum(1 for _ in store.of(row)) >= most:
            raise limit_exceeded(_full(most))
        most = self.per_dataset_group.get(row.key)
        if most is not None and dataset_group is not None:
            there = store.of(row, datasetGroup=dataset_group)
            if sum(1 for _ in there) >= most:
                raise limit_exceeded(_full(most))
        most = self.pending_per_region.get(row.key)
        if most is not None and sum(record.pending for record in store.of(row)) >= most:
            raise limit_exceeded(f"More than {most} resources with PENDING or IN_PROGRESS status.")


def _full(most: int) -> str:
    return f"More than {most} resources in ACTIVE state. Please delete some and try again."
