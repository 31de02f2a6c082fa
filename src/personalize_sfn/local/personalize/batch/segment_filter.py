"""A batch segment job's filter: which users each line may answer.

https://docs.aws.amazon.com/personalize/latest/dg/user-segment-filter-examples.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.filter_expressions import Filter
from personalize_sfn.filter_expressions.syntax import CURRENT_USER, INTERACTIONS
from personalize_sfn.local.personalize.batch.json_lines import Query
from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.schemas import ID_COLUMNS
from personalize_sfn.local.personalize.data.tables import InteractionRows
from personalize_sfn.local.personalize.filters import Facts, allowed, event_type
from personalize_sfn.local.personalize.filters.dataset_group import columns_of, filter_of
from personalize_sfn.local.personalize.filters.evaluation import CandidateMask
from personalize_sfn.local.personalize.store import require_active
from personalize_sfn.local.personalize.training.recipes import ServiceRecipe
from personalize_sfn.local.personalize.training.training_data import TrainingData
from personalize_sfn.local.personalize.wire.errors import invalid_input
from personalize_sfn.resources import FILTER

SUBJECT = "USERID"
Allow = Callable[[Query], CandidateMask | None]
"""Which users a line may answer, shape (users,); None for all.  Raises AwsError where its filterValues are wrong."""


def segment_filter(context: OperationContext, arn: str, group_arn: str, chosen: ServiceRecipe) -> Filter:
    """The filter for a job with a version of that recipe; under the store's lock.

    Raises:
        AwsError: ResourceNotFoundException; ResourceInUseException for one that is not ACTIVE; InvalidInputException
            for one of another dataset group, about items, or about what segments cannot be filtered by.
    """
    require_active(context.store.get(FILTER, arn))
    found = filter_of(context, arn, group_arn)
    if found.subject != SUBJECT:
        raise invalid_input(f"The given filter is about {found.subject}, user segments are about {SUBJECT}")
    named = {condition.dataset for condition in found.conditions()}
    if CURRENT_USER in named:
        raise invalid_input("The given filter is about CurrentUser, and user segments have none")
    if chosen.by_attributes and not named.isdisjoint(INTERACTIONS):
        raise invalid_input(f"The given filter is about interactions, which {chosen.name} cannot be filtered by")
    return found


def allowing(found: Filter | None, data: TrainingData, user_ids: NDArray[np.str_], without: frozenset[str]) -> Allow:
    """Who of those users may be answered: without some, and what the filter lets through by what ``data`` say.

    Takes seconds for large data.
    """
    rest = ~np.isin(user_ids, list(without)) if without else None
    if found is None:
        return lambda _: rest
    facts = _facts(found, data, user_ids.tolist())
    known: dict[frozenset[tuple[str, str]], CandidateMask] = {}

    def mask(query: Query) -> CandidateMask:
        values = query.get("filterValues", {})
        key = frozenset(values.items())
        if key not in known:
            through = allowed(found, values, facts)
            known[key] = through if rest is None else through & rest
        return known[key]

    return mask


def _facts(found: Filter, data: TrainingData, user_ids: Sequence[str]) -> Facts:
    people = data.metadata["USERS"].content.parts if "USERS" in data.metadata else ()
    asked = any(condition.dataset in INTERACTIONS for condition in found.conditions())
    return Facts(
        columns=columns_of(people, ID_COLUMNS["USERS"], user_ids),
        count=len(user_ids),
        events=_events(data.rows(), user_ids) if asked else {},
    )


def _events(rows: InteractionRows, user_ids: Sequence[str]) -> dict[str, set[int]]:
    """The positions of the users who had such an event, with whatever item, by ``event_type``."""
    places = {user_id: place for place, user_id in enumerate(user_ids)}
    kinds = [None] * len(rows) if rows.event_types is None else rows.event_types.tolist()
    found: dict[str, set[int]] = defaultdict(set)
    for user, kind in set(zip(rows.users.tolist(), kinds, strict=True)):
        if user in places:
            found[event_type("INTERACTIONS", str(kind or ""))].add(places[user])
    return dict(found)
