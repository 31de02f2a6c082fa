"""What a batch inference job answers: the engine's batch methods, by the type of the recipe.

https://docs.aws.amazon.com/personalize/latest/dg/batch-data-upload.html (input and output of each recipe type)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.personalize.batch.inference_filter import BatchFilter
from personalize_sfn.local.personalize.batch.json_lines import (
    AnswerBlock,
    LineOutput,
    Query,
    QueryCheck,
    check_filter_values,
    check_id,
)
from personalize_sfn.local.personalize.filters.evaluation import CandidateMask
from personalize_sfn.local.personalize.training.recipes import PERSONALIZED_RANKING, RELATED_ITEMS
from personalize_sfn.local.personalize.wire.errors import invalid_input

if TYPE_CHECKING:
    from personalize_sfn.engine import Exploration, Scored
    from personalize_sfn.local.personalize.training.solution_version import Trained

MOST_RANKED = 500


@dataclass(frozen=True, slots=True)
class _Allowed:
    """What a filter lets through."""

    masks: CandidateMask
    """Shape (queries, items)."""
    includes: bool
    """Items unknown to training pass only a filter that excludes."""


_Answer = Callable[["Trained", Sequence[Query], int, _Allowed | None], Sequence[Sequence["Scored"]]]


def answerer(
    recipe_type: str, trained: Trained, count: int, chosen: BatchFilter | None, exploration: Exploration | None = None
) -> tuple[QueryCheck, AnswerBlock]:
    """How a line is checked and a block of lines answered, with ``count`` items a line that the filter lets through."""
    check, answer = _BY_TYPE.get(recipe_type, (_check_user, partial(_for_users, exploration=exploration)))
    if chosen is None:
        return check, lambda queries: [_output(items) for items in answer(trained, queries, count, None)]
    includes = chosen.includes

    def filtered(queries: Sequence[Query]) -> Sequence[LineOutput | AwsError]:
        found = chosen.masks(queries, trained.model)
        masks = [mask for mask in found if not isinstance(mask, AwsError)]
        right = [query for query, mask in zip(queries, found, strict=True) if not isinstance(mask, AwsError)]
        allowed = _Allowed(np.array(masks), includes)
        answers = iter(answer(trained, right, count, allowed) if right else ())
        return [mask if isinstance(mask, AwsError) else _output(next(answers)) for mask in found]

    return check, filtered


def _check_user(query: Query) -> None:
    check_id(query, "userId")
    check_filter_values(query)


def _check_item(query: Query) -> None:
    check_id(query, "itemId")
    check_filter_values(query)


def _check_ranking(query: Query) -> None:
    check_id(query, "userId")
    items = query.get("itemList")
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise invalid_input("Invalid input: itemList: expected a list of item ids (texts)")
    if not 1 <= len(items) <= MOST_RANKED:
        raise invalid_input(f"Invalid input: itemList must hold 1 to {MOST_RANKED} items, got {len(items)}")
    check_filter_values(query)


def _for_users(
    trained: Trained,
    queries: Sequence[Query],
    count: int,
    allowed: _Allowed | None,
    *,
    exploration: Exploration | None,
) -> Sequence[Sequence[Scored]]:
    from personalize_sfn.engine import recommend_for_users

    users, histories = _asking(trained, queries)
    masks = None if allowed is None else allowed.masks
    return recommend_for_users(trained.model, users, histories, k=count, candidates=masks, exploration=exploration)


def _asking(trained: Trained, queries: Sequence[Query]) -> tuple[list[str | None], list[list[str]]]:
    people: list[str] = [query["userId"] for query in queries]
    return [trained.user(person) for person in people], [trained.history(person) for person in people]


def _related(
    trained: Trained, queries: Sequence[Query], count: int, allowed: _Allowed | None
) -> Sequence[Sequence[Scored]]:
    items = [query["itemId"] for query in queries]
    return trained.model.similar_batch(items, count, candidates=None if allowed is None else allowed.masks)


def _ranked(
    trained: Trained, queries: Sequence[Query], _count: int, allowed: _Allowed | None
) -> Sequence[Sequence[Scored]]:
    """All items of a line's list that the filter lets through; it knows nothing of items unknown to training."""
    from personalize_sfn.engine import rank_for_users

    lists: list[list[str]] = [query["itemList"] for query in queries]
    if allowed is not None:
        places = {item: place for place, item in enumerate(trained.model.item_ids.tolist())}
        lists = [
            [item for item in items if (mask[places[item]] if item in places else not allowed.includes)]
            for items, mask in zip(lists, allowed.masks, strict=True)
        ]
    return rank_for_users(trained.model, *_asking(trained, queries), lists)


_BY_TYPE: dict[str, tuple[QueryCheck, _Answer]] = {
    RELATED_ITEMS: (_check_item, _related),
    PERSONALIZED_RANKING: (_check_ranking, _ranked),
}


def _output(items: Sequence[Scored]) -> LineOutput:
    """Scores only where the recipe has them; items unknown to a ranking come last and have none."""
    output: LineOutput = {"recommendedItems": [item.item_id for item in items]}
    scores = [round(float(item.score), 7) for item in items if item.score is not None]
    return output | {"scores": scores} if scores else output
