"""What a batch inference job answers: the engine's batch methods, by the type of the recipe.

https://docs.aws.amazon.com/personalize/latest/dg/batch-data-upload.html (input and output of each recipe type)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from personalize_sfn.local.personalize.api_errors import ApiError, invalid_input
from personalize_sfn.local.personalize.batch import AnswerBlock, Output, Query, check_id
from personalize_sfn.local.personalize.recipes import PERSONALIZED_RANKING, RELATED_ITEMS

if TYPE_CHECKING:
    from personalize_sfn.engine import Model, Scored
    from personalize_sfn.local.personalize.training import Trained

MOST_RANKED = 500
Check = Callable[[Query], None]


def answerer(recipe_type: str, trained: Trained, count: int) -> tuple[Check, AnswerBlock]:
    """How a line is checked and a block of lines answered, with ``count`` items a line."""
    if recipe_type == RELATED_ITEMS:
        return _check_item, lambda queries: _related(trained.model, queries, count)
    if recipe_type == PERSONALIZED_RANKING:
        return _check_ranking, lambda queries: _ranked(trained, queries)
    return _check_user, lambda queries: _for_users(trained, queries, count)


def _check_user(query: Query) -> None:
    check_id(query, "userId")
    _check_filter_values(query)


def _check_item(query: Query) -> None:
    check_id(query, "itemId")
    _check_filter_values(query)


def _check_ranking(query: Query) -> None:
    check_id(query, "userId")
    items = query.get("itemList")
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise invalid_input("Invalid input: itemList: expected a list of item ids (texts)")
    if not 1 <= len(items) <= MOST_RANKED:
        raise invalid_input(f"Invalid input: itemList must hold 1 to {MOST_RANKED} items, got {len(items)}")
    _check_filter_values(query)


def _check_filter_values(query: Query) -> None:
    values = query.get("filterValues", {})
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise invalid_input("Invalid input: filterValues: expected an object of texts by parameter name")


def _for_users(trained: Trained, queries: Sequence[Query], count: int) -> Sequence[Output | ApiError]:
    histories = [trained.history(query["userId"]) for query in queries]
    return [_output(items) for items in trained.model.recommend_batch(histories, k=count)]


def _related(model: Model, queries: Sequence[Query], count: int) -> Sequence[Output | ApiError]:
    return [_output(items) for items in model.similar_batch([query["itemId"] for query in queries], count)]


def _ranked(trained: Trained, queries: Sequence[Query]) -> Sequence[Output | ApiError]:
    histories = [trained.history(query["userId"]) for query in queries]
    return [_output(items) for items in trained.model.rank_batch(histories, [query["itemList"] for query in queries])]


def _output(items: Sequence[Scored]) -> Output:
    """Scores only where the recipe has them; items unknown to a ranking come last and have none."""
    output: Output = {"recommendedItems": [item.item_id for item in items]}
    scores = [round(float(item.score), 7) for item in items if item.score is not None]
    return output | {"scores": scores} if scores else output
