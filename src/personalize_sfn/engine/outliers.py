"""Leaving users and items out of training by how many events they have, as the percentile hyperparameters ask."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.engine.interactions import Interactions, Mask


def typical_users(data: Interactions, lowest: float, highest: float) -> Interactions:
    """The events of users whose history is no shorter and no longer than those percentiles (0 to 1) of the lengths.

    The catalogue stays whole, so positions of items mean the same in the answer as in `data`.
    """
    keep = _within(np.bincount(data.users), lowest, highest)[data.users]
    return data if keep.all() else data.where(keep).over(data.item_ids)


def typical_items(data: Interactions, lowest: float, highest: float) -> Interactions:
    """The same for items and their events."""
    keep = _within(np.bincount(data.items, minlength=len(data.item_ids)), lowest, highest)[data.items]
    return data if keep.all() else data.where(keep).over(data.item_ids)


def _within(counts: NDArray[np.int64], lowest: float, highest: float) -> Mask:
    if lowest <= 0 and highest >= 1:
        return np.ones(len(counts), dtype=np.bool_)
    low, high = np.quantile(counts, [lowest, highest])
    return np.asarray((counts >= low) & (counts <= high))
