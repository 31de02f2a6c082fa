"""A batch inference job's filter: which items each line may answer.

https://docs.aws.amazon.com/personalize/latest/dg/filter-batch.html
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from personalize_sfn.filter_expressions import Filter
from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.personalize.batch.json_lines import Query
from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.contents import live_events
from personalize_sfn.local.personalize.data.tables import LiveEvent
from personalize_sfn.local.personalize.filters.dataset_group import (
    ITEMS,
    Data,
    check_subject,
    data_for_filters,
    filter_of,
    item_mask,
)
from personalize_sfn.local.personalize.filters.evaluation import CandidateMask
from personalize_sfn.local.personalize.store import require_active
from personalize_sfn.resources import DATASET_GROUP, FILTER

if TYPE_CHECKING:
    from personalize_sfn.engine import Model


@dataclass(frozen=True, slots=True)
class BatchFilter:
    """A filter with the data of its dataset group as they were when the job began."""

    filter: Filter
    data: Data
    live: Mapping[str, Sequence[LiveEvent]]
    """By user."""

    @property
    def includes(self) -> bool:
        """Whether the filter names what may be answered, rather than what may not."""
        return any(expression.include for expression in self.filter.expressions)

    def masks(self, queries: Sequence[Query], model: Model) -> list[CandidateMask | AwsError]:
        """Which of the model's items each query may be answered with; an AwsError where its filterValues are wrong."""
        by_all = not (self.filter.needs_user or self.filter.needs_current_item)
        known: dict[frozenset[tuple[str, str]], CandidateMask | AwsError] = {}
        found: list[CandidateMask | AwsError] = []
        for query in queries:
            values = frozenset(query.get("filterValues", {}).items())
            mask = known.get(values) if by_all else None
            if mask is None:
                mask = known[values] = self._mask(query, model)
            found.append(mask)
        return found

    def _mask(self, query: Query, model: Model) -> CandidateMask | AwsError:
        user_id, item_id = query.get("userId"), query.get("itemId")
        data = dataclasses.replace(self.data, live=tuple(self.live.get(str(user_id), ())))
        try:
            return item_mask(self.filter, query.get("filterValues", {}), data, model, user_id=user_id, item_id=item_id)
        except AwsError as error:
            return error


def batch_filter(context: OperationContext, arn: str, group_arn: str) -> BatchFilter:
    """The filter for a job that begins now; under the store's lock.

    Raises:
        AwsError: ResourceNotFoundException, ResourceInUseException for one that is not ACTIVE, InvalidInputException
            for one of another dataset group, or one that is not about items.
    """
    require_active(context.store.get(FILTER, arn))
    found = filter_of(context, arn, group_arn)
    check_subject(found, ITEMS)
    live = live_events(context.store.get(DATASET_GROUP, group_arn)).by_person if found.needs_user else {}
    return BatchFilter(
        found, data_for_filters(context, group_arn, None), {person: tuple(events) for person, events in live.items()}
    )
