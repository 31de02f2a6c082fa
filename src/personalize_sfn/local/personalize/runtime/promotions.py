"""Promotions: a share of the answer that comes from items of one's own choice.

https://docs.aws.amazon.com/personalize/latest/dg/promoting-items.html: promoted items obey the promotion's own filter
only, the others the request's; where they stand is random, and among each other they keep their order.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from personalize_sfn.local.personalize.filters.dataset_group import item_mask
from personalize_sfn.local.personalize.filters.evaluation import CandidateMask
from personalize_sfn.local.personalize.runtime.served_model import Served
from personalize_sfn.local.personalize.wire.errors import invalid_input
from personalize_sfn.local.personalize.wire.protocol import Members

if TYPE_CHECKING:
    from personalize_sfn.engine import Scored

PROMOTED = "Promoted item"


def with_promotion(
    served: Served,
    request: Members,
    answer: Callable[[int, CandidateMask | None], Sequence[Scored]],
    mask: CandidateMask | None,
    count: int,
) -> list[dict[str, Any]]:
    """``count`` entries, of which up to percentPromotedItems are promoted: ``{"item": ..., "more": members}``.

    Raises:
        AwsError: InvalidInputException when the promotion lacks its filter or its share.
    """
    promotion = request["promotions"][0]
    if served.promotion is None or "percentPromotedItems" not in promotion:
        raise invalid_input("promotions: a promotion needs a filterArn and percentPromotedItems")
    share = round(count * promotion["percentPromotedItems"] / 100)
    promoted_mask = item_mask(
        served.promotion,
        promotion.get("filterValues", {}),
        served.data,
        served.trained.model,
        user_id=request.get("userId"),
        item_id=request.get("itemId"),
    )
    promoted = list(answer(share, promoted_mask)) if share else []
    chosen = {item.item_id for item in promoted}
    others = [item for item in answer(count, mask) if item.item_id not in chosen][: count - len(promoted)]
    places = set(random.sample(range(len(promoted) + len(others)), len(promoted)))
    more: dict[str, Any] = {"promotionName": promotion["name"]} if "name" in promotion else {}
    if served.gives_reasons:
        more["reason"] = [PROMOTED]
    left, right = iter(promoted), iter(others)
    return [
        {"item": next(left), "more": more} if place in places else {"item": next(right)}
        for place in range(len(promoted) + len(others))
    ]
