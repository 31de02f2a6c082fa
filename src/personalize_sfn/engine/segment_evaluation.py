"""How well segments are predicted: of each user's events the newest fifth is held out, and the rest trains."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from personalize_sfn.engine.interactions import Codes, Interactions, Mask
from personalize_sfn.engine.metrics import segment_metrics
from personalize_sfn.engine.model import Model
from personalize_sfn.engine.segments import Segments
from personalize_sfn.engine.split import HeldOutEvents
from personalize_sfn.errors import DataError

AT_ONCE = 200
"""Segments asked in one batch."""
MOST_ASKED = 2_000
"""Of more segments than this a random part is asked, the same each time: asking all would take longer than training."""


def measure_segments(
    trained: Callable[[Interactions], Model], test: HeldOutEvents, *, by_value: bool, seen: str
) -> tuple[dict[str, float], Segments]:
    """The metrics of segments of 1 % of the users (at least one), and the model that produced them.

    One segment is asked for each item of the held-out events, or, with `by_value`, for each value of the items'
    attributes; its actual users are those who chose such an item.  With `seen` "left out" a segment holds no user who
    chose such an item in training, and those are no actual users either.

    Raises `DataError` with `by_value` when the items have no attributes.
    """
    model = trained(test.training)
    assert isinstance(model, Segments)
    groups = _by_value(model) if by_value else [[item_id] for item_id in test.tested.item_ids.tolist()]
    if len(groups) > MOST_ASKED:
        asked = np.random.default_rng(0).permutation(len(groups))[:MOST_ASKED].tolist()
        groups = [groups[place] for place in asked]
    count = max(1, len(model.user_ids) // 100)
    segments: list[list[str]] = []
    targets: list[frozenset[str]] = []
    for start in range(0, len(groups), AT_ONCE):
        asked_for = groups[start : start + AT_ONCE]
        block, wanted = [model.interactions.known(items) for items in asked_for], list(map(test.users_of, asked_for))
        mask = _new_users(model, block) if seen == "left out" else None
        if mask is not None:
            wanted = [users & frozenset(model.user_ids[new].tolist()) for users, new in zip(wanted, mask, strict=True)]
        segments += model.segment_batch(block, count, mask)
        targets += wanted
    some = [place for place, users in enumerate(targets) if users]
    metrics = segment_metrics(
        [segments[place] for place in some], [targets[place] for place in some], users=len(model.user_ids)
    )
    return metrics, model


def _by_value(model: Segments) -> list[list[str]]:
    if not model.values:
        raise DataError("aws-item-attribute-affinity needs attributes of the items: there are none")
    return [
        model.item_ids[items[values == value]].tolist()
        for items, values in model.values.values()
        for value in np.unique(values)
    ]


def _new_users(model: Segments, groups: Sequence[Codes]) -> Mask:
    """Who chose none of a group's items in training.  Shape (groups, users)."""
    data = model.interactions
    mask = np.ones((len(groups), len(model.user_ids)), dtype=np.bool_)
    for row, items in enumerate(groups):
        mask[row, data.users[np.isin(data.items, items)]] = False
    return mask
