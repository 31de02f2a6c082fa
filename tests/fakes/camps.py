"""What the tests of cold start and its neighbours share."""

from __future__ import annotations

import numpy as np

from personalize_sfn.engine import (
    Attributes,
    Interactions,
)

__all__ = ["V1", "V2", "camps", "ids", "ndcg_at_10"]


V1, V2 = "aws-user-personalization", "aws-user-personalization-v2"


def ids(answer: list) -> list[str]:
    return [item.item_id for item in answer]


def ndcg_at_10(answer: list[str], wanted: frozenset[str]) -> float:
    discounts = 1 / np.log2(np.arange(2, 12))
    hits = np.array([item in wanted for item in answer[:10]], dtype=np.float64)
    return float(hits @ discounts[: len(hits)] / discounts[: len(wanted)].sum())


def camps(data: Interactions, *new: str, created: dict[str, int] | None = None) -> Attributes:
    """The items of the checkerboard with their camp as a category, and new ones whose names say theirs."""
    items = [*data.item_ids.tolist(), *new]
    camp = ["odd" if int(item.removeprefix("item-")) % 2 else "even" for item in data.item_ids.tolist()]
    return Attributes.from_columns(
        items,
        {"CAMP": [*camp, *(name.partition("-")[2] for name in new)]},
        categorical={"CAMP"},
        created=None if created is None else [created.get(item) for item in items],
    )
